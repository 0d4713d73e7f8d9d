package supervise

import (
	"errors"
	"slices"
	"syscall"
	"time"

	"lachan/internal/message"
)

// This file is about addresses that come later: from DHCP, after IPv6 has found out that
// nobody else has them, from the other of two machines that share one. What listens on
// the others is served meanwhile.

// lookAgain is how long to wait before an address that was not there is tried again.
const lookAgain = time.Second

// isAbsent reports whether an endpoint could not be opened because this machine does not
// have its address, or the interface that the address names.
func isAbsent(e message.Endpoint, err error) bool {
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		return true
	}
	return e.Address.Addr().Zone() != "" && (errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENODEV))
}

// open opens what is wanted and nothing else. What is absent is opened later.
func (s *supervisor) open(wanted []message.Endpoint) error {
	absent, err := s.sockets.open(wanted)
	if err != nil {
		return err
	}
	for _, e := range absent {
		if !slices.Contains(s.absent, e) {
			s.log.Warn("address is not on this machine yet", "role", e.Role, "address", e.Address)
		}
	}
	s.absent = absent
	s.awaitAbsent()
	return nil
}

// awaitAbsent has the supervisor look for absent addresses again.
func (s *supervisor) awaitAbsent() {
	if len(s.absent) > 0 && s.looking == nil {
		s.looking = time.AfterFunc(lookAgain, func() { s.events <- event{absent: true} })
	}
}

// lookForAbsent opens those endpoints whose addresses have come.
func (s *supervisor) lookForAbsent() {
	s.looking = nil
	before := len(s.absent)
	s.absent = slices.DeleteFunc(s.absent, func(e message.Endpoint) bool {
		opened, err := openEndpoint(e)
		if err == nil {
			s.sockets[e] = opened
			s.log.Info("address has come", "role", e.Role, "address", e.Address)
		}
		return err == nil
	})
	if len(s.absent) < before {
		s.handSockets(s.manage)
		s.handSockets(s.resolve)
	}
	s.awaitAbsent()
}
