package resolve

import (
	"context"
	"fmt"
	"net"
	"time"

	"lachan/cmd/lachan/inforce"
	"lachan/internal/message"
	"lachan/metrics"
	"lachan/resolver/tap"
)

// A tapping is what a collector is told by this process. manage has decided that and has
// made the connection; nothing is read from it here. It belongs to the goroutine of run.
type tapping struct {
	counts tap.Counts
	is     inforce.Tap
	tap    *tap.Tap            // nil: nothing is told
	stop   func()              // ends the telling over the connection in use; nil: there is none
	ended  chan inforce.Tapped // the connection did by itself
}

// takeTap has a collector told what manage says, over the connection beside that.
func takeTap(p *process, m *message.Message) {
	var is inforce.Tap
	conn, err := connOf(m)
	if err == nil {
		err = m.Decode(&is)
	}
	if err != nil {
		p.log.Error("take what to tell a collector", "error", err)
	}
	if err != nil || !is.On || !time.Now().Before(is.Until) {
		is = inforce.Tap{}
	}
	t := &p.tapping
	t.end()
	if !is.Same(t.is) {
		t.is, t.tap = is, nil
		if is.On {
			t.tap = tap.New(tap.Settings{
				Identity: is.Identity, Version: is.Version, Queries: is.Queries, Responses: is.Responses,
				Addresses: is.Addresses, Until: is.Until, Bytes: is.Bytes,
			}, &t.counts)
		}
		p.putInForce()
	}
	switch {
	case conn == nil:
	case t.tap == nil:
		_ = conn.Close() // nothing was written to it
	default:
		t.begin(conn, is.ID)
	}
}

// connOf is the connection beside a message; nil if there is none.
func connOf(m *message.Message) (conn net.Conn, err error) {
	for _, f := range m.Files {
		if conn == nil && err == nil {
			conn, err = net.FileConn(f) // works on a duplicate
		}
		_ = f.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("take a connection to a collector: %w", err)
	}
	return conn, nil
}

// begin tells over a connection until it ends, or end is called.
func (t *tapping) begin(conn net.Conn, id uint64) {
	ctx, cancel := context.WithCancel(context.Background())
	over, to := make(chan struct{}), t.tap
	go func() {
		defer close(over)
		err := to.Run(ctx, conn)
		if ctx.Err() != nil {
			return
		}
		select {
		case t.ended <- inforce.Tapped{ID: id, Error: err.Error()}:
		case <-ctx.Done():
		}
	}()
	t.stop = func() { cancel(); <-over }
}

// end ends the telling over the connection in use.
func (t *tapping) end() {
	if t.stop != nil {
		t.stop()
		t.stop = nil
	}
}

// expire ends what is over, also while manage is away.
func (t *tapping) expire(p *process, now time.Time) {
	if t.tap != nil && !now.Before(t.is.Until) {
		t.end()
		t.is, t.tap = inforce.Tap{}, nil
		p.putInForce()
	}
}

// reading is what was told.
func (t *tapping) reading() metrics.TapReading {
	return metrics.TapReading{
		On: t.tap != nil, Connected: t.tap != nil && t.tap.Connected(),
		Sent: t.counts.Sent.Load(), Dropped: t.counts.Dropped.Load(),
	}
}

// held is how many bytes wait for the collector.
func (t *tapping) held() int64 {
	if t.tap == nil {
		return 0
	}
	return t.tap.Held()
}
