// Package manage is the process that does all that is not answering: it reads
// the configuration and the policy, fetches and compiles lists, keeps history,
// shows metrics, the API and the block page, makes reports. What it decides it
// puts in force by telling resolve which files and settings to use. What is long
// or parses what others wrote it leaves to jobs. When it ends, resolve goes on
// answering.
package manage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/crash"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/lookup"
	"lachan/cmd/lachan/manage/attendance"
	"lachan/cmd/lachan/manage/desk"
	"lachan/cmd/lachan/manage/selftest"
	"lachan/internal/confine"
	"lachan/internal/message"
	"lachan/internal/suspended"
	"lachan/internal/yamlfile"
	"lachan/metrics"
	"lachan/metrics/history"
	"lachan/policy"
	"lachan/resolver/links"
	"lachan/resolver/sessions"
	"lachan/resolver/upstream"
)

// drainTime is how long those that are being served may take when their service
// ends.
const drainTime = 5 * time.Second

// A node is the server as manage sees it: those that own a part of it each, and
// run, which alone changes what is in force. What others read run publishes
// whole, as a view.
type node struct {
	*shared
	load     func() (*config.Config, yamlfile.Problems) // reads the configuration again
	flags    []string                                   // by which it does
	counters *metrics.Aggregator
	history  *history.Recorder
	last     string            // words of the manage before this one, if it crashed
	deaths   atomic.Uint64     // of resolve that were told
	names    *lookup.Names     // that this process looks up itself
	system   []upstream.Server // those of the system, if the configuration asks any

	supervisor *supervisor
	resolves   *resolves
	services   *services
	lists      *lists
	held       *held
	identity   *identity
	reports    *reports
	desk       *desk.Office
	tester     *selftest.Tester
	register   *attendance.Register
	view       atomic.Pointer[view]
	answering  atomic.Bool // resolve has said to use what it was told
}

// shared is what all parts of manage stand on. run alone changes it.
type shared struct {
	log        *slog.Logger
	conditions *metrics.Conditions
	children   *children
	jobs       *job.Jobs
	cfg        *config.Config
	policy     *stored
	decided    *decided
}

// A view is what is in force, for those who only look.
type view struct {
	cfg     *config.Config
	rules   *policy.Rules
	lists   *blocklist.Lists
	list    *blocklist.List
	inForce map[string]time.Time
	linked  *links.Table
	// sessions is whose an address is by what access servers say.
	sessions *sessions.Table
}

// Run manages until the supervisor says stop, or is gone. load reads the
// configuration that the flags name; version is that of the build.
func Run(ctx context.Context, version string, flags []string, load func() (*config.Config, yamlfile.Problems)) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP) // the supervisor says what to do
	confine.OwnerOnly()
	control, err := message.New(os.NewFile(controlDescriptor, "control"))
	if err != nil {
		return fmt.Errorf("connect to the supervisor: %w", err)
	}
	cfg, problems := load()
	if len(problems) > 0 {
		return problems
	}
	n, problems, err := newNode(ctx, cfg, load, flags, version)
	if err != nil {
		return err
	}
	if n == nil {
		return problems
	}
	if err := confine.Privileges(confine.ReadFiles | confine.WriteFiles); err != nil {
		n.log.Warn("give up what is not needed", "error", err)
	}
	n.last = crash.Last(cfg.StateDir, "manage")
	if err := crash.Note(cfg.StateDir, "manage"); err != nil {
		n.log.Warn("have crashes noted", "error", err)
	}
	n.supervisor.begin(control)
	return n.run(ctx)
}

// controlDescriptor is where the supervisor leaves the connection to itself.
const controlDescriptor = 3

