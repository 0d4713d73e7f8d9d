//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"lachan/bench/queryfile"
)

// This file has the clients of a run ask at a pace, or as fast as answers come.

const (
	patience  = time.Second            // after it a question counts as lost
	sweepTime = 100 * time.Millisecond // how often lost questions are looked for
)

// A generator asks on all clients. Times are durations since its start.
type generator struct {
	epoch   time.Time
	now     time.Duration
	epoll   int
	events  [64]unix.EpollEvent
	poll    [1]unix.PollFd
	timeout unix.Timespec
	clients []*client
	stream  stream

	queries, answers int64
	rcodes           [16]int64
	latencies        latencies
	late             time.Duration
	elapsed          time.Duration
}

// A stream hands out the messages of a query file.
type stream struct {
	file *queryfile.File
	each bool // every message once, instead of by the order
	next int
}

// done tells whether every message was handed out; an order begins again.
func (s *stream) done() bool { return s.each && s.next >= len(s.file.Messages) }

func (s *stream) message() []byte {
	if s.each {
		s.next++
		return s.file.Messages[s.next-1]
	}
	if s.next == len(s.file.Order) {
		s.next = 0
	}
	s.next++
	return s.file.Messages[s.file.Order[s.next-1]]
}

func newGenerator(o options, file *queryfile.File) (*generator, error) {
	if o.each && o.from >= len(file.Messages) || !o.each && len(file.Order) == 0 {
		return nil, fmt.Errorf("no queries left in %s", o.queries)
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	g := &generator{epoch: time.Now(), epoll: epoll, stream: stream{file: file, each: o.each, next: o.from}}
	for i := range o.clients {
		c, err := g.dial(o, clientAddress(i*o.spread/o.clients, i))
		if err != nil {
			return nil, err
		}
		g.clients = append(g.clients, c)
		event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)}
		if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, c.fd, &event); err != nil {
			return nil, os.NewSyscallError("epoll_ctl", err)
		}
	}
	return g, nil
}

// clientAddress is the address of a client in one of the networks that
// bench/names gives to schools: 127.1.0.0/24 and so on.
func clientAddress(network, client int) netip.Addr {
	network += 256
	return netip.AddrFrom4([4]byte{127, byte(network >> 8), byte(network), byte(1 + client%250)})
}

func (g *generator) read() { g.now = time.Since(g.epoch) }

// ask runs until the time is over or each message was asked, and then waits
// for the last answers.
func (g *generator) ask(o options) {
	// Sleep as short as asked: without it the kernel adds 50 us.
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	g.epoch = time.Now()
	g.read()
	refill := o.window
	if o.rate > 0 {
		refill = 0
	}
	for _, c := range g.clients {
		g.refill(c, refill)
	}
	swept, turn := g.now, 0
	for g.now < o.time && !(g.stream.done() && g.open() == 0) {
		wait := sweepTime
		if o.rate > 0 {
			wait = g.pace(o.rate, &turn)
		}
		g.listen(wait, refill)
		if g.now-swept > sweepTime {
			swept = g.now
			for _, c := range g.clients {
				c.sweep(g.now)
				g.refill(c, refill)
			}
		}
	}
	for end := g.now + patience; g.now < end && g.open() > 0; {
		g.listen(sweepTime, 0)
	}
	g.elapsed = g.now
}

// open is how many questions have no answer yet.
func (g *generator) open() (n int) {
	for _, c := range g.clients {
		n += c.open
	}
	return n
}

// refill asks until the client's window is full.
func (g *generator) refill(c *client, window int) {
	if n := window - c.open; n > 0 && !g.stream.done() {
		g.queries += int64(c.ask(&g.stream, n, g.now))
	}
}

// pace asks what is due by now and returns the time until the next is.
func (g *generator) pace(rate float64, turn *int) time.Duration {
	g.read()
	due := int64(g.now.Seconds()*rate) + 1 - g.queries
	if due > 0 {
		g.late = max(g.late, time.Duration(float64(due)/rate*1e9))
	}
	for ; due > 0 && !g.stream.done(); *turn++ {
		n := min(due, maxBatch, int64(1+g.late/time.Millisecond))
		c := g.clients[*turn%len(g.clients)]
		asked := int64(c.ask(&g.stream, int(n), g.now))
		if asked == 0 {
			break // the system takes no more now
		}
		g.queries += asked
		due -= asked
	}
	next := time.Duration(float64(g.queries) / rate * 1e9)
	return max(0, min(next-g.now, sweepTime))
}

// listen waits for answers, reads them and asks anew.
func (g *generator) listen(wait time.Duration, window int) {
	g.poll[0] = unix.PollFd{Fd: int32(g.epoll), Events: unix.POLLIN}
	g.timeout = unix.NsecToTimespec(int64(wait))
	n, err := unix.Ppoll(g.poll[:], &g.timeout, nil)
	if err == nil && n > 0 {
		n, err = unix.EpollWait(g.epoll, g.events[:], 0)
	}
	g.read()
	if err != nil || n == 0 {
		return
	}
	for _, event := range g.events[:n] {
		c := g.clients[event.Fd]
		c.wire.receive(c.fd, c.take)
		g.refill(c, window)
	}
}

// answered counts an answer.
func (g *generator) answered(sent time.Duration, rcode byte) {
	g.answers++
	g.latencies.add(g.now - sent)
	g.rcodes[rcode]++
}

// fill writes what was measured to r.
func (g *generator) fill(r *Result) {
	us := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
	r.Seconds, r.Queries, r.Answers, r.Lost = g.elapsed.Seconds(), g.queries, g.answers, int64(g.open())
	for _, c := range g.clients {
		r.Lost += c.lost
	}
	r.Rate = float64(g.answers) / r.Seconds
	r.P50, r.P95, r.P99 = us(g.latencies.quantile(0.50)), us(g.latencies.quantile(0.95)), us(g.latencies.quantile(0.99))
	r.Max, r.LateMax = us(g.latencies.max), us(g.late)
	if g.answers > 0 {
		r.CPUPerM = r.CPU / float64(g.answers) * 1e6
	}
	if g.stream.each {
		r.Messages = g.stream.next
	}
	r.Rcodes = map[string]int64{}
	for code, n := range g.rcodes {
		if n > 0 {
			r.Rcodes[rcodeName(code)] = n
		}
	}
}

func rcodeName(code int) string {
	names := [...]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}
	if code < len(names) {
		return names[code]
	}
	return strconv.Itoa(code)
}
