package proven_test

import (
	"lachan/cmd/lachan/proven"
	"testing"
	"time"
)

// Crashes in a row lead back to what was proven. The newest is tried again after a
// while, ever more rarely while it goes on crashing, and stays once it is proven.
func TestTheNewestIsTriedAgainEverMoreRarely(t *testing.T) {
	now := time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	var f proven.Fallback
	for range 3 {
		f.Died(now)
		f.Died(now) // told again
		now = now.Add(time.Second)
	}
	if f.Loops(0) {
		t.Fatal("three crashes are a loop")
	}
	f.Died(now)
	if !f.Loops(0) {
		t.Fatal("four crashes are no loop")
	}
	f.Fall(now)
	for _, want := range []time.Duration{10, 20, 40, 80, 120, 120} {
		wait := f.Wait(now)
		if wait != want*time.Minute {
			t.Errorf("tried again after %s, want %s", wait, want*time.Minute)
		}
		if f.Due(now.Add(wait-time.Second)) || f.GivesNewest() {
			t.Error("tried too early")
		}
		now = now.Add(wait)
		if !f.Due(now) || f.Due(now) || !f.GivesNewest() {
			t.Error("not tried once")
		}
		f.Used(now)
		now = now.Add(proven.Time / 2)
		if f.Proven(now) {
			t.Error("proven too early")
		}
		f.Died(now)
		if f.GivesNewest() {
			t.Error("one crash does not end a trial")
		}
	}
	f.Changed() // another newest is tried at once
	if !f.GivesNewest() {
		t.Error("a change is not tried")
	}
	f.Used(now)
	now = now.Add(proven.Time)
	if !f.Proven(now) || f.Fallen() || f.Loops(0) {
		t.Error("what was proven does not stay")
	}
}

// A trial that resolve refuses has ended as one that it crashed in.
func TestARefusedTrialIsOver(t *testing.T) {
	now := time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC)
	var f proven.Fallback
	f.Fall(now)
	now = now.Add(f.Wait(now))
	if !f.Due(now) {
		t.Fatal("not due")
	}
	if f.Refused(now); f.GivesNewest() || f.Wait(now) != 20*time.Minute {
		t.Errorf("gives the newest: %t, tried again after %s", f.GivesNewest(), f.Wait(now))
	}
}