// run keeps rules, lists and settings up to date until the supervisor says stop.
func (n *node) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if stop := n.awaitSockets(); stop {
		return nil
	}
	n.startWork(ctx)
	if err := n.supervisor.conn.Send(message.Message{Kind: message.Ready}); err != nil {
		return fmt.Errorf("tell the supervisor: %w", err)
	}
	minute := suspended.MinuteOf(time.Now())
	look := time.NewTimer(minute.UntilLook(time.Now()))
	defer look.Stop()
	renewed := time.NewTicker(certificateEvery)
	defer renewed.Stop()
	for {
		select {
		case order := <-n.supervisor.orders:
			if stop := n.take(ctx, order); stop {
				n.finish(cancel)
				return nil
			}
		case said := <-n.resolves.said:
			n.resolves.hear(ctx, said)
		case now := <-n.resolves.back.due.C:
			n.resolves.look(now)
		case <-look.C:
			if minute.Changed(time.Now()) {
				n.everyMinute(ctx)
			}
			look.Reset(minute.UntilLook(time.Now()))
		case now := <-renewed.C:
			n.renewCertificate(now)
			n.followSystem()
			n.watchUpstreams()
			watchTunnels(n)
		case <-n.lists.updates:
			n.lists.watch(ctx)
			n.lists.startCompiling(ctx)
		case found := <-n.held.weighed:
			n.held.weighing = false
			n.held.impacts[found.Feed] = found
			n.lists.watch(ctx)
		case c := <-n.lists.compiled:
			n.lists.takeCompiled(ctx, c)
		case order := <-n.decided.orders:
			n.takeDecided(order)
		case order := <-n.decided.reloads:
			n.takeReload(ctx, order)
		}
	}
}

// awaitSockets waits for the first sockets, and reports whether it is to stop.
func (n *node) awaitSockets() (stop bool) {
	for in := range n.supervisor.orders {
		if stop = n.take(context.Background(), in); stop || in.message.Kind == message.Sockets {
			break
		}
	}
	return stop
}

// startWork starts everything that goes on beside run.
func (n *node) startWork(ctx context.Context) {
	n.services.started = true
	n.putInForce()
	n.services.startAll(ctx)
	n.lists.startUpdater(ctx)
	n.lists.startCompiling(ctx)
	n.children.start(ctx, "reports", n.reports.run)
	n.children.start(ctx, "self-test", n.tester.Run)
	n.children.start(ctx, "attendance", n.register.Run)
	n.startTally(ctx)
	if len(n.cfg.Fleet.Hubs) == 0 { // else nothing is decided until the hubs are together
		n.desk.Begun(ctx, n.cfg, n.policy.Policy)
	}
	n.children.start(ctx, "ledger", n.desk.Run)
	n.children.start(ctx, "dnstap", n.resolves.taps.Run)
	n.children.start(ctx, "tell", n.desk.Tell)
	n.children.start(ctx, "member", n.services.member.Run)
	n.children.start(ctx, "tables", n.desk.SettleTables)
	n.children.start(ctx, "answers", func(context.Context) {
		if err := n.desk.Restore(); err != nil {
			n.log.Error("tell answers that the ledger has", "error", err)
		}
	})
	if !n.cfg.Console.Listen.IsValid() && n.cfg.HTTP.Listen.IsValid() {
		n.desk.TellFirst(n.cfg.Timezone.Location)
	}
	n.children.start(ctx, "control", n.services.api.serveControl)
	units := n.policy.Policy
	n.children.start(context.WithoutCancel(ctx), "history", func(ctx context.Context) {
		n.protect(units) // of a country it takes a third of a second, and resolve waits to be met
		n.history.Run(ctx)
	}) // it ends after the last tick
}

// finish ends what startWork has started: history last, when resolve has told
// what it counted.
func (n *node) finish(cancel func()) {
	n.resolves.awaitFinal(drainTime)
	n.resolves.setLast(nil) // no resolve answers from here on
	cancel()
	n.children.stop("history")
	n.children.wait()
}

// renewCertificate puts a new certificate in force when there is one.
func (n *node) renewCertificate(now time.Time) {
	if n.identity.watchCertificate(now) {
		n.putInForce()
	}
	n.identity.publishSecrets() // others of a fleet come, and begin, at any time
}

