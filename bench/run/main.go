//go:build linux

// Command run measures lachan beside other servers that filter and beside
// programs that only echo, all on this machine: the server on one core, the
// generator of the load and the upstream on the other. It builds what it needs,
// starts each server that is installed, measures them in turn, round after
// round, and prints a table; what was not measured says why. Run it from the
// root of the project, as `make bench` does.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	serverCore = 0
	loadCore   = 1
)

// options are how much to measure.
type options struct {
	names, schools int
	rounds         int
	time           time.Duration // of one run of the load
	misses         int           // questions of a file of misses
	curves, feeds  bool
	secure         bool          // the encrypted doors alone
	upstreams      bool          // misses by the transport of the upstream alone
	aims           bool          // what the project aims at, each beside its figure
	soakTime       time.Duration // 0 = no soak
	soakRate       float64       // questions a second in it, 0 = a share of what the server can
	quick          bool
	pair           string // another build of lachan to measure beside this one
	pairs          int    // how often
	data           string // folder with real lists
	keep           string // folder for all files, kept; "" = a temporary one
}

func parse() options {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "a minute at most: fewer names, one short round, no reload of others")
	flag.IntVar(&o.names, "names", 1_000_000, "names in the lists")
	flag.IntVar(&o.schools, "schools", 1000, "schools in the policy")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds; figures are medians")
	flag.DurationVar(&o.time, "time", 4*time.Second, "length of one run")
	flag.BoolVar(&o.curves, "curves", false, "measure how lachan grows with names, schools and cached answers; takes long")
	flag.BoolVar(&o.feeds, "feeds", false, "measure only the real lists and five million names: compiling, starting, changing under load")
	flag.BoolVar(&o.secure, "doors", false, "measure only DNS over TLS and HTTPS, beside dnsdist and CoreDNS")
	flag.BoolVar(&o.upstreams, "upstreams", false, "measure only misses, to upstreams over UDP, TLS and HTTPS, beside others that ask so")
	flag.BoolVar(&o.aims, "aims", false, "measure only what there is an aim for, all doors and rates, beside the best peer of each")
	flag.DurationVar(&o.soakTime, "soak", 0, "instead, ask lachan for so long, changing a list each minute; fails where an answer is lost or something grows")
	flag.Float64Var(&o.soakRate, "soak-rate", 0, "questions a second of the soak; 0 = 60% of what the server can")
	flag.StringVar(&o.pair, "pair", "", "instead, measure this build and another, the program at this path, in turn")
	flag.IntVar(&o.pairs, "pairs", 15, "with -pair: how often each; figures are medians of the ratios")
	flag.StringVar(&o.data, "data", "../shared/data", "folder with real lists, for the rate of compiling")
	flag.StringVar(&o.keep, "keep", "", "folder to work in and to leave as it is")
	flag.Parse()
	if o.quick {
		o.names, o.schools, o.rounds, o.time = 100_000, 100, 1, time.Second
	}
	o.misses = 200_000 * max(1, int(o.time/time.Second))
	if o.pair != "" {
		o.time = min(o.time, pairTime)
		o.misses = missesOfPair * max(1, o.pairs)
	}
	return o
}

func main() {
	// Children die with the thread that made them: this one, which lives as
	// long as the program.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, parse()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	dir := o.keep
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "lachan-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	l := &lab{options: o, dir: dir, ctx: ctx}
	defer l.stop()
	if err := l.prepare(); err != nil {
		return err
	}
	b := &bench{lab: l}
	if o.curves {
		return (&curve{l}).measure()
	}
	if o.feeds {
		fmt.Println(strings.Join(measureMany(l), "\n"))
		return ctx.Err()
	}
	if o.secure {
		return (&doorBench{b}).doors(os.Stdout)
	}
	if o.upstreams {
		return (&upstreamBench{b}).measure(os.Stdout)
	}
	if o.aims {
		return (&aimBench{doorBench{b}}).measure(os.Stdout)
	}
	if o.pair != "" {
		return measurePairs(l, os.Stdout)
	}
	if o.soakTime > 0 {
		return (&soak{l}).run()
	}
	b.measure()
	b.print(os.Stdout)
	return ctx.Err()
}

// say tells on a terminal and in a log what is being done.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
