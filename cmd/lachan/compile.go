package main

import (
	"context"
	"time"

	"lachan/blocklist"
)

// A compilation is what came of compiling the lists.
type compilation struct {
	lists   *blocklist.Lists
	report  blocklist.Report
	elapsed time.Duration
	end     time.Time
	err     error
}

// sources are all lists: those that come with the program, then those of the
// feeds that have a good copy. Feeds without one raise a condition.
func (n *node) sources() []blocklist.Source {
	feeds, missing := feedSources(n.cfg, n.store)
	if len(missing) > 0 {
		n.conditions.Set("feed-missing", "no copy yet of: "+join(missing))
	} else {
		n.conditions.Clear("feed-missing")
	}
	return append(builtinSources(n.facts), feeds...)
}

// compile brings old up to date with the sources. It may run on any goroutine,
// one at a time.
func (n *node) compile(ctx context.Context, old *blocklist.Lists, sources []blocklist.Source) compilation {
	start := time.Now()
	lists, report, err := n.shelf.Update(ctx, old, sources, blocklist.Options{Core: n.core})
	return compilation{lists, report, time.Since(start), time.Now(), err}
}

// startCompiling compiles when the lists in force are not what their sources say
// now. One compilation runs at a time; what changes meanwhile is taken up
// after it.
func (n *node) startCompiling(ctx context.Context) {
	if n.compiling {
		n.again = true
		return
	}
	sources := n.sources()
	if n.lists.UpToDate(sources) {
		return
	}
	n.compiling = true
	old := n.lists
	n.children.start(ctx, "compile", func(ctx context.Context) {
		n.compiled <- n.compile(ctx, old, sources)
	})
}

// takeCompiled puts new lists in force. Those in force stay when there are
// none.
func (n *node) takeCompiled(ctx context.Context, c compilation) {
	n.compiling = false
	if c.err != nil {
		n.log.Error("compile lists", "error", c.err)
		n.conditions.Set("compile", c.err.Error())
	} else {
		n.conditions.Clear("compile")
		n.useLists(c.lists)
		n.putInForce()
		n.publishZones(time.Now())
		n.recordOrders(c.end)
		n.log.Info("lists in force", "names", c.lists.Keys(), "bytes", c.report.Bytes, "elapsed", c.elapsed, "serial", n.serial)
		for name, f := range c.report.Feeds {
			if f.CoreHits > 0 {
				n.log.Warn("feed names what is never blocked", "feed", name, "entries", f.CoreHits)
			}
		}
	}
	if n.again {
		n.again = false
		n.startCompiling(ctx)
	}
}
