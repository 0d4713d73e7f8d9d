package main

import (
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"lachan/admin/request"
	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/blocklist/order"
	"lachan/blocklist/rpzout"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/impact"
	"lachan/cmd/lachan/source"
	"lachan/internal/eventloop"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/metrics"
	"lachan/metrics/history"
	"lachan/metrics/ship"
	"lachan/policy"
	"lachan/policy/catalogue"
	"lachan/resolver"
	"lachan/resolver/certificate"
	"lachan/resolver/certificate/renewal"
	"lachan/resolver/cookie"
	"lachan/resolver/listen"
	"lachan/resolver/upstream"
)

// A node is the running program. All but what is named otherwise belongs to
// the goroutine of run, which is the only one that changes what is in force;
// what others read it publishes whole, as a view.
type node struct {
	log           *slog.Logger
	load          func() (*config.Config, yamlfile.Problems) // reads the configuration again
	facts         *catalogue.Catalogue
	core          func(n *domain.Name, below bool) bool
	builtin       []blocklist.Source
	counters      *metrics.Counters
	aggregator    *metrics.Aggregator // of counters
	gathered      gathered
	conditions    *metrics.Conditions
	resolver      *resolver.Resolver
	loops         *eventloop.Loops
	sockets       []listen.Socket // that the resolver serves copies of
	store         *feed.Store
	compiledLists *blocklist.Store
	orders        *order.Log
	history       *history.Recorder
	reporting     sync.Mutex // held while a report is made

	cfg       *config.Config
	policy    *policy.Policy
	lists     *blocklist.Lists
	list      *blocklist.List // lists, bound to policy
	upstreams *upstream.Zones
	// certificate is that of the encrypted endpoints; nil if there is none.
	certificate *certificate.Watcher
	secrets     certificate.Store // of the encrypted endpoints
	renewer     *renewal.Renewer  // nil if no authority is asked
	linked      *resolver.Linked
	cookies     cookie.Secrets
	requests    *request.Store
	serial      uint64               // of list and policy together
	inForce     map[string]time.Time // feed -> since when its copy decides

	updates   chan struct{} // a feed has a new copy; holds at most one
	compiled  chan compilation
	compiling bool
	again     bool                     // something changed while compiling
	impacts   map[string]impact.Impact // feed -> what its version that is held back would do
	weighed   chan impact.Impact
	weighing  bool
	rpzOut    *rpzout.Server               // nil when no zones are served
	shipper   atomic.Pointer[ship.Shipper] // nil when history is not sent
	updater   atomic.Pointer[feed.Updater] // the readers of sockets trigger it, see notify
	children  children

	weighingOne sync.Mutex // one version is weighed at a time, in a folder of its own

	view atomic.Pointer[view]
}

// A view is what is in force, for those who only look.
type view struct {
	cfg       *config.Config
	rules     *policy.Rules
	lists     *blocklist.Lists
	list      *blocklist.List
	upstreams *upstream.Zones
	inForce   map[string]time.Time
}

// newNode opens what is on disk and puts the first rules in force. It listens
// to nothing and starts nothing yet.
func newNode(cfg *config.Config, log *slog.Logger, load func() (*config.Config, yamlfile.Problems)) (*node, yamlfile.Problems, error) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, nil, err
	}
	build := command.BuildOf(version)
	n := &node{
		log: log, load: load, facts: facts, core: source.Core(facts), builtin: source.Builtin(facts),
		conditions: &metrics.Conditions{},
		counters:   metrics.New(cfg.NodeName()),
		aggregator: metrics.NewAggregator(cfg.NodeName(), metrics.BuildInfo{Version: build.Version, Revision: build.Revision}),
		inForce:    map[string]time.Time{},
		updates:    make(chan struct{}, 1),
		compiled:   make(chan compilation, 1),
		impacts:    map[string]impact.Impact{},
		weighed:    make(chan impact.Impact, 1),
	}
	n.aggregator.Live(n.counters.Epoch())
	if n.loops, err = eventloop.New(eventloop.Count); err != nil {
		return nil, nil, err
	}
	n.resolver = resolver.New(n.counters, n.loops, log)
	p, problems := source.LoadPolicy(cfg, nil)
	if p == nil {
		return nil, problems, nil
	}
	zones, problem := cfg.OpenUpstreams(n.loops, nil)
	if problem != nil {
		return nil, yamlfile.Problems{*problem}, nil
	}
	if n.certificate, err = openCertificate(cfg); err != nil {
		return nil, nil, err
	}
	if err := n.openState(cfg); err != nil {
		return nil, nil, err
	}
	n.cfg, n.policy, n.upstreams = cfg, p, zones
	n.useCertificate()
	n.renewCookies(time.Now())
	if err := n.firstLists(); err != nil {
		return nil, nil, err
	}
	n.putInForce()
	n.recordOrders(time.Time{}, time.Now())
	return n, problems, nil
}

