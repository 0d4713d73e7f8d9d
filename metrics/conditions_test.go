package metrics_test

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lachan/metrics"
)

func TestAConditionLastsFromItsFirstSetToClear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c metrics.Conditions
		start := time.Now()
		f := func(want ...metrics.Condition) {
			t.Helper()
			if got := c.List(); got == nil || !slices.Equal(got, want) {
				t.Errorf("the conditions are %v, want %v", got, want)
			}
		}
		f()
		if c.Clear("feed_late") {
			t.Error("a condition ended that never began")
		}
		if !c.Set("feed_late", "1 h") {
			t.Error("the first Set began nothing")
		}
		<-time.After(time.Hour)
		if c.Set("feed_late", "2 h") {
			t.Error("the second Set began it again")
		}
		c.Set("disk_full", "x")
		f(metrics.Condition{Name: "disk_full", Since: start.Add(time.Hour), Text: "x"},
			metrics.Condition{Name: "feed_late", Since: start, Text: "2 h"})
		if !c.Clear("feed_late") {
			t.Error("Clear ended nothing")
		}
		f(metrics.Condition{Name: "disk_full", Since: start.Add(time.Hour), Text: "x"})
	})
}

func TestConditionsMayBeSetByMany(t *testing.T) {
	var c metrics.Conditions
	var all sync.WaitGroup
	began := make(chan bool, 64)
	for range cap(began) {
		all.Go(func() {
			began <- c.Set("upstream_down", "x")
			c.List()
		})
	}
	all.Wait()
	close(began)
	n := 0
	for first := range began {
		if first {
			n++
		}
	}
	if n != 1 {
		t.Errorf("it began %d times", n)
	}
}
