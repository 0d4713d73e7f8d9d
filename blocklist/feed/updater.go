package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"lachan/internal/fault"
	"lachan/internal/suspended"
	"lachan/internal/wording"
)

// firstRetry is the time from a first failure to the next attempt. It doubles
// with each further failure, up to the feed's Refresh.
const firstRetry = 30 * time.Second

// spread is the part by which the times between attempts vary, so that many
// nodes do not ask one server at once.
const spread = 0.1

// leastBetween is the least time from a look at a zone that NOTIFY has brought
// about, and that found nothing new, to the next such look: anybody can forge
// NOTIFY, and RFC 1996 section 4.5 has secondaries bound what that costs a
// primary. While looks fail it is a part of the time to the next attempt, if
// that is longer.
const (
	leastBetween = 10 * time.Second
	partOfRetry  = 3
)

// How many feeds are looked at at once: so few that memory and disk are used for
// few lists, and one place is for those that come first, so that publishers that
// stall do not hold an authority's list up.
const (
	mostAtOnce   = 3
	mostOfOthers = mostAtOnce - 1
)

// An Updater keeps the feeds of a configuration up to date, each at its own pace
// and a few at a time, those that come first before others. A feed that fails is
// tried again later.
type Updater struct {
	store   *Store
	changed func(name string)
	log     *slog.Logger
	feeds   []*scheduled

	mu      sync.Mutex
	asked   map[string]bool   // mu; whose files have changed, and whose update has not begun
	told    map[string]bool   // mu; triggered, and not yet looked at
	failing map[string]bool   // mu; whose last attempt failed
	copies  map[string]string // mu; what was told of last, as Copy.inForce has it
	running int               // mu; feeds that are looked at
	others  int               // mu; of these, such as do not come first
	fault   error             // mu; what an update or the watch panicked with
	wake    chan struct{}     // holds one when asked has some
}

// A scheduled feed belongs to Run, or to its update while that is running.
type scheduled struct {
	Source
	running bool // Updater.mu
	due     time.Time
	slept   time.Duration // how long the machine had been suspended when due was set
	heed    time.Time     // from when on a trigger is heeded
	retry   backoff.ExponentialBackOff
	failure wording.Text // that was logged last; zero after a success
}

// putOff has the feed updated at a time, or sooner by what the machine is suspended
// until then.
func (f *scheduled) putOff(until time.Time) { f.due, f.slept = until, suspended.Time() }

// NewUpdater makes the updater of the sources; Run runs it. changed is called
// while Run runs, by several goroutines: after each update that brought another
// copy, when a feed begins or ends to fail, and when another process has changed
// a copy. It must not block for long.
func NewUpdater(store *Store, sources []Source, changed func(name string), log *slog.Logger) *Updater {
	u := &Updater{
		store: store, changed: changed, log: log,
		asked: map[string]bool{}, told: map[string]bool{}, failing: map[string]bool{}, copies: map[string]string{},
		wake: make(chan struct{}, 1),
	}
	for _, src := range sources {
		u.feeds = append(u.feeds, &scheduled{Source: src, retry: backoff.ExponentialBackOff{
			InitialInterval:     min(firstRetry, src.Refresh),
			RandomizationFactor: spread,
			Multiplier:          2,
			MaxInterval:         src.Refresh,
		}})
	}
	return u
}

// Trigger asks for an update of a feed as soon as the one that is under way, if
// any, is done; of a zone that had not changed, leastBetween after that. It
// may be called at any time and reports whether there is such a feed. However
// often it is called, one update is due.
func (u *Updater) Trigger(name string) bool {
	for _, f := range u.feeds {
		switch {
		case f.Name != name:
			continue
		case isZone(f.URL):
			u.note(u.told, name)
		default:
			u.note(u.asked, name)
		}
		return true
	}
	return false
}

// note has a feed updated sooner than it is due.
func (u *Updater) note(where map[string]bool, name string) {
	u.mu.Lock()
	where[name] = true
	u.mu.Unlock()
	u.rouse()
}

