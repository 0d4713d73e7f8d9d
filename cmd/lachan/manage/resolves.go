package manage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/manage/addresses"
	"lachan/cmd/lachan/manage/tap"
	"lachan/cmd/lachan/proven"
	"lachan/internal/fault"
	"lachan/internal/message"
	"lachan/metrics"
	"lachan/metrics/history"
)

// askTime is how long a resolve may take to say which names are popular.
const askTime = 5 * time.Second

// resolves are the processes that answer: one, and others for a moment when it
// is replaced. All but what is named otherwise belongs to run.
type resolves struct {
	*shared
	counters *metrics.Aggregator
	history  *history.Recorder
	identity *identity
	keep     func(message.Message) error // leaves a message with the supervisor
	notified func(feed string)           // a primary says that the zone of a feed has changed
	linked   func(*message.Message)      // routers have linked addresses
	used     func(now time.Time)         // the newest use is in force

	followers addresses.Followers
	taps      *tap.Taps
	said      chan input // what they say
	peers     []*peer    // the newest last
	alive     []int      // the processes, as the supervisor says; nil: it has not said yet
	begun     bool       // counters know which epochs are alive

	use      inforce.Use // what was put in force last
	inUse    inforce.Use // the newest that a resolve has said to use
	before   inforce.Use // the one before that, of other lists, policy or settings
	ids      uint64
	back     goingBack
	compiled time.Time // when the lists in use were compiled; zero: not in this process
	whenUsed []func()  // to be said when the newest use is in force

	asking sync.Mutex // one question at a time
	answers
	mu   sync.Mutex    // guards last
	last *message.Conn // of the newest of peers, for those who ask
}

// answers is where those who ask wait, one channel for each kind of answer.
type answers struct {
	asked   chan inforce.Asked
	proven  chan message.Refusal
	ticked  chan struct{}
	watched chan inforce.Watched
}

// A peer is a connection to a resolve.
type peer struct {
	conn    *message.Conn
	process int
	epoch   metrics.Epoch
	greeted bool
	ended   bool // the connection has
}

// meet takes a connection to a resolve, and tells it what is in force.
func (r *resolves) meet(m *message.Message) {
	var p message.Peering
	if err := m.Decode(&p); err != nil || len(m.Files) != 1 {
		r.log.Error("connect to resolve", "files", len(m.Files), "error", err)
		return
	}
	conn, err := message.New(m.Files[0])
	if err != nil {
		r.log.Error("connect to resolve", "error", err)
		return
	}
	r.peers = append(r.peers, &peer{conn: conn})
	r.setLast(conn)
	r.taps.Meet(conn)
	go r.receive(conn)
	if !r.tell(conn, message.Secrets, r.identity.secrets()) ||
		!r.tell(conn, message.Addresses, r.identity.links.addresses) || !r.followers.Introduce(conn) {
		return // it has another connection by now, or is gone
	}
	r.identity.seen.Tell(conn)
	if use := r.choose(p.Crashes, time.Now()); use.ID != 0 {
		r.tell(conn, message.Use, use)
	}
}

// receive turns what comes from a resolve into inputs, until it ends. A fault of
// the program ends the connection, and resolve asks for another.
func (r *resolves) receive(c *message.Conn) {
	for {
		m, err := receive(c, r.children)
		r.said <- input{c, m, err}
		if err != nil {
			return
		}
	}
}

// receive waits for the next message. A fault of the program is told, and is the
// end of the connection.
func receive(c *message.Conn, by *children) (m message.Message, err error) {
	if met := fault.Catch(func() { m, err = c.Receive() }); met != nil {
		by.failed("messages", met)
		return message.Message{}, fmt.Errorf("receive a message: %w", met)
	}
	return m, err
}

// setLast makes conn the one that is asked which names are popular.
func (r *resolves) setLast(conn *message.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = conn
}

