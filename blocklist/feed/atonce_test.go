package feed_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"

	"lachan/blocklist/feed"
)

// However many publishers stall, an authority's list is looked at, and before
// others; they hold up no more than the places that they have.
func TestFeedsThatStallDoNotHoldUpAnAuthoritys(t *testing.T) {
	const stalling = 8
	dir := t.TempDir()
	var sources []feed.Source
	for i := range stalling {
		src := feed.Source{Name: fmt.Sprint("slow", i), URL: filepath.Join(dir, fmt.Sprint("slow", i)), Refresh: 1 << 40, MaxShrink: 1}
		write(t, src.URL, names(3))
		sources = append(sources, src)
	}
	order := feed.Source{Name: "order", URL: filepath.Join(dir, "order"), Refresh: 1 << 40, MaxShrink: 1, First: true}
	write(t, order.URL, names(5))

	store := open(t, t.TempDir())
	began := make(chan string, stalling+1)
	store.Examine = func(ctx context.Context, e feed.Examination) (feed.Copy, error) {
		name := filepath.Base(filepath.Dir(e.Path))
		if began <- name; name != order.Name {
			<-ctx.Done() // it stalls for ever
			return feed.Copy{}, ctx.Err()
		}
		return e.Do(ctx)
	}
	changed := make(chan string, 1)
	u := feed.NewUpdater(store, append(sources, order), func(name string) { changed <- name },
		slog.New(slog.NewTextHandler(io.Discard, nil)))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- u.Run(ctx) }()
	for i := range 2 {
		if name := <-changed; name != order.Name {
			t.Errorf("changed %s", name)
		}
		if i == 0 { // and once more, when all others have their places
			write(t, order.URL, names(6))
			u.Trigger(order.Name)
		}
	}
	stop()
	<-done
	close(began)
	slow := 0
	for name := range began {
		if name != order.Name {
			slow++
		}
	}
	if slow != 2 {
		t.Errorf("%d of the feeds that stall were looked at at once, want 2", slow)
	}
	t.Logf("%d of %d feeds stall at once, and the authority's is updated twice meanwhile", slow, stalling)
}