func (n *node) openState(cfg *config.Config) (err error) {
	if err := cfg.MakeStateDir(); err != nil {
		return err
	}
	if n.store, err = feed.Open(cfg.FeedsDir()); err != nil {
		return err
	}
	n.store.UserAgent = "lachan/" + version
	n.compiledLists = blocklist.NewStore(cfg.ListsDir())
	n.history = history.NewRecorder(cfg.HistoryDir(), n.aggregator, n.conditions, history.Options{
		Refresh:   n.gather,
		Retention: time.Duration(cfg.Metrics.History), Quiet: quiet(cfg.Timezone.Location), Log: n.log,
	})
	if n.linked, err = openLinked(cfg); err != nil {
		n.log.Error("linked addresses set aside", "error", err)
		n.conditions.Set("links-damaged", wording.LinksDamaged.With(err).String())
	}
	if n.requests, err = request.Open(cfg.RequestsDir()); err != nil {
		return err
	}
	orders, damaged, err := order.Open(cfg.OrdersFile())
	if damaged > 0 {
		n.log.Error("records of orders that cannot be read", "lines", damaged)
		n.conditions.Set("orders-damaged", wording.OrdersDamaged.With(damaged).String())
	}
	if err != nil {
		n.log.Error("read record of orders", "error", err)
		n.conditions.Set("orders", err.Error())
	}
	n.orders = orders
	return nil
}

// firstLists opens the newest compiled lists. Without any it compiles what is
// on disk before anything is answered, so that a start never filters less than
// it could.
func (n *node) firstLists() error {
	lists, damaged := n.compiledLists.OpenLatest()
	for _, err := range damaged {
		n.log.Error("compiled lists set aside", "error", err)
		n.conditions.Set("snapshot-damaged", err.Error())
	}
	if lists == nil {
		c := n.compileFirst()
		if c.err != nil {
			return fmt.Errorf("compile the first lists: %w", c.err)
		}
		lists = c.lists
	}
	n.useLists(lists)
	return nil
}

// useLists makes lists the ones that putInForce gives to the resolver.
func (n *node) useLists(l *blocklist.Lists) {
	rules, now := l.Rules(), time.Now()
	for name := range rules {
		if n.lists == nil || n.lists.Digest(name) != l.Digest(name) {
			n.inForce[name] = now
		}
	}
	maps.DeleteFunc(n.inForce, func(name string, _ time.Time) bool { _, there := rules[name]; return !there })
	n.lists = l
	n.list = source.Bind(l, n.policy, n.cfg)
	n.serial++
}

// putInForce hands the lists, the policy and this minute to the resolver.
func (n *node) putInForce() {
	if n.list.Timed() {
		n.serial++ // what an entry says may have changed with the minute
	}
	rules := n.policy.At(n.list, time.Now(), n.serial)
	n.resolver.Use(n.settings(), rules, n.upstreams)
	n.view.Store(&view{
		cfg: n.cfg, rules: rules, lists: n.lists, list: n.list, upstreams: n.upstreams, inForce: maps.Clone(n.inForce),
	})
}

// missingRequired tells whether a feed that must be there is not.
func (n *node) missingRequired() bool {
	rules := n.lists.Rules()
	for _, f := range n.cfg.Feeds {
		if _, there := rules[f.Name]; !there && f.OnMissing == config.Refuse {
			return true
		}
	}
	return false
}

func (n *node) settings() *resolver.Settings {
	cfg := n.cfg
	s := &resolver.Settings{
		Closed:            n.missingRequired(),
		RefuseUnknown:     cfg.Server.UnknownClient == config.RefuseUnknown,
		TrustedForwarders: cfg.Server.TrustedForwarders,
		ProxyProtocol:     cfg.Server.ProxyProtocol,
		Cookies:           n.cookies,
		StructuredErrors:  cfg.Server.StructuredErrors,
		CookiesExempt:     cfg.Server.Cookies.Exempt,
		ClientRate:        cfg.Server.RateLimit.PerClient,
		UnitRate:          cfg.Server.RateLimit.PerUnit,
		RebindProtection:  cfg.Server.RebindProtection,
		Version:           cfg.Server.Identity.Version,
		ID:                cfg.Server.Identity.ID,
		BlockTTL:          cfg.Server.BlockTTL,
		PageV4:            cfg.Server.Page.A,
		PageV6:            cfg.Server.Page.AAAA,
		CheckName:         cfg.CheckName(),
		TrustAD:           cfg.Upstream.TrustAD,
		Timeout:           cfg.Upstream.Timeout,
		CacheEntries:      cfg.Cache.Entries,
		Lifetimes: resolver.Lifetimes{
			MinTTL: cfg.Cache.MinTTL, MaxTTL: cfg.Cache.MaxTTL,
			NegativeTTL: cfg.Cache.NegativeTTL, StaleFor: cfg.Cache.StaleFor,
		},
		Prefetch:       cfg.Cache.Prefetch,
		TCPConnections: cfg.Server.TCP.Connections,
		TCPPerClient:   cfg.Server.TCP.PerClient,
		TCPIdle:        cfg.Server.TCP.IdleTimeout,
		TCPLifetime:    cfg.Server.TCP.Lifetime,
		TCPMaxBytes:    int64(cfg.Server.TCP.MaxBytes),
		TLS:            n.tlsConfig(),
		TLSName:        cfg.ServerName(),
		DoHPath:        cfg.Server.DoHPath,
		UnitIDs:        cfg.Server.TLS.UnitIDs,
		Linked:         n.linked,
		Discovery:      n.discovery(),
		Notify:         n.notify(cfg),
	}
	return s
}