// Failing are the feeds whose last attempt failed, by name.
func (u *Updater) Failing() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Sorted(maps.Keys(u.failing))
}

// readCopy is setCopy for the copy that the status on the disk tells: what an update sets
// meanwhile is newer than what is read here, and is not undone.
func (u *Updater) readCopy(name string) (status Status, news bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if status, err = u.store.Status(name); err != nil {
		return status, false, err
	}
	copied := status.Copy.inForce()
	news = u.copies[name] != copied
	u.copies[name] = copied
	return status, news, nil
}

// copyOf is the copy that was told last.
func (u *Updater) copyOf(name string) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.copies[name]
}

// setFailing notes how the last attempt went and reports whether that is news.
func (u *Updater) setFailing(name string, failing bool) (news bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	news = u.failing[name] != failing
	if failing {
		u.failing[name] = true
	} else {
		delete(u.failing, name)
	}
	return news
}

// setCopy notes which copy was told of and reports whether it is another one.
func (u *Updater) setCopy(name, copied string) (news bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	news = u.copies[name] != copied
	u.copies[name] = copied
	return news
}

// Run updates until ctx ends, whose cause it returns. A feed without a good
// copy is due at once, another when its last success is one Refresh old, and
// one of files besides when they change.
func (u *Updater) Run(ctx context.Context) error {
	files := u.watchedFeeds() // before the first update reads them
	for _, f := range u.feeds {
		f.putOff(u.firstDue(f, time.Now()))
	}
	var watching sync.WaitGroup
	defer watching.Wait()
	watched, stop := context.WithCancel(ctx)
	defer stop() // before the wait, in a panic too
	watching.Go(func() {
		if met := fault.Catch(func() { u.watch(watched, files) }); met != nil {
			u.handOn(met)
		}
	})
	for ctx.Err() == nil {
		f, wait := u.next(time.Now())
		if f == nil || wait > 0 {
			u.sleep(ctx, f != nil, wait)
			continue
		}
		u.start(f)
		watching.Go(func() {
			if met := fault.Catch(func() { u.update(ctx, f) }); met != nil {
				u.handOn(fmt.Errorf("update feed %q: %w", f.Name, met))
			}
			u.finish(f)
		})
	}
	return context.Cause(ctx)
}

// start takes a place for a feed.
func (u *Updater) start(f *scheduled) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f.running = true
	u.running++
	if !f.First {
		u.others++
	}
}

// handOn has Run panic with what another of its goroutines has met: the caller
// of Run contains it.
func (u *Updater) handOn(met error) {
	u.mu.Lock()
	u.fault = met
	u.mu.Unlock()
	u.rouse()
}

// finish gives the place of a feed back.
func (u *Updater) finish(f *scheduled) {
	u.mu.Lock()
	f.running = false
	u.running--
	if !f.First {
		u.others--
	}
	u.mu.Unlock()
	u.rouse()
}

