package manage

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/config/caution"
	"lachan/cmd/lachan/impact"
	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/lookup"
	"lachan/cmd/lachan/manage/counter"
	"lachan/cmd/lachan/manage/desk"
	"lachan/cmd/lachan/manage/member"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/cmd/lachan/manage/seen"
	"lachan/cmd/lachan/manage/site"
	"lachan/cmd/lachan/manage/tap"
	"lachan/cmd/lachan/proven"
	"lachan/cmd/lachan/source"
	"lachan/cmd/lachan/state"
	"lachan/internal/message"
	"lachan/internal/yamlfile"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/policy"
	"lachan/policy/catalogue"
	"lachan/resolver/standin"
)

// newNode opens what is on disk and decides what is in force first. It serves
// nothing and starts nothing yet.
func newNode(
	ctx context.Context, cfg *config.Config, load func() (*config.Config, yamlfile.Problems), flags []string,
	version string,
) (*node, yamlfile.Problems, error) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, nil, err
	}
	n := assemble(cfg, facts, command.BuildOf(version))
	n.load, n.flags = load, flags
	if err := n.openState(cfg, version); err != nil {
		return nil, nil, err
	}
	p, problems := n.loadPolicy(ctx, cfg, nil)
	if p == nil {
		return nil, problems, nil
	}
	if _, problem := cfg.OpenUpstreams(nil, nil, nil); problem != nil {
		return nil, yamlfile.Problems{*problem}, nil
	}
	if n.identity.certificate, err = openCertificate(cfg); err != nil {
		return nil, nil, err
	}
	n.policy = p
	n.system = n.systemNow()
	if n.names, err = lookup.Own(cfg, n.system); err != nil {
		return nil, nil, err
	}
	n.identity.renewCookies(time.Now())
	if err := n.lists.open(ctx); err != nil {
		return nil, nil, err
	}
	n.refreshView()
	n.lists.recordOrders(time.Time{}, time.Now())
	return n, problems, nil
}

// assemble makes the parts of a node and introduces them to each other.
func assemble(cfg *config.Config, facts *catalogue.Catalogue, build command.Build) *node {
	sh := &shared{log: cfg.Log.Logger(), conditions: &metrics.Conditions{}, cfg: cfg, jobs: &job.Jobs{}}
	sh.jobs.SetMemory(cfg.Memory.Shares(cfg.Cache.MaxBytes).Job)
	sh.children = &children{log: sh.log, conditions: sh.conditions}
	sh.decided = newDecided(sh)
	n := &node{
		shared: sh,
		counters: metrics.NewAggregator(
			cfg.NodeName(), metrics.BuildInfo{Version: build.Version, Revision: build.Revision},
		),
		supervisor: &supervisor{
			children: sh.children, orders: make(chan input, 16), listening: make(chan message.Refusal, 1),
		},
	}
	view := func() *view { return n.view.Load() }
	n.resolves = &resolves{
		shared: sh, counters: n.counters, keep: n.supervisor.keep, used: n.confirm,
		said: make(chan input, 16), back: goingBack{due: time.NewTimer(proven.Time)}, answers: answers{
			asked: make(chan inforce.Asked, 1), proven: make(chan message.Refusal, 1),
			ticked: make(chan struct{}, 1), watched: make(chan inforce.Watched, 1),
		},
	}
	n.resolves.followers.Keep, n.resolves.followers.Log = n.supervisor.keep, sh.log
	n.resolves.followers.Of = newAccounting(sh, n.resolves, view, cfg.StateDir)
	n.resolves.taps = tap.New(tap.Sources{
		Config:     func() *config.Config { return view().cfg },
		States:     func() []*ledger.State { return append(member.States(n.services.member), n.desk.Ledger.State()) },
		Conditions: sh.conditions, Log: sh.log,
	})
	n.identity = &identity{shared: sh, resolves: n.resolves, standIn: standin.NewKey()}
	n.resolves.identity = n.identity
	n.resolves.linked = func(m *message.Message) {
		n.identity.takeLinks(m)
		n.refreshView()
	}
	n.held = &held{
		shared: sh, resolves: n.resolves, core: source.Core(facts), view: view,
		impacts: map[string]impact.Impact{}, weighed: make(chan impact.Impact, 1),
	}
	n.lists = &lists{
		shared: sh, held: n.held, core: n.held.core, names: facts.Names,
		changed: func(compiled time.Time, say func()) {
			n.resolves.compiled = compiled
			n.putInForce()
			n.resolves.whenUsed = append(n.resolves.whenUsed, say)
		},
		builtin: source.Builtin(facts), inForce: map[string]time.Time{}, shut: map[string]bool{},
		updates: make(chan struct{}, 1), compiled: make(chan compilation, 1),
	}
	n.resolves.notified = n.lists.notified
	office := func() *desk.Office { return n.desk }
	n.reports = &reports{shared: sh, facts: facts, lists: n.lists, view: view, office: office}
	n.services = &services{
		places: newPlaces(), ofNodes: newNodePlaces(), accounting: n.resolves.followers.Of,
		shared: sh, identity: n.identity, lists: n.lists,
		visitors: &visitors{shared: sh, view: view}, sockets: map[message.Socket]socket{},
	}
	n.services.api = &api{
		shared: sh, counters: n.counters, resolves: n.resolves, lists: n.lists, held: n.held, reports: n.reports,
		services: n.services, view: view,
	}
	return n
}

