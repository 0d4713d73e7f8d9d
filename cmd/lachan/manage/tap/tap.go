// Package tap has a collector of dnstap told of questions and answers while two people have
// decided so: it connects every resolve to it, and says when it is not there.
//
// What comes from the collector is read here alone: resolve gets a connection on which the
// handshake is over, and writes.
package tap

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
	"lachan/internal/message"
	"lachan/metrics"
)

// Sources are what a Taps is lent. Its functions may be called by any goroutine.
type Sources struct {
	Config func() *config.Config
	// States are those of the ledgers that decide here.
	States     func() []*ledger.State
	Conditions *metrics.Conditions
	Log        *slog.Logger
}

// Taps connects resolves to the collector. All but the methods of others belongs to Run.
type Taps struct {
	src     Sources
	changed chan struct{} // holds one when resolves have come or gone

	is   wanted
	told map[*message.Conn]*follower // what resolves were told; nil for off

	mu       sync.Mutex
	resolves map[*message.Conn]bool // mu; that are there
	all      map[*message.Conn]*follower
}

// wanted is what a collector is to be told, and where it is.
type wanted struct {
	inforce.Tap
	network, address string
}

// New is a Taps that tells nothing yet.
func New(src Sources) *Taps {
	return &Taps{
		src: src, changed: make(chan struct{}, 1), told: map[*message.Conn]*follower{},
		resolves: map[*message.Conn]bool{}, all: map[*message.Conn]*follower{},
	}
}

// Meet takes note of a resolve that is there.
func (t *Taps) Meet(conn *message.Conn) { t.note(conn, true) }

// Lose takes note that it is gone.
func (t *Taps) Lose(conn *message.Conn) { t.note(conn, false) }

func (t *Taps) note(conn *message.Conn, there bool) {
	t.mu.Lock()
	if there {
		t.resolves[conn] = true
	} else {
		delete(t.resolves, conn)
	}
	t.mu.Unlock()
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// Hear takes what a resolve says of a connection to the collector: it is of no more use.
func (t *Taps) Hear(conn *message.Conn, m *message.Message) {
	var said inforce.Tapped
	if err := m.Decode(&said); err != nil {
		t.src.Log.Error("read what resolve says", "error", err)
		return
	}
	t.mu.Lock()
	f := t.all[conn]
	t.mu.Unlock()
	if f != nil {
		f.lost(&said)
	}
}

// lookEvery is how often Run looks at what is decided: so late a tap begins and, where
// resolve does not see it by itself, ends.
const lookEvery = time.Second

// Run has done what is decided until ctx is done. What resolve was told last goes on.
func (t *Taps) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	defer func() {
		for conn := range t.told {
			t.end(conn)
		}
	}()
	for {
		t.look(ctx, time.Now())
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-t.changed:
		}
	}
}

// look compares what is with what is wanted.
func (t *Taps) look(ctx context.Context, now time.Time) {
	is, period := t.wants(now)
	if moved := is != t.is; moved {
		for conn := range t.told {
			t.end(conn)
		}
		clear(t.told)
		t.is = is
		t.tell(period)
	}
	t.mu.Lock()
	var come, gone []*message.Conn
	for conn := range t.resolves {
		if _, had := t.told[conn]; !had {
			come = append(come, conn)
		}
	}
	for conn := range t.told {
		if !t.resolves[conn] {
			gone = append(gone, conn)
		}
	}
	t.mu.Unlock()
	for _, conn := range gone {
		t.end(conn)
		delete(t.told, conn)
	}
	for _, conn := range come {
		t.told[conn] = t.begin(ctx, conn)
	}
}

// wants is what is decided, for the collector of the configuration; zero if nothing is.
func (t *Taps) wants(now time.Time) (is wanted, period admin.Period) {
	cfg := t.src.Config()
	network, address := cfg.DNSTAP.Dial()
	if network == "" {
		return wanted{}, period
	}
	for _, state := range t.src.States() {
		for _, p := range admin.Tapped(state) {
			if now.Before(p.End) && p.End.After(period.End) {
				period = p
			}
		}
	}
	if period.End.IsZero() {
		return wanted{}, period
	}
	d, identity := &cfg.DNSTAP, cfg.DNSTAP.Identity
	if identity == "" {
		identity = cfg.NodeName()
	}
	return wanted{inforce.Tap{
		On: true, Until: period.End.UTC().Round(0), Identity: identity, Version: d.Version,
		Queries: d.Queries(), Responses: d.Responses(), Addresses: d.CutAddresses(),
		Bytes: cfg.Memory.Shares(cfg.Cache.MaxBytes).Tap,
	}, network, address}, period
}

// tell tells people that a collector is told, or that none is any more.
func (t *Taps) tell(p admin.Period) {
	t.src.Conditions.Clear("dnstap-collector")
	if !t.is.On {
		if t.src.Conditions.Clear("dnstap") {
			t.src.Log.Info("a collector is told nothing any more")
		}
		return
	}
	until := t.is.Until.In(t.src.Config().Timezone.Location).Format("15:04 02/01/2006")
	t.src.Conditions.Set("dnstap", textOn.With(until, p.Seq).String())
	t.src.Log.Warn("a collector is told of questions and answers", "until", t.is.Until, "decision", p.Seq)
}

// begin tells a resolve what is wanted, and goes on to connect it.
func (t *Taps) begin(ctx context.Context, conn *message.Conn) *follower {
	if !t.is.On {
		t.send(conn, inforce.Tap{}) // one before may have been told otherwise
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	f := &follower{taps: t, conn: conn, is: t.is, cancel: cancel, over: make(chan struct{})}
	t.mu.Lock()
	t.all[conn] = f
	t.mu.Unlock()
	go func() {
		defer close(f.over)
		f.run(ctx)
	}()
	return f
}

// end ends what begin began.
func (t *Taps) end(conn *message.Conn) {
	if f := t.told[conn]; f != nil {
		f.cancel()
		<-f.over
		t.mu.Lock()
		delete(t.all, conn)
		t.mu.Unlock()
	}
}

// send reports whether a resolve took what it was told.
func (t *Taps) send(conn *message.Conn, is inforce.Tap, link ...*os.File) (taken bool) {
	m, err := message.JSON(message.Tap, is)
	if err == nil {
		m.Files = link
		err = conn.Send(m)
	}
	if err != nil {
		t.src.Log.Info("a connection to resolve has ended", "error", err)
	}
	return err == nil
}
