package member

import (
	"context"
	"time"

	"lachan/fleet"
	"lachan/internal/wording"
	"lachan/metrics"
)

// New files of the policy are on trial where they have come: a node that fares worse with
// them than in the hour before goes back to what it had, by itself.

// A Reading is what a machine has counted. Only differences of two tell something.
type Reading struct {
	metrics.Outcomes
	Crashes uint64 // of the process that answers
}

// shares are parts of the answered queries, from 0 to 1.
type shares struct {
	ServFail float64 `json:"servfail"`
	Blocked  float64 `json:"blocked"`
}

// enough is how many queries a share is told of: of fewer it says nothing.
const enough = 300

// since is what was answered between two readings; ok is false if that is too little.
func (r Reading) since(o Reading) (s shares, ok bool) {
	n := r.Queries - o.Queries
	if r.Queries < o.Queries+enough {
		return s, false
	}
	part := func(now, then uint64) float64 { return float64(now-min(now, then)) / float64(n) }
	return shares{part(r.ServFail, o.ServFail), part(r.Blocked, o.Blocked)}, true
}

// An onTrial is a release on trial, as it is kept over restarts.
type onTrial struct {
	Release fleet.Release `json:"release"`
	Former  fleet.Release `json:"former"` // to go back to
	Since   time.Time     `json:"since"`
	Before  *shares       `json:"before,omitempty"` // of the hour before; nil where little was asked
	Crashes uint64        `json:"crashes,omitempty"`
	from    Reading
}

// A failure is a release that this node has gone back from.
type failure struct {
	N       uint64        `json:"n"`
	Former  fleet.Release `json:"former"` // in force instead
	VI      string        `json:"vi"`
	English string        `json:"en"`
}

// Bounds beyond which a release has failed.
const (
	mostCrashes  = 1     // one may be of anything
	mostServFail = 0.005 // more than twice the share before
	mostMoved    = 0.20  // of the share of blocked queries, up or down
)

// fails says why a release has failed, "" if it has not.
func (o *onTrial) fails(now Reading) wording.Text {
	if n := now.Crashes - min(now.Crashes, o.from.Crashes) + o.Crashes; n > mostCrashes {
		return textCrashed.With(n)
	}
	is, ok := now.since(o.from)
	if !ok || o.Before == nil {
		return wording.Text{}
	}
	if is.ServFail > 2*o.Before.ServFail+mostServFail {
		return textServFail.With(100*is.ServFail, 100*o.Before.ServFail)
	}
	if moved := is.Blocked - o.Before.Blocked; max(moved, -moved) > mostMoved {
		return textBlocked.With(100*is.Blocked, 100*o.Before.Blocked)
	}
	return wording.Text{}
}

// An hour has readings of the last hour, the oldest first, about one a minute.
type hour []sample

type sample struct {
	at time.Time
	Reading
}

// add adds a reading if the newest is a minute old, and forgets what is older than an hour.
func (h *hour) add(now time.Time, r Reading) {
	if n := len(*h); n > 0 && now.Sub((*h)[n-1].at) < time.Minute {
		return
	}
	first := 0
	for first < len(*h) && now.Sub((*h)[first].at) > time.Hour {
		first++
	}
	*h = append((*h)[first:len(*h):len(*h)], sample{now, r})
}

// resume goes on with what was on trial when this process began.
func (t *taken) resume() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.release, t.trial, t.failed = t.kept.Release, t.kept.Trial, t.kept.Failed
	if t.trial != nil {
		t.trial.from = t.src.Read()
	}
	t.orders.resume()
}

// begin puts a release on trial that has just come into force in place of another.
func (t *taken) begin(r, former fleet.Release) {
	t.trial = nil
	if r.Trial == 0 || former.N == 0 {
		return
	}
	now := t.src.Read()
	former.Trial = 0 // what comes back is not tried again
	t.trial = &onTrial{Release: r, Former: former, Since: time.Now(), from: now}
	if len(t.last) > 0 {
		if before, ok := now.since(t.last[0].Reading); ok {
			t.trial.Before = &before
		}
	}
	t.src.Log.Info("a release of the policy is on trial", "release", r.N, "for", r.TrialTime())
}

// watch ends the trial of a release: it has stood it, or what was before comes back.
func (t *taken) watch(ctx context.Context, now time.Time) {
	reading := t.src.Read()
	t.last.add(now, reading)
	if t.trial == nil {
		return
	}
	is := t.trial
	if why := is.fails(reading); why.EN != "" {
		t.src.Log.Error("a release of the policy has failed, the one before comes back", "release", is.Release.N, "cause", why.EN)
		t.trial, t.failed = nil, &failure{is.Release.N, is.Former, why.VI, why.EN}
		t.seq = nil // all is put in force again
		t.putInForce(ctx)
		t.say()
		return
	}
	if now.Sub(is.Since) >= is.Release.TrialTime() {
		t.src.Log.Info("a release of the policy has stood its trial", "release", is.Release.N)
		t.trial = nil
		if err := t.keep(t.seq); err != nil {
			t.src.Log.Error("keep what is in force", "error", err)
		}
		t.say()
	}
}

// tellFailed tells of a release that was gone back from, for as long as it is the newest.
func (t *taken) tellFailed() {
	if t.failed == nil {
		return
	}
	text := textFailed.With(t.failed.N, wording.Text{VI: t.failed.VI, EN: t.failed.English})
	t.src.Conditions.Set("fleet-decisions", text.String())
}

// crashed notes that this process has ended by itself while a release was on trial; after
// the second time the one before is in force, before anything is read. mu is held.
func (m *Member) crashed() error {
	is := m.kept.Trial
	if is == nil || !m.src.Crashed {
		return nil
	}
	is.Crashes++
	if is.Crashes > mostCrashes {
		why := textCrashed.With(is.Crashes)
		m.kept.Trial, m.kept.Failed = nil, &failure{is.Release.N, is.Former, why.VI, why.EN}
		m.kept.Release = is.Former
		if _, err := m.link(prefix + is.Former.SHA256); err != nil {
			return err
		}
	}
	return m.kept.write(m.dir)
}
