package member

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"lachan/fleet/node"
)

// errComing is the error of a file of the hub's that is on its way.
var errComing = errors.New("a file of the hub's is on its way")

// againAfter is after how long a file that could not be had is asked for again.
const againAfter = 10 * time.Second

// keptFailure is for how long it is remembered why a file could not be had.
const keptFailure = time.Hour

// A fetcher has files of the hub's come one after the other, beside what is put in force: a
// large one over a slow link holds up no exception.
type fetcher struct {
	client *http.Client
	urls   []string
	came   func() // something has come, or cannot be had

	mu     sync.Mutex
	queue  []wanted            // mu; the first is on its way
	failed map[string]cannotBe // mu; by digest
	more   chan struct{}       // the queue has grown; holds at most one
}

type wanted struct {
	dir string
	node.Blob
}

type cannotBe struct {
	err error
	at  time.Time
}

// startFetching has files fetched until stop is called. Whenever one has come, or cannot be
// had, came says so.
func (t *taken) startFetching(ctx context.Context) (came <-chan struct{}, stop func()) {
	bell := make(chan struct{}, 1)
	t.files = &fetcher{
		client: t.client(), urls: t.blobs(), failed: map[string]cannotBe{}, more: make(chan struct{}, 1),
		came: func() { ring(bell) },
	}
	ctx, cancel := context.WithCancel(ctx)
	var live sync.WaitGroup
	live.Go(func() { t.files.run(ctx) })
	return bell, func() {
		cancel()
		live.Wait()
	}
}

// ring says on a channel that holds one that there is something to look at.
func ring(bell chan<- struct{}) {
	select {
	case bell <- struct{}{}:
	default: // it is looked at already
	}
}

// have is the name of a file that is here. The error is errComing if it is on its way.
func (f *fetcher) have(dir string, b node.Blob) (name string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := wanted{dir, b}
	if slices.Contains(f.queue, w) {
		return "", errComing
	}
	if name, err := node.Held(dir, b); err == nil {
		delete(f.failed, b.SHA256)
		return name, nil
	}
	if before, ok := f.failed[b.SHA256]; ok && time.Since(before.at) < againAfter {
		return "", before.err
	}
	maps.DeleteFunc(f.failed, func(_ string, c cannotBe) bool { return time.Since(c.at) > keptFailure })
	f.queue = append(f.queue, w)
	ring(f.more)
	return "", errComing
}

// run fetches until ctx is done.
func (f *fetcher) run(ctx context.Context) {
	for {
		f.mu.Lock()
		var next wanted
		waits := len(f.queue) > 0
		if waits {
			next = f.queue[0]
		}
		f.mu.Unlock()
		if !waits {
			select {
			case <-f.more:
				continue
			case <-ctx.Done():
				return
			}
		}
		_, err := node.Fetch(ctx, f.client, next.dir, next.Blob, f.urls...)
		if ctx.Err() != nil {
			return
		}
		f.mu.Lock()
		if f.queue = f.queue[1:]; err != nil {
			f.failed[next.SHA256] = cannotBe{err, time.Now()}
		}
		f.mu.Unlock()
		f.came()
	}
}
