package main

import (
	"context"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/source"
)

// A compilation is what came of compiling the lists.
type compilation struct {
	lists   *blocklist.Lists
	report  blocklist.Report
	elapsed time.Duration
	end     time.Time
	err     error
}

// files are the good copies of the feeds. Feeds without one raise a condition.
func (n *node) files() []source.File {
	files, missing := source.Good(n.cfg, n.store)
	if len(missing) > 0 {
		n.conditions.Set("feed-missing", "no copy yet of: "+join(missing))
	} else {
		n.conditions.Clear("feed-missing")
	}
	return files
}

// compileFirst compiles before anything is answered.
func (n *node) compileFirst() compilation {
	start := time.Now()
	sources := source.All(n.builtin, n.files())
	lists, report, err := n.compiledLists.Update(context.Background(), nil, sources, blocklist.Options{})
	return compilation{lists, report, time.Since(start), time.Now(), err}
}

// compile brings old up to date with the files in a process of its own, which
// takes neither time nor memory from the answers. It may run on any goroutine,
// one at a time.
func (n *node) compile(ctx context.Context, old *blocklist.Lists, folder string, files []source.File) compilation {
	start := time.Now()
	c := compilation{}
	var answer compileAnswer
	answer, c.err = orderCompilation(ctx, compileOrder{folder, old.Serial(), files})
	if c.err == nil {
		c.report = answer.Report
		c.lists, c.err = n.compiledLists.OpenSerial(old, answer.Serial)
	}
	c.end = time.Now()
	c.elapsed = c.end.Sub(start)
	return c
}

// startCompiling compiles when the lists in force are not what their sources say
// now. One compilation runs at a time; what changes meanwhile is taken up
// after it.
func (n *node) startCompiling(ctx context.Context) {
	if n.compiling {
		n.again = true
		return
	}
	files := n.files()
	if n.lists.UpToDate(source.All(n.builtin, files)) {
		return
	}
	n.compiling = true
	old, folder := n.lists, n.cfg.ListsDir()
	n.children.start(ctx, "compile", func(ctx context.Context) {
		n.compiled <- n.compile(ctx, old, folder, files)
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
		n.recordOrders(c.end, time.Now())
		n.log.Info("lists in force", "names", c.lists.Keys(), "bytes", c.report.Bytes, "elapsed", c.elapsed, "serial", n.serial)
	}
	if n.again {
		n.again = false
		n.startCompiling(ctx)
	}
}
