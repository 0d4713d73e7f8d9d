package manage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/order"
	"lachan/blocklist/version"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
)

// lists are the feeds, what is compiled of them, and what is in force.
type lists struct {
	*shared
	held    *held
	core    func(n *domain.Name, below bool) bool  // whether a name is never blocked
	names   func(codes []string) func(string) bool // whether a text is the name of one of some categories
	changed func(compiled time.Time, say func())   // puts the newest lists in force, and then says so

	builtin  []blocklist.Source
	store    *feed.Store
	disk     *blocklist.Store // of compiled lists
	orders   *order.Log
	versions *version.Log
	updater  *feed.Updater

	newest  *blocklist.Lists
	list    *blocklist.List      // newest, bound to the policy
	used    *blocklist.Lists     // those that resolve uses
	serial  uint64               // of lists and policy together
	inForce map[string]time.Time // feed -> since when its copy decides
	shut    map[string]bool      // feeds whose copy could not be read, until their names are in force

	updates   chan struct{} // a feed has a new copy; holds at most one
	changes   atomic.Uint64 // how often that was said
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

// open opens the newest compiled lists. Without any, or with a part of them
// damaged, it compiles what is on disk before anything is answered, so that a
// start never filters less than it could; lists that are files of this machine
// and were never had it reads first, and a first start fetches the others. A feed that was had and cannot be read
// keeps the server shut, see shut.
func (l *lists) open(ctx context.Context) error {
	newest, damaged := l.disk.OpenLatest()
	for _, err := range damaged {
		l.log.Error("compiled lists set aside", "error", err)
		l.conditions.Set("snapshot-damaged", err.Error())
	}
	l.newest = newest
	fetched := l.fetchFirst(ctx, newest == nil && l.cfg.Start == config.StartWait)
	if newest == nil || fetched || len(damaged) > 0 {
		c := l.compile(ctx, newest, l.cfg.ListsDir(), l.files())
		switch {
		case c.err == nil:
			newest = c.lists
		case newest == nil:
			return fmt.Errorf("compile the first lists: %w", config.StateError(l.cfg, c.err))
		default:
			l.log.Error("compile lists", "error", c.err)
			l.conditions.Set("compile", c.err.Error())
		}
	}
	l.use(newest)
	l.files()
	return nil
}

// notified has the zone of a feed looked at: its primary says that it changed.
func (l *lists) notified(feed string) {
	if l.updater != nil {
		l.updater.Trigger(feed)
	}
}

// files are the good copies of the feeds. Feeds without one raise a condition;
// what is in force of them stays. One whose copy may not be read, and of which
// nothing is in force, shuts the server until its list is: it may block.
func (l *lists) files() []source.File {
	copies := source.Good(l.cfg, l.store)
	if len(copies.Missing) > 0 {
		l.conditions.Set("feed-missing", "no copy yet of: "+join(copies.Missing))
	} else {
		l.conditions.Clear("feed-missing")
	}
	unreadable := make([]wording.Text, 0, len(copies.Unreadable))
	for _, name := range slices.Sorted(maps.Keys(copies.Unreadable)) {
		why := wording.Of(config.StateError(l.cfg, copies.Unreadable[name]))
		unreadable = append(unreadable, wording.Join(about(name, ""), why))
		if l.newest == nil || l.newest.Digest(name) == "" {
			l.shut[name] = true
		}
	}
	l.condition("feed-unreadable", textConditionUnreadable, unreadable)
	return copies.Keep(l.newest)
}

// compile brings old up to date with the files in a process of its own, which
// takes neither time nor memory from the answers. It may run on any goroutine,
// one at a time.
func (l *lists) compile(ctx context.Context, old *blocklist.Lists, folder string, files []source.File) compilation {
	start := time.Now()
	c := compilation{}
	order := job.ListsOrder{Folder: folder, Files: files}
	if old != nil {
		order.Serial = old.Serial()
	}
	answer, err := l.jobs.Lists(ctx, order)
	if c.err = err; err == nil {
		c.report = answer.Report
		c.lists, c.err = l.disk.OpenSerial(old, answer.Serial)
	}
	c.end = time.Now()
	c.elapsed = c.end.Sub(start)
	return c
}

// startCompiling compiles when the lists in force are not what their sources say
// now. One compilation runs at a time; what changes meanwhile is taken up
// after it.
func (l *lists) startCompiling(ctx context.Context) {
	if l.compiling {
		l.again = true
		return
	}
	files := l.files()
	if l.newest.UpToDate(source.All(l.builtin, files)) {
		return
	}
	l.compiling = true
	old, folder := l.newest, l.cfg.ListsDir()
	l.children.start(ctx, "compile", func(ctx context.Context) {
		l.compiled <- l.compile(ctx, old, folder, files)
	})
}

// takeCompiled puts new lists in force. Those in force stay when there are
// none.
func (l *lists) takeCompiled(ctx context.Context, c compilation) {
	l.compiling = false
	if c.err != nil {
		l.log.Error("compile lists", "error", c.err)
		l.conditions.Set("compile", c.err.Error())
	} else {
		l.conditions.Clear("compile")
		l.use(c.lists)
		serial := l.serial
		l.changed(c.end, func() {
			l.log.Info("lists in force", "names", c.lists.Keys(), "bytes", c.report.Bytes, "elapsed", c.elapsed, "serial", serial)
		})
	}
	if l.again {
		l.again = false
		l.startCompiling(ctx)
	}
}

// wake has copies of feeds looked at. Any goroutine may call it.
func (l *lists) wake() {
	l.changes.Add(1)
	select {
	case l.updates <- struct{}{}:
	default: // a wake-up is on its way already
	}
}

// startUpdater fetches the feeds of the configuration from now on.
func (l *lists) startUpdater(ctx context.Context) {
	updater := feed.NewUpdater(l.store, l.cfg.Sources(l.core, l.names), func(string) { l.wake() }, l.log)
	l.updater = updater
	l.watch(ctx)
	l.children.start(ctx, "updater", func(ctx context.Context) {
		if err := updater.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			l.log.Error("update feeds", "error", err)
		}
	})
}

