package supervise

import (
	"errors"
	"slices"
	"syscall"
	"time"

	"lachan/internal/message"
)

// This file is about addresses that come later: from DHCP, after IPv6 has found out that
// no other machine has them, from the other of two machines that share one. What listens on
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

// absent are the endpoints that wait for their address. They belong to the supervisor.
type absent struct {
	endpoints []message.Endpoint
	timer     *time.Timer // until they are tried again; nil if none waits
}

// open opens what is wanted and nothing else. What is absent is opened later.
func (s *supervisor) open(wanted []message.Endpoint) error {
	missing, err := s.sockets.open(wanted)
	if err != nil {
		return err
	}
	for _, e := range missing {
		if !slices.Contains(s.absent.endpoints, e) {
			s.log.Warn("address is not on this machine yet", "role", e.Role, "address", e.Address)
		}
	}
	s.absent.await(missing, s.events)
	s.service.keep(s.sockets)
	return nil
}

// await has events tell when to look for the addresses of endpoints again.
func (a *absent) await(endpoints []message.Endpoint, events chan<- event) {
	a.endpoints = endpoints
	if len(endpoints) > 0 && a.timer == nil {
		a.timer = time.AfterFunc(lookAgain, func() { events <- event{look: true} })
	}
}

// stop looks no more.
func (a *absent) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// open opens those endpoints whose addresses have come, and reports whether any has.
func (a *absent) open(s *supervisor) (came bool) {
	a.timer = nil
	var missing []message.Endpoint
	for _, e := range a.endpoints {
		opened, err := openEndpoint(e)
		if err != nil {
			missing = append(missing, e)
			continue
		}
		came, s.sockets[e] = true, opened
		s.log.Info("address has come", "role", e.Role, "address", e.Address)
	}
	a.await(missing, s.events)
	return came
}
