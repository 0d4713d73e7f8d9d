package nodes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
)

// A hub looks at its lists when they or its configuration have changed, soon again when one
// could not be handed on, and otherwise now and then: not with each decision and each tick.
func TestAHubLooksAtItsListsWhenTheyChange(t *testing.T) {
	cfg, other := &config.Config{}, &config.Config{}
	now := time.Date(2026, 11, 29, 20, 0, 0, 0, time.UTC)
	was := look{cfg: cfg, lists: 7, at: now}
	f := func(l look, cfg *config.Config, lists uint64, after time.Duration, want bool) {
		t.Helper()
		if got := l.due(cfg, lists, now.Add(after)); got != want {
			t.Errorf("after %v: %v, want %v", after, got, want)
		}
	}
	f(look{}, cfg, 0, 0, true)
	f(was, cfg, 7, 9*time.Minute, false)
	f(was, cfg, 7, 10*time.Minute, true)
	f(was, cfg, 8, 0, true)
	f(was, other, 7, 0, true)
	was.failed = true
	f(was, cfg, 7, 9*time.Second, false)
	f(was, cfg, 7, 10*time.Second, true)
}

// Lists beyond what nodes take are told, by the first of them.
func TestMoreListsThanNodesTakeAreTold(t *testing.T) {
	var lists []List
	for i := range config.MostCarried + 1 {
		if err := tooMany(lists); err != nil {
			t.Fatal(len(lists), err)
		}
		lists = append(lists, List{Carried: config.Carried{Feed: config.Feed{Name: fmt.Sprint("list-", i)}}})
	}
	if err := tooMany(lists); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), `from "list-200" on`) {
		t.Errorf("%v", err)
	}
}
