package resolver

import (
	"runtime"
	"sync"
	"time"
)

// A batcher gathers what is written to a guest, beneath TLS. HTTP/2 writes each
// answer by itself; those that are ready at about the same time leave in one
// system call, which costs more than all else that is done for an answer.
type batcher struct {
	*guest

	flushing sync.Mutex // held while something is written to the guest
	spare    []byte     // flushing

	mu        sync.Mutex
	gathered  []byte        // mu; yet to be written
	scheduled bool          // mu; a goroutine is about to flush
	patience  time.Duration // mu; how long one flush may take
	err       error         // mu; of the flush that failed
}

// batchOctets are gathered at most. Whoever writes more waits for the client.
const batchOctets = 64 << 10

func newBatcher(g *guest) *batcher { return &batcher{guest: g, patience: dohWriteTime} }

// Write takes p over. What fails is told to the next who writes.
func (b *batcher) Write(p []byte) (int, error) {
	b.mu.Lock()
	err, full := b.err, len(b.gathered) > 0 && len(b.gathered)+len(p) > batchOctets
	if err == nil && !full {
		b.gathered = append(b.gathered, p...)
		if !b.scheduled {
			b.scheduled = true
			go b.flushSoon()
		}
	}
	b.mu.Unlock()
	switch {
	case err != nil:
		return 0, err
	case full:
		b.flush()
		return b.Write(p)
	}
	return len(p), nil
}

// flushSoon flushes when those have had their turn who are ready to answer now.
func (b *batcher) flushSoon() {
	runtime.Gosched()
	b.flush()
}

func (b *batcher) flush() {
	b.flushing.Lock()
	defer b.flushing.Unlock()
	b.mu.Lock()
	batch, patience, err := b.gathered, b.patience, b.err
	b.gathered, b.scheduled = b.spare[:0], false
	b.mu.Unlock()
	b.spare = batch
	if len(batch) == 0 || err != nil {
		return
	}
	if err = b.guest.SetWriteDeadline(time.Now().Add(patience)); err == nil {
		_, err = b.guest.Write(batch)
	}
	if err != nil {
		b.mu.Lock()
		b.err = err
		b.mu.Unlock()
	}
}

// SetWriteDeadline does nothing: each flush has a deadline of its own.
func (b *batcher) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline sets that of reading, for the same reason.
func (b *batcher) SetDeadline(t time.Time) error { return b.SetReadDeadline(t) }

// Close writes what was gathered, to those who take it at once, and closes.
func (b *batcher) Close() error {
	b.mu.Lock()
	b.patience = linger
	b.mu.Unlock()
	_ = b.guest.SetWriteDeadline(time.Now().Add(linger)) // fails when it is closed
	b.flush()
	return b.guest.Close()
}
