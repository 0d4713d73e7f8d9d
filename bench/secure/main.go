//go:build linux

// Command secure asks a DNS server over TLS, HTTPS or QUIC on connections that it
// keeps, as fast as answers come, and says how many came and, of a server on
// this machine, what it cost. The certificate is not checked: it is the
// measurement's own.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"lachan/bench/process"
	"lachan/bench/queryfile"
)

type options struct {
	server   string // address and port
	protocol string // dot, doh, doh3 or doq
	queries  string // a query file
	clients  int    // connections, each from an address of its own
	spread   int    // the addresses are taken from so many networks 127.x.y.0/24
	window   int    // unanswered questions of a connection; over HTTPS and QUIC its streams
	time     time.Duration
	pid      int // of the server, 0 = not known
}

func main() {
	var o options
	flag.StringVar(&o.server, "server", "127.0.0.1:853", "address and port of the server")
	flag.StringVar(&o.protocol, "protocol", "dot", "dot: over TLS (RFC 7858); doh: over HTTP/2 (RFC 8484) at /dns-query; doh3: the same over HTTP/3; doq: over QUIC (RFC 9250)")
	flag.StringVar(&o.queries, "queries", "", "query file, as bench/names writes it")
	flag.IntVar(&o.clients, "clients", 20, "connections")
	flag.IntVar(&o.spread, "spread", 1000, "networks 127.x.y.0/24 that the clients are spread over")
	flag.IntVar(&o.window, "window", 20, "unanswered questions of a connection")
	flag.DurationVar(&o.time, "time", 5*time.Second, "how long to ask")
	flag.IntVar(&o.pid, "pid", 0, "process id of the server, to measure what it costs")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "secure:", err)
		os.Exit(1)
	}
}

// A Result is what was measured, under the names that bench/load uses.
type Result struct {
	Seconds float64 `json:"seconds"`
	Answers int64   `json:"answers"`
	Rate    float64 `json:"rate"`      // answers a second
	CPUPerM float64 `json:"cpu_per_m"` // seconds of the server, user and system, for a million answers
}

// A connection asks over itself, in as many questions at a time as the window has, until
// the time is over, and returns how many answers came.
type connection interface {
	talk(s *stream, window int, end time.Time) (answers int64, err error)
	Close() error
}

func run(o options) error {
	dials := map[string]func(options, int) (connection, error){
		"dot": dialTLS, "doh": dialHTTP, "doh3": dialHTTP3, "doq": dialQUIC,
	}
	dial := dials[o.protocol]
	if dial == nil || o.clients < 1 || o.window < 1 || o.window > 100 || o.spread < 1 {
		return fmt.Errorf("-protocol is dot, doh, doh3 or doq; -clients and -spread are at least 1, -window is 1 to 100")
	}
	file, err := queryfile.Open(o.queries)
	if err != nil {
		return err
	}
	conns := make([]connection, o.clients)
	for i := range conns {
		if conns[i], err = dial(o, i); err != nil {
			return err
		}
		defer conns[i].Close()
	}
	before := cpuOf(o.pid)
	begin := time.Now()
	counts, errs := make([]int64, o.clients), make([]error, o.clients)
	var asking sync.WaitGroup
	for i, c := range conns {
		asking.Go(func() {
			s := &stream{file: file, next: i * len(file.Order) / o.clients}
			counts[i], errs[i] = c.talk(s, o.window, begin.Add(o.time))
		})
	}
	asking.Wait()
	r := Result{Seconds: time.Since(begin).Seconds()}
	for i, n := range counts {
		if errs[i] != nil {
			return fmt.Errorf("connection %d, after %d answers: %w", i, n, errs[i])
		}
		r.Answers += n
	}
	r.Rate = float64(r.Answers) / r.Seconds
	if r.Answers > 0 {
		r.CPUPerM = (cpuOf(o.pid) - before).Seconds() / float64(r.Answers) * 1e6
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// from is the address of a client, in one of the networks that bench/names gives to
// schools.
func from(o options, client int) netip.Addr {
	network := 256 + client*o.spread/o.clients
	return netip.AddrFrom4([4]byte{127, byte(network >> 8), byte(network), byte(1 + client%250)})
}

// greeting is what a client says in the handshake of TLS.
func greeting(alpn string) *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, ServerName: "dns.example", NextProtos: []string{alpn}}
}

// dialTCP connects over TLS.
func dialTCP(o options, client int, alpn string) (net.Conn, error) {
	d := tls.Dialer{
		NetDialer: &net.Dialer{
			LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(from(o, client), 0)), Timeout: 10 * time.Second,
		},
		Config: greeting(alpn),
	}
	return d.Dial("tcp", o.server)
}

// cpuOf is 0 of a process that is not known or has ended.
func cpuOf(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	used, _ := process.CPU(pid)
	return used
}

// A stream hands out the messages of a query file in its order, again and again.
type stream struct {
	file *queryfile.File
	next int
}

func (s *stream) message() []byte {
	if s.next == len(s.file.Order) {
		s.next = 0
	}
	s.next++
	return s.file.Messages[s.file.Order[s.next-1]]
}
