// Package resolve is the process that answers: the query path and nothing else.
// It maps the compiled lists and the compiled policy that manage names, answers
// on the sockets that the supervisor hands it, and tells manage what it counted.
// It reads no file that people write and parses nothing but DNS messages.
//
// While manage is away it goes on: timetables change, queries are counted. What
// was counted is told to the next manage.
package resolve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"lachan/cmd/lachan/inforce"
	"lachan/internal/confine"
	"lachan/internal/eventloop"
	"lachan/internal/message"
	"lachan/internal/suspended"
	"lachan/metrics"
	"lachan/policy/catalogue"
	"lachan/resolver"
	"lachan/resolver/cookie"
	"lachan/resolver/inside"
	"lachan/resolver/links"
	"lachan/resolver/listen"
	"lachan/resolver/sessions"
)

const (
	// drainTime is how long what was read may take to be answered after the order
	// to stop.
	drainTime = 5 * time.Second
	// tickEvery is how often manage is told what was counted: the most that is
	// lost when this process is killed.
	tickEvery = time.Second
)

// A process belongs to the goroutine of run. What comes from the supervisor and
// from manage arrives there as an input.
type process struct {
	log      *slog.Logger
	version  string
	facts    *catalogue.Catalogue
	control  *message.Conn
	inputs   chan input
	counters *metrics.Counters
	resolver *resolver.Resolver
	running  sync.WaitGroup // the resolver and the upstreams
	stop     func()         // ends them
	stopped  chan error

	ctx context.Context // ends with stop

	manage    *manager        // nil while it is away
	sockets   []listen.Socket // until the resolver has them
	state     state
	secrets   secrets
	linked    *links.Table
	links     linkForwarder
	sessions  sessions.Table
	protected time.Time // until when schools have been credited with protection
	notices   notices
	tapping   tapping
	seen      seen
	// connectivity are names by which devices look whether there is a network.
	connectivity inside.Domains
	follows      bool // another resolve is about to end
}

// followTime is how long a resolve that another one makes room for leaves the sockets
// of QUIC alone. That one stops when this one is ready, and then ends each connection
// cleanly: within clientconn.Linger, unless an answer is late.
const followTime = 500 * time.Millisecond

// An input is a message, or the end of a connection.
type input struct {
	from    *message.Conn
	message message.Message
	err     error
}

// Run answers until the supervisor says stop, or is gone.
func Run(version string) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP) // the supervisor says when to stop
	confine.OwnerOnly()
	control, err := message.New(os.NewFile(controlDescriptor, "control"))
	if err != nil {
		return fmt.Errorf("connect to the supervisor: %w", err)
	}
	facts, err := catalogue.Load()
	if err != nil {
		return err
	}
	eventloop.ReserveCPUs()
	loops, err := eventloop.New(eventloop.Count)
	if err != nil {
		return err
	}
	p := newProcess(version, control, facts)
	p.state.loops = loops
	go p.receive(control)
	return p.run()
}

// controlDescriptor is where the supervisor leaves the connection to itself.
const controlDescriptor = 3

func newProcess(version string, control *message.Conn, facts *catalogue.Catalogue) *process {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	p := &process{
		log: log, version: version, control: control, facts: facts,
		inputs: make(chan input, 16), stopped: make(chan error, 1),
		counters: metrics.New(""), tapping: tapping{ended: make(chan inforce.Tapped)},
		notices: notices{wake: make(chan struct{}, 1), feeds: map[string]bool{}},
	}
	p.secrets.cookies = cookie.Secrets(nil).Renewed() // until manage has some
	var names []string
	for i := range facts.Core {
		if facts.Core[i].Section == "connectivity" {
			names = append(names, facts.Core[i].Name)
		}
	}
	var err error
	if p.connectivity, err = inside.NewDomains(names...); err != nil {
		log.Error("read the names of connectivity checks", "error", err)
	}
	p.secrets.plain, p.secrets.acme = p.secrets.store.Config(), p.secrets.store.ACMEConfig()
	return p
}

// receive turns what comes from a connection into inputs, until it ends.
func (p *process) receive(c *message.Conn) {
	for {
		m, err := c.Receive()
		p.inputs <- input{c, m, err}
		if err != nil {
			return
		}
	}
}

func (p *process) run() error {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	minute := suspended.MinuteOf(time.Now())
	look := time.NewTimer(minute.UntilLook(time.Now()))
	defer look.Stop()
	for {
		select {
		case in := <-p.inputs:
			if stop := p.take(in); stop {
				return p.finish()
			}
		case <-look.C:
			if minute.Changed(time.Now()) {
				p.putInForce()
			}
			look.Reset(minute.UntilLook(time.Now()))
		case now := <-tick.C:
			p.tapping.expire(p, now)
			p.tick(now)
			p.seen.tell(p, now, false)
		case ended := <-p.tapping.ended:
			p.tapping.end()
			p.tell(message.Tapped, ended)
		case <-p.notices.wake:
			p.notices.tell(p.send)
		case err := <-p.stopped:
			return errors.Join(errors.New("answering has ended by itself"), err)
		}
	}
}

// take does what an input asks for, and reports whether it is to stop.
func (p *process) take(in input) (stop bool) {
	if in.err != nil {
		if in.from == p.control {
			return true // the supervisor is gone
		}
		p.lose(in.from)
		return false
	}
	switch m := in.message; m.Kind {
	case message.Stop:
		return in.from == p.control
	case message.Sockets:
		p.takeSockets(&m)
	case message.Follow:
		p.follows = true
	case message.Peer:
		p.meet(&m)
	case message.Use:
		p.takeUse(&m)
	case message.Secrets:
		p.takeSecrets(&m)
	case message.Addresses:
		p.takeAddresses(&m)
	case message.Sessions, message.Session:
		if said, err := follow(&p.sessions, &m); err != nil {
			p.log.Error("take the sessions of access servers", "error", err)
		} else if said != nil {
			p.tell(message.Followed, said)
		}
	case message.Popular:
		p.tellPopular()
	case message.Tick:
		p.tick(time.Now())
		p.tell(message.Ticked, struct{}{})
	case message.Watch:
		p.tell(message.Watched, watch(p.resolver, &m))
	case message.Tap:
		takeTap(p, &m)
	case message.Seen:
		p.seen.take(p, &m)
	case message.Challenges:
		p.takeChallenges(&m)
	}
	return false
}

// finish answers what was read and tells manage, or the disk, what was counted.
func (p *process) finish() error {
	if p.resolver == nil {
		return nil
	}
	p.stop()
	err := <-p.stopped
	p.running.Wait()
	p.tapping.end()
	p.tellLast()
	return err
}

// begin makes the resolver, once there is something to answer by.
func (p *process) begin() {
	p.resolver = resolver.New(p.counters, p.state.loops, p.log)
	if p.follows {
		p.resolver.FollowQUIC(followTime)
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	p.protected = time.Now()
	p.running.Go(func() { p.stopped <- p.resolver.Run(p.ctx, drainTime) })
}
