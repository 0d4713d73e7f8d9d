package supervise

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"lachan/internal/confine"
	"lachan/internal/fault"
	"lachan/internal/message"
)

// The processes that the supervisor starts, as their commands are called.
const (
	resolve = "resolve"
	manage  = "manage"
)

// Control is the descriptor at which a child finds its connection to the
// supervisor.
const Control = 3

// hangTime is how long a child may live on after it has closed its connection.
const hangTime = 10 * time.Second

// A child is a process that the supervisor has started, or that the build before
// it had.
type child struct {
	name    string
	process *os.Process
	conn    *message.Conn
	ready   bool
	ended   bool
	// replaced is set when the child was told to stop for another to take its place.
	replaced bool
	started  time.Time
	began    time.Time // to do its work; of a child that is ready
}

// start starts a process and gives it what it needs. When that cannot be done it
// is tried again later.
func (s *supervisor) start(name string) {
	c, err := s.spawn(name)
	if err != nil {
		s.log.Error("start a process", "process", name, "error", err)
		s.starts[name].failed()
		s.startLater(name)
		return
	}
	s.adopt(c)
	if name == resolve && len(s.retiring) > 0 {
		s.tell(c, message.Message{Kind: message.Follow})
	}
	s.handSockets(c)
	if name == manage {
		s.manage = c
		s.tellDeaths()
		s.tellAlive()
		for _, r := range s.resolves() {
			s.introduce(r)
		}
		return
	}
	s.resolve = c
	s.tellAlive()
	if s.manage == nil {
		for _, kind := range []message.Kind{message.Secrets, message.Addresses, message.Sessions, message.Use} {
			if body, ok := s.kept[kind]; ok {
				s.tell(c, message.Message{Kind: kind, Body: body})
			}
		}
	}
	s.introduce(c)
}

// spawn starts the program as one of its commands.
func (s *supervisor) spawn(name string) (*child, error) {
	ours, theirs, err := message.Pair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	conn, err := message.New(ours)
	if err != nil {
		return nil, err
	}
	args := []string{s.program, name}
	if name == manage {
		args = append(args, s.args...)
	}
	attributes := apart()
	if s.as != nil {
		confine.StartAs(*s.as, attributes)
	}
	process, err := inTurn(name, func() (*os.Process, error) {
		return os.StartProcess(running(s.program), args, &os.ProcAttr{
			Files: []*os.File{nil, os.Stdout, os.Stderr, theirs}, Env: childEnvironment(), Sys: attributes,
		})
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), conn.Close())
	}
	return &child{name: name, process: process, conn: conn, started: time.Now()}, nil
}

// adopt listens to a child until it ends. A message that meets a fault of the
// program is the last that is taken: the child ends for it, and another is started.
func (s *supervisor) adopt(c *child) {
	go func() {
		if met := fault.Catch(func() { s.listenTo(c) }); met != nil {
			s.log.Error("listen to a process, which is ended for it", "process", c.name, "error", met)
			_ = c.process.Kill() // it may have ended already
		}
		hung := time.AfterFunc(hangTime, func() { _ = c.process.Kill() })
		state, err := c.process.Wait()
		hung.Stop()
		_ = c.conn.Close() // the peer is gone
		e := event{child: c, ended: true, how: "lost", code: -1}
		if err == nil {
			e.how, e.code = state.String(), state.ExitCode()
		}
		s.events <- e
	}()
}

// listenTo takes the messages of a child until its connection ends.
func (s *supervisor) listenTo(c *child) {
	for {
		m, err := c.conn.Receive()
		if err != nil {
			return
		}
		s.events <- event{child: c, message: m}
	}
}

// resolves are all that are there: the one that answers and those that finish.
func (s *supervisor) resolves() []*child {
	all := slices.Clone(s.retiring)
	if s.resolve != nil {
		all = append(all, s.resolve)
	}
	return all
}

// introduce gives a resolve and manage a connection to each other.
func (s *supervisor) introduce(r *child) {
	if s.manage == nil {
		return
	}
	a, b, err := message.Pair()
	if err != nil {
		s.log.Error("connect processes", "error", err)
		return
	}
	defer a.Close()
	defer b.Close()
	m, err := message.JSON(message.Peer, message.Peering{Crashes: s.starts[resolve].quick})
	if err != nil {
		s.log.Error("connect processes", "error", err)
		return
	}
	m.Files = []*os.File{a}
	s.tell(r, m)
	m.Files = []*os.File{b}
	s.tell(s.manage, m)
}

// handSockets gives a child the sockets that are its to serve.
func (s *supervisor) handSockets(c *child) {
	if c == nil {
		return
	}
	m, err := s.sockets.message(c.name == resolve)
	if err != nil {
		s.log.Error("hand over sockets", "error", err)
		return
	}
	s.tell(c, m)
	if c.name == manage {
		s.tellJSON(c, message.Absent, append([]message.Endpoint{}, s.absent.endpoints...)) // a list also if it is empty
	}
}

// buried takes note of the end of a child, and starts it again unless it was
// told to stop.
func (s *supervisor) buried(e event) error {
	c := e.child
	c.ended = true
	if i := slices.Index(s.retiring, c); i >= 0 {
		s.retiring = slices.Delete(s.retiring, i, i+1)
		s.tellAlive()
		return nil
	}
	if c != s.resolve && c != s.manage {
		return nil // it was told to stop
	}
	if c == s.manage {
		s.manage = nil
		if c.replaced {
			s.start(manage)
			return nil
		}
		if !c.ready && !s.begun {
			return fmt.Errorf("%w: %s", ErrNotStarted, e.how)
		}
	} else {
		s.resolve = nil
		s.tellAlive()
	}
	s.log.Error("a process has ended and is started again", "process", c.name, "how", e.how)
	death := s.deaths[c.name]
	if death == nil {
		death = &message.Death{Process: c.name}
		s.deaths[c.name] = death
	}
	death.How, death.At = e.how, time.Now()
	death.Times++
	s.tellDeaths()
	s.starts[c.name].ended(c)
	s.startLater(c.name)
	return nil
}

// tellAlive tells manage which resolves are there, the one that finishes too.
func (s *supervisor) tellAlive() {
	if s.manage == nil {
		return
	}
	alive := []int{}
	for _, r := range s.resolves() {
		alive = append(alive, r.process.Pid)
	}
	s.tellJSON(s.manage, message.Alive, alive)
}

// tellDeaths tells manage which processes ended.
func (s *supervisor) tellDeaths() {
	for _, name := range []string{resolve, manage} {
		if death := s.deaths[name]; death != nil && s.manage != nil {
			s.tellJSON(s.manage, message.Died, death)
		}
	}
}

// startLater starts a process again after the time that its crashes ask for.
func (s *supervisor) startLater(name string) {
	wait := s.starts[name].wait()
	if wait == 0 {
		s.start(name)
		return
	}
	s.due[name] = time.AfterFunc(wait, func() { s.events <- event{restart: name} })
}
