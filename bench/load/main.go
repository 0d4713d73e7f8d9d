//go:build linux

// Command load asks a DNS server as fast as it answers, or at a given rate, and
// says what came back, how long it took and, of a server on this machine, what
// it cost. One goroutine asks and listens on many sockets; nothing is
// allocated while it does.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"lachan/bench/process"
	"lachan/bench/queryfile"
)

type options struct {
	server  netip.AddrPort
	queries string        // a query file
	tcp     bool          // connections instead of UDP sockets
	clients int           // sockets or connections, each from an address of its own
	spread  int           // the addresses are taken from so many networks 127.x.y.0/24
	window  int           // questions of a client that may be without an answer; 0 with a rate
	rate    float64       // questions a second, 0 = as fast as the window allows
	time    time.Duration // how long to ask
	each    bool          // ask every message of the file once, in its order, instead
	from    int           // with each: the first message
	pid     int           // of the server, 0 = not known
	json    bool
}

func parse() (o options, err error) {
	server := flag.String("server", "127.0.0.1:1053", "address and port of the server")
	flag.StringVar(&o.queries, "queries", "", "query file, as bench/names writes it")
	flag.BoolVar(&o.tcp, "tcp", false, "ask over TCP, questions of a connection one behind the other without waiting")
	flag.IntVar(&o.clients, "clients", 32, "sockets or connections")
	flag.IntVar(&o.spread, "spread", 1000, "networks 127.x.y.0/24 that the clients are spread over")
	flag.IntVar(&o.window, "window", 6, "unanswered questions of a client")
	flag.Float64Var(&o.rate, "rate", 0, "questions a second; 0 = as fast as answers come")
	flag.DurationVar(&o.time, "time", 5*time.Second, "how long to ask")
	flag.BoolVar(&o.each, "each", false, "ask every message of the file once; -time is then the limit")
	flag.IntVar(&o.from, "from", 0, "with -each: the first message")
	flag.IntVar(&o.pid, "pid", 0, "process id of the server, to measure what it costs")
	flag.BoolVar(&o.json, "json", false, "print JSON")
	flag.Parse()
	if o.server, err = netip.ParseAddrPort(*server); err != nil {
		return o, err
	}
	if o.clients < 1 || o.window < 1 || o.window > maxWindow || o.spread < 1 {
		return o, fmt.Errorf("-clients, -spread and -window must be at least 1, -window at most %d", maxWindow)
	}
	return o, nil
}

func main() {
	o, err := parse()
	if err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	file, err := queryfile.Open(o.queries)
	if err != nil {
		return err
	}
	g, err := newGenerator(o, file)
	if err != nil {
		return err
	}
	debug.SetGCPercent(-1) // nothing is allocated from here on
	r := Result{}
	if o.pid != 0 {
		if r.Before, err = process.MemoryOf(o.pid); err != nil {
			return err
		}
	}
	cpu := cpuOf(o.pid)
	g.ask(o)
	r.CPU = (cpuOf(o.pid) - cpu).Seconds()
	g.fill(&r)
	if o.pid != 0 {
		if r.After, err = process.MemoryOf(o.pid); err != nil {
			return err
		}
	}
	if o.json {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	fmt.Print(r)
	return nil
}

// cpuOf is 0 of a process that is not known or has ended.
func cpuOf(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	used, _ := process.CPU(pid)
	return used
}
