// Package proven is what manage goes back to when resolve crashes on what is newest:
// Fallback decides when, Kept has the files by which resolve has answered before.
package proven

import (
	"slices"
	"time"
)

// Lists, a policy or settings on which resolve crashes again and again must not
// end answers. It is given what was proven before, and the newest again after a
// while: what crashed may have been short of memory and not bad. A change of the
// newest is tried at once.
const (
	// crashLoop is how often resolve may end within loopTime before it is given what
	// was in force before.
	crashLoop = 3
	loopTime  = time.Minute
	// Time is how long resolve has to answer by something without a crash for
	// it to be what is gone back to.
	Time = 5 * time.Second
	// firstTrial and longestTrial bound the time after which the newest is tried
	// again. Each trial that fails costs one crash, and doubles the time.
	firstTrial   = 10 * time.Minute
	longestTrial = 2 * time.Hour
)

// A Fallback decides whether resolve is given the newest or what was proven.
type Fallback struct {
	deaths []time.Time // of resolve, within loopTime
	fallen bool        // resolve is given what was proven
	trying bool        // it is given the newest again meanwhile
	wait   time.Duration
	due    time.Time // of the next trial
	since  time.Time // when resolve said that it uses the newest; zero: it has crashed since
}

// Died takes note of a crash of resolve.
func (f *Fallback) Died(now time.Time) {
	f.since = time.Time{}
	if slices.ContainsFunc(f.deaths, now.Equal) {
		return // it is told again
	}
	f.deaths = slices.DeleteFunc(append(f.deaths, now), func(at time.Time) bool { return now.Sub(at) > loopTime })
	if f.trying {
		f.trying = false
		f.later(now)
	}
}

// Loops reports whether resolve crashes again and again; quick is how often it has
// ended in a row soon after its start, as the supervisor knows.
func (f *Fallback) Loops(quick int) bool { return max(quick, len(f.deaths)) > crashLoop }

// Fall begins to give resolve what was proven.
func (f *Fallback) Fall(now time.Time) {
	if f.fallen {
		return
	}
	f.fallen, f.wait = true, firstTrial
	f.due = now.Add(f.wait)
}

// Refused takes note that resolve cannot use the newest, which ends a trial.
func (f *Fallback) Refused(now time.Time) {
	if f.trying {
		f.trying = false
		f.later(now)
	}
}

func (f *Fallback) later(now time.Time) {
	f.wait = min(2*f.wait, longestTrial)
	f.due = now.Add(f.wait)
}

// Changed has the newest tried at once: it is another one.
func (f *Fallback) Changed() { f.trying, f.wait = f.fallen, firstTrial }

// Due reports whether the newest is to be tried again, and notes that it is.
func (f *Fallback) Due(now time.Time) bool {
	if !f.fallen || f.trying || now.Before(f.due) {
		return false
	}
	f.trying = true
	return true
}

// Proven reports whether resolve has answered by the newest for long enough. Then
// it is what resolve is given, whatever was before.
func (f *Fallback) Proven(now time.Time) bool {
	if f.since.IsZero() || now.Sub(f.since) < Time {
		return false
	}
	f.fallen, f.trying, f.since, f.deaths = false, false, time.Time{}, nil
	return true
}

// Fallen reports whether resolve is given what was proven, a trial apart.
func (f *Fallback) Fallen() bool { return f.fallen }

// Wait is the time until the next trial.
func (f *Fallback) Wait(now time.Time) time.Duration { return f.due.Sub(now) }

// Deaths is how often resolve has ended of late.
func (f *Fallback) Deaths() int { return len(f.deaths) }

// Used takes note that resolve uses the newest.
func (f *Fallback) Used(now time.Time) { f.since = now }

// GivesNewest reports whether resolve is given the newest.
func (f *Fallback) GivesNewest() bool { return !f.fallen || f.trying }
