package manage

import (
	"context"
	"errors"
	"strings"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/source"
)

// lists are the feeds, what is compiled of them, and what is in force.
type lists struct {
	builtin []blocklist.Source
	store   *feed.Store
	disk    *blocklist.Store // of compiled lists
	orders  *order.Log
	updater *feed.Updater

	lists    *blocklist.Lists     // the newest
	list     *blocklist.List      // lists, bound to the policy
	used     *blocklist.Lists     // those that resolve uses
	versions uint64               // how many lists there have been
	serial   uint64               // of lists and policy together
	inForce  map[string]time.Time // feed -> since when its copy decides

	updates   chan struct{} // a feed has a new copy; holds at most one
	compiled  chan compilation
	compiling bool
	again     bool // something changed while compiling
}

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
	files, missing := source.Good(n.cfg, n.lists.store)
	if len(missing) > 0 {
		n.conditions.Set("feed-missing", "no copy yet of: "+join(missing))
	} else {
		n.conditions.Clear("feed-missing")
	}
	return files
}

// compile brings old up to date with the files in a process of its own, which
// takes neither time nor memory from the answers. It may run on any goroutine,
// one at a time.
func (n *node) compile(ctx context.Context, old *blocklist.Lists, folder string, files []source.File) compilation {
	start := time.Now()
	c := compilation{}
	order := job.ListsOrder{Folder: folder, Files: files}
	if old != nil {
		order.Serial = old.Serial()
	}
	answer, err := job.Lists(ctx, order)
	if c.err = err; err == nil {
		c.report = answer.Report
		c.lists, c.err = n.lists.disk.OpenSerial(old, answer.Serial)
	}
	c.end = time.Now()
	c.elapsed = c.end.Sub(start)
	return c
}

// startCompiling compiles when the lists in force are not what their sources say
// now. One compilation runs at a time; what changes meanwhile is taken up
// after it.
func (n *node) startCompiling(ctx context.Context) {
	if n.lists.compiling {
		n.lists.again = true
		return
	}
	files := n.files()
	if n.lists.lists.UpToDate(source.All(n.lists.builtin, files)) {
		return
	}
	n.lists.compiling = true
	old, folder := n.lists.lists, n.cfg.ListsDir()
	n.children.start(ctx, "compile", func(ctx context.Context) {
		n.lists.compiled <- n.compile(ctx, old, folder, files)
	})
}

// takeCompiled puts new lists in force. Those in force stay when there are
// none.
func (n *node) takeCompiled(ctx context.Context, c compilation) {
	n.lists.compiling = false
	if c.err != nil {
		n.log.Error("compile lists", "error", c.err)
		n.conditions.Set("compile", c.err.Error())
	} else {
		n.conditions.Clear("compile")
		n.useLists(c.lists)
		n.resolves.compiled = c.end
		n.putInForce()
		serial := n.lists.serial
		n.resolves.whenUsed = append(n.resolves.whenUsed, func() {
			n.log.Info("lists in force", "names", c.lists.Keys(), "bytes", c.report.Bytes, "elapsed", c.elapsed, "serial", serial)
		})
	}
	if n.lists.again {
		n.lists.again = false
		n.startCompiling(ctx)
	}
}

// startUpdater fetches the feeds of the configuration from now on.
func (n *node) startUpdater(ctx context.Context) {
	updater := feed.NewUpdater(n.lists.store, n.cfg.Sources(n.core), func(string) {
		select {
		case n.lists.updates <- struct{}{}:
		default: // a wake-up is on its way already
		}
	}, n.log)
	n.lists.updater = updater
	n.watchFeeds(ctx)
	n.children.start(ctx, "updater", func(ctx context.Context) {
		if err := updater.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			n.log.Error("update feeds", "error", err)
		}
	})
}

// watchZones tells which zones their primary has not confirmed for longer than
// they allow themselves. Their last good copies stay in force.
func (n *node) watchZones(now time.Time) {
	var expired []string
	for i := range n.cfg.Feeds {
		f := &n.cfg.Feeds[i]
		if s, err := n.lists.store.Status(f.Name); err == nil && strings.HasPrefix(f.URL, "axfr://") && s.Expired(now) {
			expired = append(expired, f.Name)
		}
	}
	if len(expired) > 0 {
		n.conditions.Set("zone-expired", feed.TextZoneExpired.With(join(expired)).String())
	} else {
		n.conditions.Clear("zone-expired")
	}
}

func join(names []string) string { return strings.Join(names, ", ") }