// keepBefore keeps the state as it is if this build is going to write what those before
// it cannot read.
func keepBefore(sh *shared, dir, version string) {
	snapshot, newer, err := state.Migrate(dir, version, state.Current())
	if err != nil {
		sh.log.Error("keep the state before a migration", "error", err)
	}
	if snapshot != "" {
		sh.log.Info("the state from before the migration is kept", "folder", snapshot)
	}
	if len(newer) > 0 {
		sh.conditions.Set("state-newer", textStateNewer.With(strings.Join(newer, ", ")).String())
	}
}

// openState opens what is in the folder of the state.
func (n *node) openState(cfg *config.Config, version string) (err error) {
	if err := cfg.MakeStateDir(); err != nil {
		return err
	}
	if caution.OpenToOthers(cfg.StateDir) {
		n.log.Warn("state_dir is open to others", "path", cfg.StateDir)
		n.conditions.Set("state-dir", caution.TextStateDir.With(cfg.StateDir, cfg.StateDir).String())
	}
	keepBefore(n.shared, cfg.StateDir, version)
	if n.lists.store, err = feed.Open(cfg.FeedsDir()); err != nil {
		return config.StateError(cfg, err)
	}
	n.lists.store.UserAgent, n.lists.store.SignedDir = "lachan/"+version, config.SignedDir(cfg)
	n.lists.store.Examine = n.jobs.Examine
	n.lists.disk = blocklist.NewStore(cfg.ListsDir())
	n.history = history.NewRecorder(cfg.HistoryDir(), n.counters, n.conditions, history.Options{
		Refresh:   n.resolves.refresh,
		Retention: time.Duration(cfg.Metrics.History), Quiet: quiet(cfg.Timezone.Location), Log: n.log,
	})
	n.resolves.back.kept = proven.Kept{Dir: inforce.ProvenDir(cfg.StateDir)}
	if err := os.MkdirAll(n.resolves.back.kept.Dir, 0o700); err != nil { // resolve may read it from its start on
		return err
	}
	n.resolves.history, n.reports.history = n.history, n.history
	n.services.history, n.services.api.history = n.history, n.history
	n.held.store = n.lists.store
	n.identity.seen = seen.File{
		Path: filepath.Join(cfg.StateDir, "first-seen"), Conditions: n.conditions, Log: n.log,
	}
	n.identity.openLinks(filepath.Join(cfg.StateDir, "links.json"))
	if n.services.visitors.requests, err = request.Open(cfg.RequestsDir()); err != nil {
		return config.StateError(cfg, err)
	}
	openRecords(n.lists, cfg)
	if err := openDesk(n, cfg); err != nil {
		return err
	}
	openFleet(n, cfg, version)
	if err := nodes.Share(n.services.nodes, cfg); err != nil {
		return config.StateError(cfg, err)
	}
	n.tester, n.register = newTester(n, cfg), newRegister(n, cfg)
	if n.services.api.counter, err = openCounter(n, cfg, version); err != nil {
		return err
	}
	n.services.api.tested, n.services.api.attended = n.tester, n.register
	n.services.console = openConsole(n, command.BuildOf(version))
	return nil
}

