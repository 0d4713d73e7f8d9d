// Package supervise is the process that users start: `lachan serve`. It owns
// every listening socket and starts the two that do the work: resolve, which
// answers, and manage, which does all else. It hands them the sockets and
// connections to each other, restarts the one that dies, and replaces itself by
// another build without losing a question. It parses nothing that comes from
// outside but lachan.yaml, and does not even read what manage tells resolve.
package supervise

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"lachan/internal/confine"
	"lachan/internal/message"
)

const (
	// drainTime is how long resolve may take to finish what it has read, closeTime
	// how long manage may take to bring history to the disk.
	drainTime = 8 * time.Second
	closeTime = 30 * time.Second
)

// ErrNotStarted means that manage ended before it was ready for the first time.
// It has said why.
var ErrNotStarted = errors.New("manage could not start")

// Options are what Run is told.
type Options struct {
	Args      []string           // what manage gets on its command line: the flags of serve
	Endpoints []message.Endpoint // to open before anything starts
	Log       *slog.Logger
	// As is the user that the children are; nil leaves them that of this process.
	As *confine.Owner
}

// A supervisor belongs to the goroutine of run.
type supervisor struct {
	args    []string
	as      *confine.Owner // the user that children are; nil: that of this process
	log     *slog.Logger
	program string // what an upgrade starts
	events  chan event

	sockets  sockets
	absent   absent
	resolve  *child   // nil while it is not there
	manage   *child   // likewise
	retiring []*child // resolves that finish what they have read
	kept     map[message.Kind][]byte
	deaths   map[string]*message.Death // by process; those that manage has not been told of
	starts   map[string]*restarts      // by process
	due      map[string]*time.Timer    // a process that waits to be started again
	service  *service                  // what systemd is told
	begun    bool                      // both were ready once
}

// An event is a message of a child, or its end.
type event struct {
	child   *child
	message message.Message
	ended   bool
	how     string // it ended
	code    int    // its exit status
	restart string // the process that it is time to start again
	look    bool   // it is time to look for absent addresses

	lateReload bool // a reload was to be over by now
}

// Run supervises until ctx is done. SIGHUP makes manage read the configuration
// again; SIGUSR2 replaces the program by the build that is at its path now.
func Run(ctx context.Context, o Options) error {
	confine.OwnerOnly()
	if err := confine.Raise(confine.BindPorts); err != nil {
		o.Log.Warn("use the privilege to listen at ports below 1024", "error", err)
	}
	s, err := newSupervisor(o)
	if err != nil {
		return err
	}
	if taken, err := s.takeOver(); err != nil {
		return err
	} else if !taken {
		s.sockets = s.service.restore(o.Endpoints, os.Getenv)
		if err := s.open(o.Endpoints); err != nil {
			return err
		}
		s.start(manage)
		s.start(resolve)
	}
	return s.run(ctx)
}

func newSupervisor(o Options) (*supervisor, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program: %w", err)
	}
	return &supervisor{
		args: o.Args, as: o.As, log: o.Log, program: program, events: make(chan event, 16),
		sockets: sockets{}, kept: map[message.Kind][]byte{}, deaths: map[string]*message.Death{},
		starts: map[string]*restarts{resolve: newRestarts(), manage: newRestarts()}, due: map[string]*time.Timer{},
		service: newService(o.Log, os.Getenv),
	}, nil
}

func (s *supervisor) run(ctx context.Context) error {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGHUP, upgradeSignal)
	defer signal.Stop(signals)
	for {
		select {
		case <-ctx.Done():
			s.stop()
			return nil
		case sig := <-signals:
			s.service.isReloading(s.events)
			if sig == upgradeSignal {
				s.upgrade()
			} else if s.manage != nil {
				s.tell(s.manage, message.Message{Kind: message.Reload})
			} else {
				s.service.isReady("") // the one that starts reads all of it
			}
		case <-s.service.pulse:
			s.service.lives()
		case e := <-s.events:
			if err := s.handle(e); err != nil {
				s.stop()
				return err
			}
		}
	}
}