// carried are the lists that nodes of this machine have: those whose copies are good. Any
// goroutine may call it.
func (l *lists) carried() (all []nodes.List) {
	cfg := l.held.view().cfg
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		if l.digest(f.Name) == "" {
			continue // nodes keep what they have
		}
		status, err := l.store.Status(f.Name)
		if err != nil || status.Copy.Digest == "" {
			continue
		}
		all = append(all, nodes.List{Carried: config.Carry(*f, status.Copy), Confirmed: status.LastSuccess})
	}
	return all
}

// digest is that of the copy of a feed; "" if there is none, or it is damaged.
func (l *lists) digest(name string) string {
	c, ok, err := l.store.Good(name)
	if err != nil || !ok {
		return ""
	}
	return c.Digest
}

// openText opens the copy of a feed. Any goroutine may call it.
func openText(l *lists, name string) (*os.File, error) {
	c, ok, err := l.store.Good(name)
	if err == nil && !ok {
		err = os.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	return os.Open(c.Path)
}

// watchZones tells which zones their primary has not confirmed for longer than
// they allow themselves. Their last good copies stay in force.
func (l *lists) watchZones(now time.Time) {
	var expired []string
	for i := range l.cfg.Feeds {
		f := &l.cfg.Feeds[i]
		if s, err := l.store.Status(f.Name); err == nil && strings.HasPrefix(f.URL, "axfr://") && s.Expired(now) {
			expired = append(expired, f.Name)
		}
	}
	if len(expired) > 0 {
		l.conditions.Set("zone-expired", feed.TextZoneExpired.With(join(expired)).String())
	} else {
		l.conditions.Clear("zone-expired")
	}
}

func join(names []string) string { return strings.Join(names, ", ") }

// watch tells which feeds somebody should look at: those that cannot be
// brought up to date, whose last good copies stay in force; those with a version
// that is held back; locked ones that block what should never be blocked; and
// orders that DNS cannot carry out whole.
func (l *lists) watch(ctx context.Context) {
	failing := l.updater.Failing()
	var late, held, core, doubtful, incomplete []wording.Text
	for i := range l.cfg.Feeds {
		f := &l.cfg.Feeds[i]
		status, err := l.store.Status(f.Name)
		if err != nil {
			late = append(late, about(f.Name, err.Error()))
			continue
		}
		if slices.Contains(failing, f.Name) && !status.OnlyHeld() {
			late = append(late, wording.Join(about(f.Name, ""), status.Failure.Text()))
		}
		if status.Held.Copy.Digest != "" {
			held = append(held, l.held.text(&status))
			l.held.weighLater(ctx, f.Name, status.Held.Copy.Digest)
		}
		if f.LockedBy != "" && status.Copy.CoreHits > 0 {
			core = append(core, about(f.Name, fmt.Sprintf("%d (%s)", status.Copy.CoreHits, join(status.Copy.CoreNames))))
		}
		if names := doubt.Waiting(status.Copy.Doubts); len(names) > 0 {
			doubtful = append(doubtful, about(f.Name, join(names)))
		}
		if ordered := f.Authority != (config.Authority{}) || len(status.Copy.Documents) > 0; ordered &&
			status.Copy.Rejected > 0 {
			incomplete = append(incomplete, about(f.Name, fmt.Sprint(status.Copy.Rejected)))
		}
	}
	l.condition("feed-failing", textConditionFailing, late)
	l.condition("feed-held", textConditionHeld, held)
	l.condition("feed-core", textConditionCore, core)
	l.condition("order-doubtful", textConditionDoubtful, doubtful)
	l.condition("order-incomplete", textConditionIncomplete, incomplete)
}

// about is something to say of a feed, the same in both languages.
func about(name, text string) wording.Text {
	text = name + ": " + text
	return wording.Text{VI: text, EN: text}
}

// condition raises a condition of feeds, or ends it when it is of none.
func (l *lists) condition(name string, text wording.Text, feeds []wording.Text) {
	if len(feeds) == 0 {
		l.conditions.Clear(name)
		return
	}
	vi, en := make([]string, len(feeds)), make([]string, len(feeds))
	for i, t := range feeds {
		vi[i], en[i] = t.VI, t.EN
	}
	both := wording.Text{VI: fmt.Sprintf(text.VI, strings.Join(vi, "; ")), EN: fmt.Sprintf(text.EN, strings.Join(en, "; "))}
	l.conditions.Set(name, both.String())
}

const (
	listedTime  = 20 * time.Second // for which it is waited until a feed is in force
	listedEvery = 20 * time.Millisecond
)

// listed has a feed read at once, and reports whether answers go by what it says now; of
// one that is no feed they do. Any goroutine but that of run may call it.
func (l *lists) listed(ctx context.Context, name string) (inForce bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, listedTime)
	defer cancel()
	before := l.held.view()
	if src, ok := l.source(name); ok {
		status, err := l.store.Update(ctx, src)
		if err != nil && !errors.Is(err, feed.ErrBusy) {
			return false, err
		}
		if held := status.Held; held.Copy.Digest != "" {
			return false, wording.Error(wording.Text{VI: held.VI, EN: held.EN})
		}
	}
	tick := time.NewTicker(listedEvery)
	defer tick.Stop()
	for l.wake(); ; {
		if l.goesBy(name, before) {
			return true, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false, nil
		}
	}
}

