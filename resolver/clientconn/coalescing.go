package clientconn

import (
	"runtime"
	"sync"
	"time"
)

// A Coalescing gathers what is written to a connection, beneath TLS. HTTP/2 writes
// each answer by itself. Here those that are ready at about the same time leave in
// one system call: a system call costs more than all else that is done for an
// answer.
type Coalescing struct {
	*Conn

	flushing sync.Mutex // held while something is written to the connection
	spare    []byte     // flushing

	mu        sync.Mutex
	gathered  []byte        // mu; yet to be written
	scheduled bool          // mu; a goroutine is about to flush
	timeout   time.Duration // mu; of one flush
	err       error         // mu; of the flush that failed
}

// maxGathered is how many bytes are gathered. A write of more waits for the client.
const maxGathered = 64 << 10

// maxSpare is how many bytes a buffer may have that a connection keeps for its next
// answers.
const maxSpare = 16 << 10

// NewCoalescing returns one for a connection, whose client has to take what is
// written within the timeout.
func NewCoalescing(c *Conn, timeout time.Duration) *Coalescing {
	return &Coalescing{Conn: c, timeout: timeout}
}

// Write copies p. An error is that of an earlier write.
func (b *Coalescing) Write(p []byte) (int, error) {
	b.mu.Lock()
	err, full := b.err, len(b.gathered) > 0 && len(b.gathered)+len(p) > maxGathered
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

// flushSoon yields once, so that other goroutines that are ready add their answers,
// and flushes.
func (b *Coalescing) flushSoon() {
	runtime.Gosched()
	b.flush()
}

func (b *Coalescing) flush() {
	b.flushing.Lock()
	defer b.flushing.Unlock()
	b.mu.Lock()
	batch, timeout, err := b.gathered, b.timeout, b.err
	b.gathered, b.scheduled = b.spare[:0], false
	b.mu.Unlock()
	if b.spare = batch; cap(batch) > maxSpare {
		b.spare = nil
	}
	if len(batch) == 0 || err != nil {
		return
	}
	if err = b.Conn.SetWriteDeadline(time.Now().Add(timeout)); err == nil {
		_, err = b.Conn.Write(batch)
	}
	if err != nil {
		b.mu.Lock()
		b.err = err
		b.mu.Unlock()
	}
}

// SetWriteDeadline does nothing: each flush has a deadline of its own.
func (b *Coalescing) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline sets the deadline of reading, for the same reason.
func (b *Coalescing) SetDeadline(t time.Time) error { return b.SetReadDeadline(t) }

// Close writes what was gathered, if the client takes it at once, and closes.
func (b *Coalescing) Close() error {
	b.mu.Lock()
	b.timeout = Linger
	b.mu.Unlock()
	_ = b.Conn.SetWriteDeadline(time.Now().Add(Linger)) // fails when it is closed
	b.flush()
	return b.Conn.Close()
}