// firstFetch bounds how long a first start waits for lists that are files of this
// machine, and firstWait for those that come from elsewhere: so long a school may be
// without names while a server that has them is away.
const (
	firstFetch = 2 * time.Minute
	firstWait  = 15 * time.Second
)

// fetchFirst reads the lists that were never had: those that are files of this machine,
// and with remote those that come from elsewhere. It reports whether there are any.
func (l *lists) fetchFirst(ctx context.Context, remote bool) bool {
	var fetched atomic.Bool
	var waiting sync.WaitGroup
	var names []string
	local, cancel := context.WithTimeout(ctx, firstFetch)
	defer cancel()
	outside, cancel := context.WithTimeout(ctx, firstWait)
	defer cancel()
	for _, s := range l.cfg.Sources(l.core, l.names) {
		if !s.IsLocal() && !remote {
			continue
		}
		if _, had, err := l.store.Good(s.Name); had || err != nil {
			continue
		}
		within := local
		if !s.IsLocal() {
			within, names = outside, append(names, s.Name)
		}
		waiting.Go(func() {
			if _, err := l.store.Update(within, s); err == nil {
				fetched.Store(true) // what failed is told by the updater
			}
		})
	}
	if len(names) > 0 {
		l.log.Info("waiting for the first lists", "at_most", firstWait, "lists", join(names))
	}
	waiting.Wait()
	return fetched.Load()
}

// openConsole makes the pages.
func openConsole(n *node, build command.Build) *site.Site {
	a := n.services.api
	return site.New(site.Sources{
		Office: n.desk, Facts: n.reports.facts, Fleet: n.services.nodes, Hub: n.services.member.Hub,
		InForce: func() (*config.Config, *policy.Rules, map[string]int, map[string]time.Time) {
			v := n.view.Load()
			return v.cfg, v.rules, v.lists.Rules(), v.inForce
		},
		Status: n.lists.store.Status, Explain: a.explain, Orders: n.lists.orders.Overview,
		Reports: site.Reports{
			Report: a.paper, Draft: a.draft,
		},
		Table:   n.jobs.Table,
		Counted: n.reports.counted, Tested: n.tester.Last, Quiet: n.register.Last,
		TestNow: n.tester.Start, Testing: func() bool { return n.tester.State().Running },
		Try:        n.held.try,
		Conditions: n.conditions.List,
		History:    func() *engine.Local { return engine.NewLocal(n.history, engine.Limits{}) },
		Watch:      n.resolves.watch,
		Linked:     linkedBy(n.view.Load),
		Build:      build,
		Log:        n.log,
	})
}

// openCounter opens the counter of the desk, where programs and commands come to it.
func openCounter(n *node, cfg *config.Config, version string) (*counter.Counter, error) {
	a := n.services.api
	return counter.Open(cfg.StateDir, counter.Sources{
		Desk: n.desk.Desk, Door: n.desk.Door, First: n.desk.First,
		Ledger: n.desk.Ledger, Fleet: n.services.nodes, Tree: n.desk.Tree, Grants: n.desk.Grants,
		Version: version,
		GroupOf: func(client netip.Addr) (policy.GroupID, bool) { return n.view.Load().groupOf(client) },
		InForce: func() (*config.Config, *policy.Rules, map[string]int, map[string]time.Time) {
			v := n.view.Load()
			return v.cfg, v.rules, v.lists.Rules(), v.inForce
		},
		Status:  n.lists.store.Status,
		Explain: a.explain, Exported: n.jobs.Export,
		Held: func(ctx context.Context, name string) (any, bool, error) {
			found, err := n.held.weigh(ctx, name)
			if errors.Is(err, errNothingHeld) {
				return nil, false, nil
			}
			return found, true, err
		},
		Orders: n.lists.orders.Records,
		Report: a.report, Ready: a.ready, Conditions: n.conditions.List,
		SelfTest: func() any { return n.tester.State() }, StartSelfTest: n.tester.Start,
		Log: n.log,
	})
}

