package feed_test

import (
	"fmt"
	"sync"
	"testing"
)

// TestCopiesAreReadAtOnce: compiling, status and explain each ask for the copies of
// feeds at the same time. The race detector sees what lacks a lock.
func TestCopiesAreReadAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const feeds = 4
	for i := range feeds {
		src := newPublisher(t, serving(names(10+i))).source()
		src.Name = fmt.Sprint("feed-", i)
		update(t, s, src)
	}
	fresh := open(t, dir) // it has looked at no copy yet
	var all sync.WaitGroup
	for i := range 4 * feeds {
		all.Go(func() {
			name := fmt.Sprint("feed-", i%feeds)
			if c, ok, err := fresh.Good(name); !ok || err != nil || c.Entries != 10+i%feeds {
				t.Errorf("%s: %d entries, %v, %v", name, c.Entries, ok, err)
			}
		})
	}
	all.Wait()
}
