package tap

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"time"
)

// How what was put in is told over a connection.
const (
	// gatherTime is how long frames are gathered before they are written together.
	gatherTime = 10 * time.Millisecond
	// patience is how long a collector may take to take writeSize bytes.
	patience  = 5 * time.Second
	writeSize = 64 << 10
)

// Run tells what is put in from now on, until ctx is done or the collector takes nothing any
// more, which is the error. The handshake is over. It closes the connection.
func (t *Tap) Run(ctx context.Context, conn net.Conn) (err error) {
	defer conn.Close()
	t.open.Store(true)
	defer func() {
		t.open.Store(false)
		t.counts.Dropped.Add(t.take().count) // nobody tells it
	}()
	gather := time.NewTimer(0)
	defer gather.Stop()
	for {
		select {
		case <-ctx.Done():
			t.open.Store(false)
			if err = t.tell(conn, t.take()); err == nil {
				_, err = conn.Write(stop())
			}
			return err
		case <-t.wake:
		}
		gather.Reset(gatherTime)
		select {
		case <-ctx.Done():
			continue // which it sees above
		case <-gather.C:
		}
		if err := t.tell(conn, t.take()); err != nil {
			return err
		}
	}
}

// tell writes a batch.
func (t *Tap) tell(conn net.Conn, b batch) error {
	for frames := b.frames; len(frames) > 0; {
		part := frames[:min(len(frames), writeSize)]
		err := conn.SetWriteDeadline(time.Now().Add(patience))
		if err == nil {
			_, err = conn.Write(part)
		}
		if err != nil {
			t.counts.Dropped.Add(b.count) // some of them may have been taken
			return fmt.Errorf("write to the collector: %w", err)
		}
		frames = frames[len(part):]
	}
	t.counts.Sent.Add(b.count)
	return nil
}

// stop is the control frame that ends a stream.
func stop() []byte {
	const control, length, kind = 0, 4, 3 // STOP
	var frame []byte
	for _, v := range [...]uint32{control, length, kind} {
		frame = binary.BigEndian.AppendUint32(frame, v)
	}
	return frame
}
