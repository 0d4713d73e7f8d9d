package manage

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"lachan/admin/request"
	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/impact"
	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/source"
	"lachan/internal/message"
	"lachan/internal/yamlfile"
	"lachan/metrics"
	"lachan/metrics/history"
	"lachan/policy/catalogue"
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
	build := command.BuildOf(version)
	n := &node{
		log: cfg.Log.Logger(), load: load, flags: flags, build: build, facts: facts, core: source.Core(facts),
		conditions: &metrics.Conditions{},
		counters: metrics.NewAggregator(
			cfg.NodeName(), metrics.BuildInfo{Version: build.Version, Revision: build.Revision},
		),
		supervisor: supervisor{
			orders: make(
				chan input, 16,
			), listening: make(chan message.Refusal, 1), sockets: map[message.Socket]socket{},
		},
		resolves: resolves{
			said: make(chan input, 16), asked: make(chan inforce.Asked, 1), proven: make(chan message.Refusal, 1),
			ticked: make(chan struct{}, 1),
		},
		lists: lists{
			builtin: source.Builtin(facts), inForce: map[string]time.Time{},
			updates: make(chan struct{}, 1), compiled: make(chan compilation, 1),
		},
		held: held{impacts: map[string]impact.Impact{}, weighed: make(chan impact.Impact, 1)},
	}
	n.children.log, n.children.conditions = n.log, n.conditions
	if err := n.openState(cfg); err != nil {
		return nil, nil, err
	}
	p, problems := n.loadPolicy(ctx, cfg, nil)
	if p == nil {
		return nil, problems, nil
	}
	if _, problem := cfg.OpenUpstreams(nil, nil); problem != nil {
		return nil, yamlfile.Problems{*problem}, nil
	}
	if n.identity.certificate, err = openCertificate(cfg); err != nil {
		return nil, nil, err
	}
	n.cfg, n.policy = cfg, p
	n.renewCookies(time.Now())
	if err := n.firstLists(ctx); err != nil {
		return nil, nil, err
	}
	n.refreshView()
	n.recordOrders(time.Time{}, time.Now())
	return n, problems, nil
}

// openState opens what is in the folder of the state.
func (n *node) openState(cfg *config.Config) (err error) {
	if err := cfg.MakeStateDir(); err != nil {
		return err
	}
	if n.lists.store, err = feed.Open(cfg.FeedsDir()); err != nil {
		return err
	}
	n.lists.store.UserAgent = "lachan/" + n.build.Version
	n.lists.store.Examine = job.Examine
	n.lists.disk = blocklist.NewStore(cfg.ListsDir())
	n.history = history.NewRecorder(cfg.HistoryDir(), n.counters, n.conditions, history.Options{
		Refresh:   n.refresh,
		Retention: time.Duration(cfg.Metrics.History), Quiet: quiet(cfg.Timezone.Location), Log: n.log,
	})
	n.openLinks(filepath.Join(cfg.StateDir, "links.json"))
	if n.requests, err = request.Open(cfg.RequestsDir()); err != nil {
		return err
	}
	orders, damaged, err := order.Open(cfg.OrdersFile())
	if damaged > 0 {
		n.log.Error("records of orders that cannot be read", "lines", damaged)
		n.conditions.Set("orders-damaged", textOrdersDamaged.With(damaged).String())
	}
	if err != nil {
		n.log.Error("read record of orders", "error", err)
		n.conditions.Set("orders", err.Error())
	}
	n.lists.orders = orders
	return nil
}

// firstLists opens the newest compiled lists. Without any it compiles what is
// on disk before anything is answered, so that a start never filters less than
// it could.
func (n *node) firstLists(ctx context.Context) error {
	newest, damaged := n.lists.disk.OpenLatest()
	for _, err := range damaged {
		n.log.Error("compiled lists set aside", "error", err)
		n.conditions.Set("snapshot-damaged", err.Error())
	}
	if newest == nil {
		c := n.compile(ctx, nil, n.cfg.ListsDir(), n.files())
		if c.err != nil {
			return fmt.Errorf("compile the first lists: %w", c.err)
		}
		newest = c.lists
	}
	n.useLists(newest)
	return nil
}
