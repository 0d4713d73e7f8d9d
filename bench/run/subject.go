//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/miekg/dns"

	"lachan/bench/process"
)

// A subject is a program that is measured. Its own file says how it is
// configured.
type subject struct {
	name    string
	addr    netip.AddrPort
	http    netip.AddrPort // of its metrics; zero of others than lachan
	dot     netip.AddrPort // where doors are measured
	doh     netip.AddrPort
	doq     netip.AddrPort
	program string // path
	args    []string
	echo    bool // it answers nothing, it is a floor

	// block adds a name to the lists that the program has, and tells it so.
	block func(name string) error
	// whyNot says why a column that others have is empty.
	whyNot map[column]string

	child  *process.Child
	counts int // the process whose CPU time counts; 0: child and all that it has started
	missed int // messages of the file of misses that it was asked
	cells  map[column][]float64
}

// answersWithin is how long the slowest of them may take to load its lists.
const answersWithin = 90 * time.Second

// start runs the program and returns how long it took to the first answer
// that is filtered; of a floor, to the first packet.
func (l *lab) start(s *subject, name string) (time.Duration, error) {
	begin := time.Now()
	var err error
	if s.child, err = process.Start(serverCore, s.program, s.args...); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancelCause(l.ctx)
	go func() {
		_ = s.child.Wait(ctx) // stopping it with ctx is what is wanted
		cancel(errors.New("it ended: " + s.child.Output()))
	}()
	err = waitFor(ctx, s.addr, name, answersWithin, func(r *dns.Msg) bool { return s.echo || filtered(r) })
	if err != nil {
		return 0, fmt.Errorf("start %s: %w; %s", s.name, err, s.child.Output())
	}
	return time.Since(begin), nil
}

func (s *subject) stop() {
	if s.child != nil {
		s.child.Stop()
	}
	s.child = nil
}

// answering is the memory of the process that answers: of several processes the
// one that does nothing else.
func (s *subject) answering() (process.Memory, error) {
	return process.MemoryOf(process.Started(s.child.PID(), "resolve"))
}

// note adds a figure to a column.
func (s *subject) note(c column, value float64) {
	if s.cells == nil {
		s.cells = map[column][]float64{}
	}
	s.cells[c] = append(s.cells[c], value)
}

// miss says why a column has no figure.
func (s *subject) miss(c column, err error) {
	if s.whyNot == nil {
		s.whyNot = map[column]string{}
	}
	s.whyNot[c] = err.Error()
	say("%s: %s: %v", s.name, c, err)
}

const (
	askEvery   = 2 * time.Millisecond
	askPatient = 100 * time.Millisecond
)

// waitFor asks for name until the answer is good.
func waitFor(
	ctx context.Context, addr netip.AddrPort, name string, limit time.Duration, good func(*dns.Msg) bool,
) error {
	client := dns.Client{Timeout: askPatient}
	query := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeA)
	last := errors.New("it was not asked")
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(askEvery) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		reply, _, err := client.ExchangeContext(ctx, query, addr.String())
		switch {
		case err != nil:
			last = err
		case good(reply):
			return nil
		default:
			last = fmt.Errorf("%s for %s", dns.RcodeToString[reply.Rcode], name)
		}
	}
	return fmt.Errorf("no good answer within %v: %w", limit, last)
}

// filtered tells whether a reply says that a name is blocked.
func filtered(r *dns.Msg) bool {
	if len(r.Answer) > 0 {
		a, ok := r.Answer[0].(*dns.A)
		return ok && a.A.IsUnspecified()
	}
	return r.Rcode == dns.RcodeNameError
}

// appendTo adds text to a file.
func appendTo(name, text string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