// source is a feed of the configuration in force as it is updated.
func (l *lists) source(name string) (feed.Source, bool) {
	for _, s := range l.held.view().cfg.Sources(l.core, l.names) {
		if s.Name == name {
			return s, true
		}
	}
	return feed.Source{}, false
}

// goesBy reports whether answers go by the newest copy of a feed.
func (l *lists) goesBy(name string, before *view) bool {
	v := l.held.view()
	since, used := v.inForce[name]
	f := v.cfg.Feed(name)
	if f.Name == "" {
		return true // what lists have of it counts for nothing
	}
	copied, ok, err := l.store.Good(name)
	if err != nil || !ok || !used {
		return false
	}
	want := source.FileOf(f, copied, v.cfg.Timezone).Blocklist().Digest
	same := before.lists.Digest(name) == want
	return v.lists.Digest(name) == want && (same || !since.Equal(before.inForce[name]))
}

// stands reports whether answers go by the newest copy of a feed, and what keeps them from what is
// newest. Any goroutine may call it.
func (l *lists) stands(name string) (inForce bool, wrong string) {
	for _, c := range l.conditions.List() {
		if c.Name == "compile" || c.Name == "use" || c.Name == "resolve-fallback" {
			wrong = c.Text
		}
	}
	v := l.held.view()
	return v.cfg.Feed(name).Name != "" && l.goesBy(name, v), wrong
}
