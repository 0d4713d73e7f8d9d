package selftest

import (
	"time"

	"lachan/policy"
	"lachan/policy/source"
)

// When a test has to be made, and what is said where none was.

// week is after how long without lessons there is a test all the same: schools are open in the
// holidays too, and a calendar may be wrong.
const week = 7 * 24 * time.Hour

// Due reports whether it is time for a test: there was none yet; or lessons are held today in
// some school, begin soon or have begun, and the last test began before that, or a week ago.
func Due(p *policy.Policy, last, now time.Time) bool {
	if last.IsZero() || last.After(now) { // the clock was set back
		return true
	}
	now = now.In(p.Location())
	begin := window(p, now, 0)
	if now.Before(begin) || !last.Before(begin) {
		return false
	}
	return now.Sub(last) >= week || lessons(calendars(p), p, now)
}

// window is the moment from which on a day's test may begin, so many days before now.
func window(p *policy.Policy, now time.Time, back int) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()-back, 0, 0, 0, 0, now.Location()).Add(p.Lessons().From - before)
}

// calendars are those of the schools, and of clients that no unit claims.
func calendars(p *policy.Policy) map[int]bool {
	all := map[int]bool{}
	for g, of := range p.Groups() {
		if of.Kind == source.School || g == 0 {
			all[p.Calendar(g)] = true
		}
	}
	return all
}

// lessons reports whether lessons are held on a day by one of some calendars.
func lessons(calendars map[int]bool, p *policy.Policy, day time.Time) bool {
	for c := range calendars {
		if p.LessonsOn(c, day) {
			return true
		}
	}
	return false
}

// owed is since when a test has to have ended: since the beginning of the newest time before
// lessons that is over and in which this process ran, or for a week. Zero: none has to.
func owed(p *policy.Policy, began, last, now time.Time) (since time.Time) {
	now = now.In(p.Location())
	all := calendars(p)
	for back := range 8 {
		begin := window(p, now, back)
		if begin.Add(24 * time.Hour).Before(began) {
			break
		}
		if !now.Before(begin.Add(before)) && lessons(all, p, begin.Add(before)) {
			since = begin
			break
		}
	}
	if again := last.Add(week); since.Before(again) && again.Before(now) {
		since = again
	}
	if since.Before(began) && (!since.IsZero() || last.IsZero()) {
		since = began
	}
	return since
}

// grace is after how long a test that is owed is missing: one of many schools takes an hour.
const grace = before + 2*time.Hour

// missing has a test that was not made be a condition until one is.
func (t *Tester) missing(p *policy.Policy, now time.Time) {
	t.mu.Lock()
	t.due = time.Time{}
	if t.anybody(p) {
		t.due = owed(p, t.began, t.last.Ended, now)
	}
	last, due := t.last.Ended, t.due
	t.mu.Unlock()
	if due.IsZero() || !last.Before(due) || now.Before(due.Add(grace)) {
		t.src.Conditions.Clear("self-test-missing")
		return
	}
	since := textNever
	if !last.IsZero() {
		since = textSince.With(last.In(p.Location()).Format("02/01/2006 15:04"))
	}
	if t.src.Conditions.Set("self-test-missing", textMissing.With(since).String()) {
		t.src.Log.Error("this node has not tested itself", "last", last, "due", due)
	}
}