func (n *node) everyMinute(ctx context.Context) {
	n.identity.renewCookies(time.Now())
	n.refreshView()
	n.lists.recordOrders(time.Time{}, time.Now()) // one may begin now
	n.lists.watch(ctx)                            // another process may have decided on one
	n.lists.watchZones(time.Now())
	if n.lists.list.Timed() && time.Now().Minute() == 0 {
		n.services.publishZones(time.Now())
	}
	n.lists.startCompiling(ctx) // another process may have brought a new copy
	if n.decided.late {
		n.takeDecided()
	}
}

// take does what the supervisor says, and reports whether that is to stop.
func (n *node) take(ctx context.Context, in input) (stop bool) {
	if in.err != nil {
		return true // the supervisor is gone
	}
	switch m := in.message; m.Kind {
	case message.Stop:
		return true
	case message.Reload:
		problems := n.reload(ctx)
		if len(problems) > 0 {
			n.supervisor.reloaded(problems)
			break
		}
		n.desk.Reloaded(ctx, n.cfg, n.policy.Policy)
		n.resolves.whenUsed = append(n.resolves.whenUsed, func() { n.supervisor.reloaded(nil) })
	case message.Sockets:
		n.services.takeSockets(ctx, &m)
	case message.Peer:
		n.resolves.meet(&m)
	case message.Alive:
		n.resolves.takeAlive(&m)
	case message.Absent:
		n.services.takeAbsent(&m)
	case message.Died:
		n.takeDeath(&m)
	}
	return false
}

// A supervisor is the connection to the process that has started this one.
type supervisor struct {
	children  *children // for what is told of a fault
	conn      *message.Conn
	orders    chan input           // what it says
	listening chan message.Refusal // the answers to listen
}

// An input is a message, or the end of a connection.
type input struct {
	from    *message.Conn
	message message.Message
	err     error
}

func (s *supervisor) begin(conn *message.Conn) {
	s.conn = conn
	go s.obey()
}

// obey turns what the supervisor says into orders, until it is gone. The answer
// that run itself waits for is none.
func (s *supervisor) obey() {
	for {
		m, err := receive(s.conn, s.children)
		if err == nil && m.Kind == message.Listening {
			var answer message.Refusal
			if err := m.Decode(&answer); err != nil {
				answer.Error = err.Error()
			}
			s.listening <- answer
			continue
		}
		s.orders <- input{s.conn, m, err}
		if err != nil {
			close(s.listening)
			return
		}
	}
}

// listen has the supervisor open the endpoints of a configuration, and no
// others.
func (s *supervisor) listen(endpoints []message.Endpoint) error {
	m, err := message.JSON(message.Listen, endpoints)
	if err != nil {
		return err
	}
	if err := s.conn.Send(m); err != nil {
		return err
	}
	answer, open := <-s.listening
	if !open {
		return errors.New("the supervisor is gone")
	}
	if answer.Error != "" {
		return errors.New(answer.Error)
	}
	return nil
}

// keep leaves a message for resolve with the supervisor, for one that starts
// while this process is away.
func (s *supervisor) keep(m message.Message) error { return s.conn.Send(m) }

// takeDeath raises the condition of a process that has ended.
func (n *node) takeDeath(m *message.Message) {
	var d message.Death
	if err := m.Decode(&d); err != nil {
		n.log.Error("read what the supervisor says", "error", err)
		return
	}
	how, words := d.How, n.last
	if d.Process != "manage" {
		words = crash.Last(n.cfg.StateDir, d.Process)
		n.resolves.back.fallback.Died(d.At)
		n.deaths.Add(1)
	}
	if words != "" {
		how += ": " + words
	}
	n.conditions.Set(
		d.Process+"-crashed",
		processCrashed.With(d.Process, d.Times, how, d.At.In(n.cfg.Timezone.Location).Format(time.DateTime)).String(),
	)
}
