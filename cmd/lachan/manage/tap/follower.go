package tap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	framestream "github.com/farsightsec/golang-framestream"

	"lachan/cmd/lachan/inforce"
	"lachan/internal/message"
)

// How long it is waited before a collector is asked again, and for its handshake.
const (
	firstWait     = time.Second
	longestWait   = 5 * time.Minute
	handshakeTime = 5 * time.Second
)

// A follower keeps one resolve connected to the collector.
type follower struct {
	taps   *Taps
	conn   *message.Conn // to the resolve
	is     wanted
	cancel func()
	over   chan struct{} // closed when run has returned

	mu   sync.Mutex
	id   uint64   // mu; of link
	link net.Conn // mu; that resolve writes to; nil: none
	why  string   // mu; what resolve has said of its end
}

// run connects again and again, until ctx is done or the resolve is gone.
func (f *follower) run(ctx context.Context) {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = firstWait, longestWait
	for first := true; ctx.Err() == nil; first = false {
		began := time.Now()
		link, err := f.dial(ctx)
		switch {
		case err == nil:
			if !f.use(link) {
				_ = link.Close() // nothing was written to it
				return
			}
			err = f.wait(ctx, link)
			if time.Since(began) > longestWait {
				wait.Reset()
			}
		case first && !f.taps.send(f.conn, f.is.Tap):
			return // it counts what it cannot tell
		}
		if ctx.Err() != nil {
			return
		}
		f.away(err)
		select {
		case <-ctx.Done():
		case <-time.After(wait.NextBackOff()):
		}
	}
}

// away tells people that the collector is not there.
func (f *follower) away(err error) {
	if f.taps.src.Conditions.Set("dnstap-collector", textAway.With(f.is.network+"://"+f.is.address, err).String()) {
		f.taps.src.Log.Warn("the collector cannot be reached, what it would be told is counted", "error", err)
	}
}

// dial is a connection to the collector on which the handshake is over.
func (f *follower) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	link, err := new(net.Dialer).DialContext(ctx, f.is.network, f.is.address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = link.SetDeadline(time.Unix(1, 0)) }) // it is closed below
	if err := greet(link); err != nil {
		stop()
		return nil, errors.Join(err, link.Close())
	}
	if !stop() {
		return nil, errors.Join(ctx.Err(), link.Close())
	}
	return link, nil
}

// contentType is what frames have.
const contentType = "protobuf:dnstap.Dnstap"

// greet begins a stream of frames: what is to come is offered, and the collector takes it.
func greet(link net.Conn) error {
	_, err := framestream.NewWriter(link, &framestream.WriterOptions{
		ContentTypes: [][]byte{[]byte(contentType)}, Bidirectional: true,
	})
	if err != nil {
		return fmt.Errorf("greet the collector: %w", err)
	}
	return nil
}

// use has resolve write to a connection, and reports whether it takes it.
func (f *follower) use(link net.Conn) (taken bool) {
	filed, ok := link.(interface{ File() (*os.File, error) })
	if !ok {
		return false
	}
	file, err := filed.File()
	if err != nil {
		f.taps.src.Log.Error("hand a connection over", "error", err)
		return false
	}
	defer file.Close()
	f.mu.Lock()
	f.id++
	f.link, f.why = link, ""
	is := f.is.Tap
	is.ID = f.id
	f.mu.Unlock()
	if taken = f.taps.send(f.conn, is, file); taken {
		f.taps.src.Conditions.Clear("dnstap-collector")
	}
	return taken
}

// errGone is the end of a connection of which the collector does not say why.
var errGone = errors.New("the collector has ended the connection")

// wait returns when a connection is of no more use, and closes it. All that a collector has
// to say by then is that it has finished.
func (f *follower) wait(ctx context.Context, link net.Conn) error {
	stop := context.AfterFunc(ctx, func() { f.drop(link) })
	defer stop()
	var said [64]byte
	_, _ = link.Read(said[:]) // whatever it is, it is the end
	f.drop(link)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.why != "" {
		return errors.New(f.why)
	}
	return errGone
}

// drop closes a connection.
func (f *follower) drop(link net.Conn) {
	_ = link.Close() // resolve has one of its own
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.link == link {
		f.link = nil
	}
}

// lost takes what resolve says of a connection.
func (f *follower) lost(said *inforce.Tapped) {
	f.mu.Lock()
	link := f.link
	if link == nil || said.ID != f.id {
		f.mu.Unlock()
		return // of one before
	}
	f.why = said.Error
	f.mu.Unlock()
	f.drop(link)
}