func (r *resolves) newest() *message.Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// tell sends a resolve a message and reports whether it was taken. A connection
// that takes none is closed, which its receiver sees.
func (r *resolves) tell(conn *message.Conn, kind message.Kind, v any) bool {
	m, err := message.JSON(kind, v)
	if err == nil {
		err = conn.Send(m)
	}
	if err != nil {
		r.log.Info("a connection to resolve has ended", "message", kind, "error", err)
		_ = conn.Close() // it is of no more use
	}
	return err == nil
}

// tellAll sends every resolve a message and leaves it with the supervisor.
func (r *resolves) tellAll(kind message.Kind, v any) {
	m, err := message.JSON(kind, v)
	if err != nil {
		r.log.Error("tell resolve", "message", kind, "error", err)
		return
	}
	r.sendAll(m)
}

// sendAll is tellAll for a message that is made.
func (r *resolves) sendAll(m message.Message) {
	if err := r.keep(m); err != nil {
		r.log.Error("tell the supervisor", "message", m.Kind, "error", err)
	}
	for _, p := range r.peers {
		if err := p.conn.Send(m); err != nil && !p.ended {
			r.log.Warn("tell resolve", "message", m.Kind, "error", err)
			_ = p.conn.Close() // it is of no more use
		}
	}
}

// hear does what a resolve says.
func (r *resolves) hear(ctx context.Context, in input) {
	i := slices.IndexFunc(r.peers, func(p *peer) bool { return p.conn == in.from })
	if i < 0 {
		return // it was replaced
	}
	p := r.peers[i]
	if in.err != nil {
		p.ended = true
		_ = p.conn.Close() // it has ended
		r.taps.Lose(p.conn)
		r.countAlive()
		return
	}
	switch m := in.message; m.Kind {
	case message.Hello:
		r.greet(p, &m)
	case message.Used:
		r.takeUsed(p, &m)
	case message.Tick:
		r.takeTick(p, &m)
	case message.Samples:
		if err := r.counters.AbsorbSamples(m.Body); err != nil {
			r.log.Error("take samples of resolve", "error", err)
		}
	case message.Notified:
		r.notified(string(m.Body))
	case message.Link:
		r.linked(&m)
	case message.Asked:
		hand(&m, r.asked)
	case message.Followed:
		r.followers.Hear(&m)
	case message.SeenNow:
		r.identity.seen.Take(m.Body)
	case message.Tapped:
		r.taps.Hear(p.conn, &m)
	case message.Ticked:
		hand(&m, r.ticked)
	case message.Watched:
		hand(&m, r.watched)
	case message.Proven:
		hand(&m, r.proven)
	case message.Final:
		p.ended = true
	}
}

func (r *resolves) greet(p *peer, m *message.Message) {
	var h inforce.Hello
	err := m.Decode(&h)
	if err == nil {
		p.epoch, err = metrics.ParseEpoch(h.Epoch)
	}
	if err != nil {
		r.log.Error("greet resolve", "error", err)
		_ = p.conn.Close() // its ticks could not be counted
		return
	}
	p.process, p.greeted = h.Process, true
	r.countAlive()
}

// takeTick counts what a resolve has counted. A tick that cannot be counted ends
// the connection: the next one begins with everything.
func (r *resolves) takeTick(p *peer, m *message.Message) {
	if err := r.counters.Absorb(m.Body); err != nil {
		r.log.Error("count a tick", "error", err)
		_ = p.conn.Close() // resolve will ask for another
	}
}

// takeAlive takes note of which resolves are there.
func (r *resolves) takeAlive(m *message.Message) {
	alive := []int{}
	if err := m.Decode(&alive); err != nil {
		r.log.Error("read what the supervisor says", "error", err)
		return
	}
	r.alive = alive
	r.countAlive()
}

// countAlive tells the counters which epochs have ended: those whose process is
// not there any more, once everything it said was heard. Before anything is
// restored they are told which are alive.
func (r *resolves) countAlive() {
	if r.alive == nil {
		return
	}
	if !r.begun {
		var epochs []metrics.Epoch
		for _, process := range r.alive {
			i := slices.IndexFunc(r.peers, func(p *peer) bool { return p.greeted && p.process == process })
			if i < 0 {
				return // it will say hello
			}
			epochs = append(epochs, r.peers[i].epoch)
		}
		r.begun = true
		r.counters.Live(epochs...)
	}
	r.peers = slices.DeleteFunc(r.peers, func(p *peer) bool {
		gone := p.ended && !slices.Contains(r.alive, p.process)
		if gone && p.greeted {
			r.history.Ended(p.epoch)
		}
		return gone || p.ended && !p.greeted
	})
}

