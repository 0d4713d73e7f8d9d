package udp

import (
	"slices"
	"sync"
	"time"

	"lachan/resolver/upstream/exchange"
)

// A socket is connected to the server. Any number of requests is under way on
// it.
type socket struct {
	sock            // what the operating system has of it
	until time.Time // when it is given no further requests

	mu       sync.Mutex
	requests []*Request // mu
	wrong    int        // mu; datagrams that answered nothing
	spent    bool       // mu; gets no further requests
	closed   bool       // mu
}

// usable reports whether the socket takes further requests. A worn one takes
// none from now on.
func (s *socket) usable(worn bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spent = s.spent || worn
	return !s.spent
}

// begin sends requests on the socket, none if it is spent. The error is that of
// the first request that could not be sent.
func (s *socket) begin(requests []*Request) (sent int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spent {
		return 0, nil
	}
	if sent, err = s.send(requests); err != nil {
		s.spent = true
	}
	for _, r := range requests[:sent] {
		r.socket.Store(s)
	}
	s.requests = append(s.requests, requests[:sent]...)
	return sent, err
}

// sweep takes the requests from the socket whose time is over, or that were canceled,
// and appends them to expired. It resends those that have waited for half of their time.
func (s *socket) sweep(now time.Time, expired []*Request) []*Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = slices.DeleteFunc(s.requests, func(r *Request) bool {
		switch {
		case !now.Before(r.Deadline) || r.canceled.Load():
			s.spent = true // its reply may still come
			expired = append(expired, r)
			return true
		case !r.resendAt.IsZero() && !now.Before(r.resendAt):
			s.spent = true // a second reply may come
			r.resendAt = time.Time{}
			s.resend(r)
		}
		return false
	})
	return expired
}

// resend sends r again, with the name as it was given: perhaps the server drops what is
// in random case. s.mu is held. If it fails, the request ends at its deadline.
func (s *socket) resend(r *Request) {
	if r.mixed {
		r.flip()
		defer r.flip()
	}
	_, _ = s.send([]*Request{r})
}

// remove takes r from the socket and reports whether it was under way there.
func (s *socket) remove(r *Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.requests, r)
	if i < 0 {
		return false
	}
	s.requests = slices.Delete(s.requests, i, i+1)
	s.spent = true // its reply may still come
	return true
}

// retire lets the socket have no further requests.
func (s *socket) retire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spent = true
}

// closeUnused closes the socket if it is spent and nothing is under way on it.
// It reports whether the socket is closed.
func (s *socket) closeUnused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.spent || len(s.requests) > 0 {
		return false
	}
	if !s.closed {
		s.closed = true
		s.closeFD()
	}
	return true
}

// match finds the request that each datagram of the batch answers, and takes it
// from the socket. s.mu is held.
func (s *socket) match(b *batch) {
	for _, datagram := range b.datagrams {
		r := s.take(datagram)
		b.answered = append(b.answered, r)
		if r != nil {
			continue
		}
		b.wrong++
		s.spent = true
		if s.wrong++; s.wrong > maxWrong { // nothing that comes after it answers anything
			s.breakOff(b, ErrUseTCP)
		}
	}
}

// breakOff has the batch end all requests on the socket with err. s.mu is held.
func (s *socket) breakOff(b *batch, err error) {
	b.broken, b.err = append(b.broken, s.requests...), err
	s.requests, s.spent = nil, true
}

// take takes the request from the socket that a datagram answers. It returns nil
// if there is none. s.mu is held.
func (s *socket) take(datagram []byte) *Request {
	i := slices.IndexFunc(s.requests, func(r *Request) bool { return exchange.Answers(r.Query, datagram) })
	if i < 0 {
		return nil
	}
	r := s.requests[i]
	last := len(s.requests) - 1
	s.requests[i], s.requests[last] = s.requests[last], nil
	s.requests = s.requests[:last]
	return r
}