// rouse ends the sleep of Run.
func (u *Updater) rouse() {
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// firstDue reads when a feed was updated last, before this start. Files are
// cheap to read and may have been edited; a look at a zone's serial is cheap and
// its NOTIFY may have been missed.
func (u *Updater) firstDue(f *scheduled, now time.Time) time.Time {
	last, err := u.store.Status(f.Name)
	fresh := err == nil && isWeb(f.URL) &&
		last.Copy.Digest != "" && last.Copy.isOf(&f.Source) && last.Failure == (Failure{}) &&
		!last.LastSuccess.After(now) // else the clock was set back
	if !fresh {
		return now
	}
	return now.Add(last.LastSuccess.Add(vary(f.Refresh)).Sub(now)) // by the clock of the others
}

// next is the feed to update next, and the time until then; nil if there is none,
// or no place for one. Of those that are due the ones that come first are taken
// first.
func (u *Updater) next(now time.Time) (f *scheduled, wait time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if met := u.fault; met != nil {
		u.fault = nil // Run is called again
		panic(met)
	}
	var first time.Time
	slept := suspended.Time()
	for _, g := range u.feeds {
		if g.running || u.running == mostAtOnce || !g.First && u.others == mostOfOthers {
			continue
		}
		due := g.due.Add(g.slept - slept)
		switch {
		case u.asked[g.Name]:
			due = now
		case u.told[g.Name] && g.heed.Before(due):
			due = g.heed
		}
		sooner := f == nil || due.Before(first)
		if f != nil && g.First != f.First && !due.After(now) && !first.After(now) {
			sooner = g.First
		}
		if sooner {
			f, first = g, due
		}
	}
	if f == nil {
		return nil, 0
	}
	return f, first.Sub(now)
}

// begin notes that what a feed was asked for is done now, and reports whether it
// was triggered.
func (u *Updater) begin(f *scheduled) (triggered bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	triggered = u.told[f.Name]
	delete(u.told, f.Name)
	delete(u.asked, f.Name)
	return triggered
}

// longestSleep is after how long it is looked at the clock again: alarms stand still
// while the machine is suspended.
const longestSleep = time.Minute

// sleep waits until a feed is asked for, an update is done or ctx ends; and no
// longer than a time if timed.
func (u *Updater) sleep(ctx context.Context, timed bool, wait time.Duration) {
	var alarm <-chan time.Time
	if timed {
		alarm = time.After(min(wait, longestSleep))
	}
	select {
	case <-ctx.Done():
	case <-u.wake:
	case <-alarm:
	}
}

func (u *Updater) update(ctx context.Context, f *scheduled) {
	triggered, before := u.begin(f), u.copyOf(f.Name)
	st, err := u.store.Update(ctx, f.Source)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		f.retry.MaxInterval = f.longestRetry(&st.Copy)
		retry := f.retry.NextBackOff()
		f.putOff(time.Now().Add(retry))
		if triggered {
			f.heed = time.Now().Add(max(leastBetween, retry/partOfRetry))
		}
		u.logFailure(f, err)
		if u.setFailing(f.Name, true) {
			u.changed(f.Name)
		}
	default:
		f.putOff(time.Now().Add(vary(f.refresh(&st.Copy))))
		f.retry.Reset()
		if triggered && !st.Changed {
			f.heed = time.Now().Add(leastBetween)
		}
		news := u.setCopy(f.Name, st.Copy.inForce()) // which another process may have brought
		told := !news && before != st.Copy.inForce() // by watch, which has seen it first
		u.logSuccess(f, &st)
		if u.setFailing(f.Name, false) || news || st.Changed && !told {
			u.changed(f.Name)
		}
	}
}

// logFailure logs a failure once for as long as it stays the same; the status
// shows how long that is.
func (u *Updater) logFailure(f *scheduled, err error) {
	text := asError(err).Text
	if met := (*fault.Error)(nil); errors.As(err, &met) {
		u.log.Error("a feed has met a fault of the program", "feed", f.Name, "error", met)
	}
	if text != f.failure {
		u.log.Warn("feed update failed", "feed", f.Name, "host", host(f.URL), "err", err)
	}
	f.failure = text
}

func (u *Updater) logSuccess(f *scheduled, st *Status) {
	if st.Changed || f.failure != (wording.Text{}) {
		u.log.Info("feed updated", "feed", f.Name, "host", host(f.URL), "changed", st.Changed,
			"format", st.Copy.Format, "entries", st.Copy.Entries, "rejected", st.Copy.Rejected, "bytes", st.Copy.Bytes)
	}
	if st.Changed && st.Damaged != "" {
		u.log.Warn("damaged feed file replaced", "feed", f.Name, "file", st.Damaged)
	}
	f.failure = wording.Text{}
}

// vary is d, give or take spread.
func vary(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (1 - spread + 2*spread*rand.Float64()))
}