func (s *supervisor) handle(e event) error {
	switch {
	case e.restart != "":
		delete(s.due, e.restart)
		s.start(e.restart)
	case e.lateReload:
		s.service.isReady("")
	case e.look:
		if s.absent.open(s) {
			s.handSockets(s.manage)
			s.handSockets(s.resolve)
			s.service.keep(s.sockets)
		}
	case e.ended:
		return s.buried(e)
	default:
		s.hear(e.child, e.message)
	}
	return nil
}

// hear does what a child asks for.
func (s *supervisor) hear(c *child, m message.Message) {
	switch m.Kind {
	case message.Ready:
		s.isReady(c)
	case message.Listen:
		s.listen(c, m)
	case message.Reloaded:
		s.isReloaded(m)
	case message.Peer:
		s.introduce(c)
	case message.Use, message.Addresses, message.Sessions, message.Secrets:
		s.kept[m.Kind] = m.Body
	}
	for _, f := range m.Files {
		_ = f.Close() // no child sends any
	}
}

// isReady notes that a child does its work, and lets the one before it go.
func (s *supervisor) isReady(c *child) {
	first := !c.ready
	if first {
		c.ready, c.began = true, time.Now()
	}
	if c == s.resolve {
		for _, old := range s.retiring {
			s.tell(old, message.Message{Kind: message.Stop})
		}
		if first && !s.begun {
			s.begun = true
			s.sockets.log(s.log)
		}
		if first {
			s.service.isReady("")
		}
	}
}

// isReloaded notes that manage has read the configuration again, or why it has not.
func (s *supervisor) isReloaded(m message.Message) {
	var refusal message.Refusal
	if err := m.Decode(&refusal); err != nil {
		refusal.Error = err.Error()
	}
	s.service.isReady(refusal.Error)
}

// listen opens what manage wants open and nothing else, or says why it cannot.
func (s *supervisor) listen(c *child, m message.Message) {
	var wanted []message.Endpoint
	err := m.Decode(&wanted)
	if err == nil {
		err = s.open(wanted)
	}
	refusal := message.Refusal{}
	if err != nil {
		refusal.Error = err.Error()
	}
	s.tellJSON(c, message.Listening, refusal)
	if err != nil {
		return
	}
	s.handSockets(s.manage)
	s.handSockets(s.resolve)
}

// tell sends a message to a child. A child that does not take it is of no more
// use: it is ended, and started again.
func (s *supervisor) tell(c *child, m message.Message) {
	if c == nil {
		return
	}
	if err := c.conn.Send(m); err != nil {
		s.log.Warn("a process takes no messages", "process", c.name, "error", err)
		_ = c.process.Kill() // it may have ended already
	}
}

func (s *supervisor) tellJSON(c *child, kind message.Kind, v any) {
	m, err := message.JSON(kind, v)
	if err != nil {
		s.log.Error("encode a message", "error", err)
		return
	}
	s.tell(c, m)
}

// stop ends resolve, once it has answered what it has read, and then manage,
// once it has written what was counted.
func (s *supervisor) stop() {
	s.service.isStopping()
	for _, timer := range s.due {
		timer.Stop()
	}
	s.absent.stop()
	s.end(drainTime, append(s.retiring, s.resolve)...)
	s.end(closeTime, s.manage)
	s.sockets.close()
	s.log.Info("stopped")
}

// end tells children to stop and waits for them; what has not ended after the
// time given is killed.
func (s *supervisor) end(within time.Duration, children ...*child) {
	waiting := map[*child]bool{}
	for _, c := range children {
		if c != nil && !c.ended {
			waiting[c] = true
			s.tell(c, message.Message{Kind: message.Stop})
		}
	}
	late := time.NewTimer(within)
	defer late.Stop()
	for len(waiting) > 0 {
		select {
		case e := <-s.events:
			if e.ended {
				e.child.ended = true
				delete(waiting, e.child)
			}
		case <-late.C:
			for c := range waiting {
				s.log.Error("a process does not stop", "process", c.name)
				_ = c.process.Kill() // it may have ended just now
			}
			late.Reset(time.Second)
		}
	}
}