// takeUsed takes note of what came of the newest use.
func (r *resolves) takeUsed(p *peer, m *message.Message) {
	var used inforce.Used
	if err := m.Decode(&used); err != nil {
		r.log.Error("read what resolve says", "error", err)
		return
	}
	if used.ID != r.use.ID {
		if used.ID == r.back.given && used.Error == "" {
			r.decided.said(nil) // it was gone back to, with what was decided
		}
		return // of an older one
	}
	if used.Error != "" {
		r.decided.said(fmt.Errorf("resolve does not use what was decided: %s", used.Error))
		r.log.Error("resolve does not use the new rules, those before stay", "error", used.Error)
		r.conditions.Set("use", notUsed.With(used.Error).String())
		if r.back.fallback.Refused(time.Now()); r.back.fallback.Fallen() {
			r.lookAfter(r.back.fallback.Wait(time.Now()))
		}
		if before, ok := r.goneBackTo(); ok {
			r.tell(p.conn, message.Use, before) // for one that has nothing to answer by yet
		}
		return
	}
	r.conditions.Clear("use")
	r.back.fallback.Used(time.Now())
	r.lookAfter(proven.Time)
	if !r.inUse.Same(&r.use) {
		r.before = r.inUse
	}
	r.inUse = r.use
	r.used(time.Now())
}

// previous is what to go back to when the newest use makes trouble; its ID is 0 if
// there is nothing.
func (r *resolves) previous() inforce.Use {
	if r.inUse.ID != r.use.ID {
		return r.inUse
	}
	return r.before
}

// hand gives the answer of a resolve to the one who asked, if somebody still
// waits.
func hand[T any](m *message.Message, to chan T) {
	var answer T
	if m.Decode(&answer) != nil {
		return
	}
	select {
	case to <- answer:
	default:
	}
}

// popular asks the newest resolve which names were asked most of late. Any
// goroutine but that of run may call it.
func (r *resolves) popular(ctx context.Context) (inforce.Asked, error) {
	return ask(ctx, r, message.Message{Kind: message.Popular}, r.asked)
}

// watch has what a client asks remembered, or says what that was. Any goroutine but that of
// run may call it.
func (r *resolves) watch(ctx context.Context, w inforce.Watch) (is inforce.Watched, err error) {
	question, err := message.JSON(message.Watch, w)
	if err == nil {
		is, err = ask(ctx, r, question, r.watched)
	}
	if err == nil && is.ID != w.ID {
		return inforce.Watched{}, errors.New("resolve has answered another question")
	}
	return is, err
}

// ask sends the newest resolve a question and waits for its answer. Any
// goroutine but that of run may call it; one question is asked at a time.
func ask[T any](ctx context.Context, r *resolves, question message.Message, answers chan T) (answer T, err error) {
	r.asking.Lock()
	defer r.asking.Unlock()
	conn := r.newest()
	if conn == nil {
		return answer, errors.New("nothing answers yet")
	}
	select {
	case <-answers: // one that came too late
	default:
	}
	if err := conn.Send(question); err != nil {
		return answer, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	select {
	case answer = <-answers:
		return answer, nil
	case <-ctx.Done():
		return answer, context.Cause(ctx)
	}
}

// awaitFinal hears resolves until each has told its last, or has ended.
func (r *resolves) awaitFinal(within time.Duration) {
	late := time.NewTimer(within)
	defer late.Stop()
	for slices.ContainsFunc(r.peers, func(p *peer) bool { return !p.ended }) {
		select {
		case said := <-r.said:
			r.hear(context.Background(), said)
		case <-late.C:
			return
		}
	}
}
