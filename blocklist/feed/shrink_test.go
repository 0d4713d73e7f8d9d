package feed_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lachan/blocklist/feed"
)

// A list that loses a little with each version, each time less than max_shrink
// allows, is held back when it has lost that much in a day, or in a week.
func TestAListThatShrinksSlowlyIsHeldBack(t *testing.T) {
	f := func(every time.Duration, loses int, most int) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			path := t.TempDir() + "/list.txt"
			src := feed.Source{Name: "bets", URL: path, MaxShrink: 0.3}
			s := open(t, t.TempDir())
			entries, versions := 400, 0
			write(t, path, names(entries))
			update(t, s, src)
			for ; entries > 10; versions++ {
				time.Sleep(every)
				fewer := entries * (100 - loses) / 100
				write(t, path, names(fewer))
				_, err := s.Update(t.Context(), src)
				if errors.Is(err, feed.ErrShrunk) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				entries = fewer
			}
			if entries < most {
				t.Errorf("every %s: %d entries are left of 400", every, entries)
			}
			t.Logf("every %s a version with %d%% less: held back after %d, with %d of 400 entries in use", every, loses, versions, entries)

			// Approved, it is what the next is compared with.
			if _, err := s.Approve(t.Context(), src, "an officer"); err != nil {
				t.Fatal(err)
			}
			write(t, path, names(entries*(100-loses)/100*8/10))
			if st := update(t, s, src); !st.Changed {
				t.Error("the version after an approved one is not taken")
			}
		})
	}
	f(time.Hour, 29, 280)
	f(time.Minute, 29, 280)
	f(25*time.Hour, 29, 280)
}

// Losing one of three is no alarm; losing all is, and so is any loss where none is allowed.
func TestASmallListMayLoseAnEntry(t *testing.T) {
	path := t.TempDir() + "/list.txt"
	f := func(shrink float64, had, has int, want error) {
		t.Helper()
		s := open(t, t.TempDir())
		src := feed.Source{Name: "bets", URL: path, MaxShrink: shrink}
		write(t, path, names(had))
		update(t, s, src)
		write(t, path, names(has))
		if _, err := s.Update(t.Context(), src); !errors.Is(err, want) {
			t.Errorf("%d of %d: %v, want %v", has, had, err, want)
		}
	}
	f(0.3, 3, 2, nil)
	f(0.3, 4, 2, nil)
	f(0.3, 100, 70, nil)
	f(0.3, 100, 69, feed.ErrShrunk)
	f(0.3, 4, 1, feed.ErrShrunk)
	f(0, 3, 2, feed.ErrShrunk)
}

// If no bound of growth is set, a list that is not signed may not be five
// times as long and a thousand longer at once.
func TestGrowthIsBoundedByDefault(t *testing.T) {
	path := t.TempDir() + "/list.txt"
	f := func(had, has int, want error) {
		t.Helper()
		s := open(t, t.TempDir())
		src := feed.Source{Name: "bets", URL: path, MaxGrowth: feed.DefaultMaxGrowth}
		write(t, path, names(had))
		update(t, s, src)
		write(t, path, names(has))
		if _, err := s.Update(t.Context(), src); !errors.Is(err, want) {
			t.Errorf("%d after %d: %v, want %v", has, had, err, want)
		}
	}
	f(10, 900, nil)
	f(10, 1009, nil)
	f(10, 1010, feed.ErrGrew)
	f(1000, 5000, nil)
	f(1000, 5001, feed.ErrGrew)
}