// openDesk opens what people decide by: from now on what they have decided is in force.
func openDesk(n *node, cfg *config.Config) (err error) {
	n.desk, err = desk.Open(cfg, desk.Sources{
		InForce: func() (*config.Config, *policy.Rules, *blocklist.List) {
			v := n.view.Load()
			return v.cfg, v.rules, v.list
		},
		Decide: n.decided.decide, Restructure: n.decided.restructure,
		Compile: func(ctx context.Context, console string) (yamlfile.Problems, error) {
			answer, err := n.jobs.Policy(ctx, n.flags, job.PolicyOrder{Console: console})
			if answer.Possible {
				return nil, err
			}
			return answer.Problems, err
		},
		Try: func(ctx context.Context, console string) (*policy.Policy, yamlfile.Problems, error) {
			return n.tryPolicy(ctx, n.flags, n.view.Load().cfg.PolicyDir(), console)
		},
		Facts: n.reports.facts, Feed: n.lists.source, Clean: n.jobs.Order, Listed: n.lists.listed,
		Hub:      func() string { return n.services.member.Hub() },
		Relisted: n.lists.wake, Feeds: n.lists.store, Requests: n.services.visitors.requests,
		Conditions: n.conditions, Log: n.log,
	})
	if err != nil {
		return config.StateError(cfg, err)
	}
	config.TakeChosen(cfg) // the ledger may know better than the file did
	n.held.opened = func() (names []string) {
		for _, e := range n.desk.Entries(n.view.Load().cfg.Timezone.Location) {
			if e.Allow {
				names = append(names, e.Name)
			}
		}
		return names
	}
	return nil
}

// openFleet opens what this machine has to do with a fleet: its hub, or what it has joined.
func openFleet(n *node, cfg *config.Config, version string) {
	n.services.nodes = nodes.New(nodes.Sources{
		Desk: n.desk.Desk, Ledger: n.desk.Ledger, Requests: n.services.visitors.requests,
		Conditions: n.conditions, Log: n.log,
		InForce: func() (*config.Config, *policy.Policy) {
			v := n.view.Load()
			return v.cfg, v.rules.Policy()
		},
		Decide: n.decided.decide, Restructure: n.decided.restructure, Begun: n.desk.Begun,
		Lists: n.lists.carried, Relisted: n.lists.changes.Load,
		Missing: func(name string) bool { return n.view.Load().cfg.Feed(name).Name != "" },
	})
	n.services.member = member.Open(cfg, member.Sources{
		Own: n.desk.Ledger, Orders: func() []order.Record { return n.lists.orders.Records() },
		Requests: n.services.visitors.requests,
		Decide:   n.decided.decide, Restructure: n.decided.restructure,
		Units: func() int { return n.view.Load().rules.Policy().NumGroups() },
		TakeList: func(ctx context.Context, is config.Carried, confirmed time.Time, text io.Reader) (bool, error) {
			return feed.Take(ctx, n.lists.store, is.Feed.Name, is.Copy, confirmed, text)
		},
		Confirm: func(ctx context.Context, name string, at time.Time) error {
			status, err := n.lists.store.Status(name)
			if err == nil {
				_, err = feed.Take(ctx, n.lists.store, name, status.Copy, at, nil)
			}
			return err
		},
		OwnList: func(name string) bool {
			f := n.view.Load().cfg.Feed(name)
			return f.Name != "" && !f.Carried
		},
		Digest: n.lists.digest, Relisted: n.lists.wake,
		Text:   func(name string) (*os.File, error) { return openText(n.lists, name) },
		Stands: n.lists.stands, Scripts: n.lists.scripts,
		Read: func() member.Reading {
			return member.Reading{Outcomes: n.counters.Outcomes(), Crashes: n.deaths.Load()}
		},
		Crashed: n.last != "", Conditions: n.conditions, Version: version, Log: n.log,
	})
	n.identity.fleet = n.services.member.Shared
	n.decided.entries = func() []policy.OverlayEntry {
		zone := n.cfg.Timezone.Location
		return append(n.services.member.Entries(zone), n.desk.Entries(zone)...)
	}
}
