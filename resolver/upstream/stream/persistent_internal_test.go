package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lachan/resolver/upstream/exchange"
)

// These tests hold the clock: connections are those of the test itself.

// A line is a connection on which the test answers.
type line struct {
	answer func(ctx context.Context) ([]byte, error)
	asked  atomic.Int32
	closed atomic.Bool
}

func (l *line) exchange(ctx context.Context, _, _ []byte) ([]byte, error) {
	l.asked.Add(1)
	return l.answer(ctx)
}

func (l *line) close() { l.closed.Store(true) }

// replies answers after a time.
func replies(after time.Duration) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		select {
		case <-time.After(after):
			return append([]byte{0, 0}, question[2:]...), nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// silence answers nothing.
func silence(ctx context.Context) ([]byte, error) {
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

// fails ends at once.
func fails(err error) func(context.Context) ([]byte, error) {
	return func(context.Context) ([]byte, error) { return nil, err }
}

// question is one for the root.
var question = []byte{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1}

// kept is a PersistentConn that opens lines in their order; where there are none left,
// dialling fails.
func kept(lines ...*line) *PersistentConn {
	return &PersistentConn{dialer: &dialer{
		name: "test",
		find: func(context.Context) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
		},
		open: func(context.Context, netip.AddrPort, *tls.Config) (transport, error) {
			if len(lines) == 0 {
				return nil, errors.New("refused")
			}
			l := lines[0]
			lines = lines[1:]
			return l, nil
		},
	}}
}

// ask makes an exchange of ten seconds and returns how long it took.
func ask(p *PersistentConn) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	begin := time.Now()
	reply, err := p.Exchange(ctx, question, nil)
	if err == nil && (reply[0] != question[0] || reply[1] != question[1]) {
		err = errors.New("the reply has not the ID of the query")
	}
	return time.Since(begin), err
}

// wants compares what came of an exchange.
func wants(t *testing.T, what string, took time.Duration, err error, wantTook time.Duration, want error) {
	t.Helper()
	if took != wantTook || !errors.Is(err, want) {
		t.Errorf("%s: %v after %s, want %v after %s", what, err, took, want, wantTook)
	}
}

func TestASilentConnectionIsLeftAtHalfOfTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &line{answer: replies(0)}, &line{answer: replies(time.Second)}
		p := kept(first, second)
		took, err := ask(p)
		wants(t, "the first", took, err, 0, nil)
		first.answer = silence
		took, err = ask(p)
		wants(t, "silence", took, err, 6*time.Second, nil)
		if !first.closed.Load() || second.closed.Load() {
			t.Error("the silent one is kept, or the other is not")
		}
		if first.asked.Load() != 2 || second.asked.Load() != 1 {
			t.Errorf("asked %d and %d times", first.asked.Load(), second.asked.Load())
		}
		p.leave()
	})
}

// A connection that was just opened is waited for as long as there is.
func TestANewConnectionHasAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := kept(&line{answer: replies(9 * time.Second)})
		took, err := ask(p)
		wants(t, "nine seconds", took, err, 9*time.Second, nil)
		p.leave()
	})
}

// A reply to another exchange shows that the connection is alive, whatever the clock
// on the wall says.
func TestAConnectionThatAnswersOthersIsNotSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{answer: replies(0)}
		p := kept(l)
		_, err := ask(p)
		if err != nil {
			t.Fatal(err)
		}
		l.answer = replies(9 * time.Second)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			took, err := ask(p)
			wants(t, "the slow one", took, err, 9*time.Second, nil)
		}()
		synctest.Wait()
		l.answer = replies(time.Second)
		took, err := ask(p)
		wants(t, "the fast one", took, err, time.Second, nil)
		<-ended
		if l.asked.Load() != 3 {
			t.Errorf("asked %d times, want each once", l.asked.Load())
		}
		p.leave()
	})
}

func TestWhatIsAskedOnceMore(t *testing.T) {
	broken := errors.New("reset")
	f := func(what string, answer func(context.Context) ([]byte, error), opened int32, wantTook time.Duration, want error) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			first, second := &line{answer: replies(0)}, &line{answer: replies(0)}
			p := kept(first, second)
			if _, err := ask(p); err != nil {
				t.Fatal(err)
			}
			first.answer = answer
			took, err := ask(p)
			wants(t, what, took, err, wantTook, want)
			if second.asked.Load() != opened {
				t.Errorf("%s: %d asked again, want %d", what, second.asked.Load(), opened)
			}
			first.answer = replies(0)
			if _, err := ask(p); err != nil {
				t.Errorf("%s: then: %v", what, err)
			}
			p.leave()
		})
	}
	f("a broken connection", fails(broken), 1, 0, nil)
	f("a reply that cannot be read", fails(exchange.ErrMalformed), 0, 0, exchange.ErrMalformed)
	f("a reply to something else", fails(exchange.ErrMismatch), 0, 0, exchange.ErrMismatch)
}

// An exchange that its caller ends is no fault of the connection, which others use on.
func TestAnExchangeThatIsCanceledLeavesTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{answer: replies(0)}
		p := kept(l)
		if _, err := ask(p); err != nil {
			t.Fatal(err)
		}
		l.answer = silence
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second/2, cancel)
		if _, err := p.Exchange(ctx, question, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled: %v", err)
		}
		l.answer = replies(0)
		took, err := ask(p)
		wants(t, "after it", took, err, 0, nil)
		if l.asked.Load() != 3 || l.closed.Load() {
			t.Errorf("asked %d times, closed %v", l.asked.Load(), l.closed.Load())
		}
		p.leave()
	})
}

func TestAnIdleConnectionIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &line{answer: replies(0)}, &line{answer: replies(0)}
		p := kept(first, second)
		for range 3 { // each use puts the end off
			if _, err := ask(p); err != nil {
				t.Fatal(err)
			}
			time.Sleep(idleTimeout - time.Second)
			synctest.Wait()
			if first.closed.Load() {
				t.Fatal("a connection is closed that is not idle yet")
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if !first.closed.Load() {
			t.Error("an idle connection stays open")
		}
		if _, err := ask(p); err != nil || second.asked.Load() != 1 {
			t.Errorf("then: %v, asked %d times on another one", err, second.asked.Load())
		}
		p.leave()
	})
}

// A server that cannot be reached is tried by each exchange anew, and costs it no time.
func TestAConnectionThatCannotBeOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := kept()
		for range 2 {
			took, err := ask(p)
			wants(t, "refused", took, err, 0, exchange.ErrNetwork)
		}
	})
}

func TestAQueryThatIsNoneIsNotSent(t *testing.T) {
	l := &line{answer: replies(0)}
	if _, err := kept(l).Exchange(context.Background(), question[:5], nil); !errors.Is(err, exchange.ErrQuery) || l.asked.Load() != 0 {
		t.Errorf("%v, asked %d times", err, l.asked.Load())
	}
}

// leave waits until what was kept is closed.
func (p *PersistentConn) leave() {
	time.Sleep(idleTimeout)
	synctest.Wait()
}
