package manage

import (
	"context"
	"net/netip"
	"path/filepath"
	"sync"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/manage/attendance"
	"lachan/cmd/lachan/manage/desk"
	"lachan/cmd/lachan/manage/selftest"
	"lachan/cmd/lachan/report"
	"lachan/cmd/lachan/source"
	"lachan/cmd/lachan/tested"
	"lachan/internal/fault"
	"lachan/internal/message"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/metrics/lull"
	"lachan/metrics/report/figures"
	"lachan/metrics/ship"
	"lachan/metrics/tally"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// startShipping sends history to the engine that the configuration names.
func (sv *services) startShipping(ctx context.Context) error {
	sv.shipper.Store(nil)
	sv.conditions.Clear(ship.Condition)
	if sv.cfg.Metrics.WriteURL == "" {
		return nil
	}
	shipper, err := ship.New(sv.history, sv.conditions, ship.Options{
		URL: sv.cfg.Metrics.WriteURL, Cursor: filepath.Join(sv.cfg.StateDir, "history", "shipped.json"),
		Node: sv.api.counters.Node(), Log: sv.log,
	})
	if err != nil {
		return err
	}
	sv.shipper.Store(shipper)
	sv.children.start(ctx, "shipping", shipper.Run)
	return nil
}

// startTally counts distinct clients and the names that are blocked most.
func (n *node) startTally(ctx context.Context) {
	n.children.start(ctx, "tally", tally.New(n.counters, tally.Options{
		Dir: n.cfg.DaysDir(), Zone: n.cfg.Timezone.Location,
		Keep: time.Duration(n.cfg.Metrics.History), Log: n.log,
	}).Run)
}

// newTester tests this node by what it answers by.
func newTester(n *node, cfg *config.Config) *selftest.Tester {
	core := make([]string, 0, len(n.reports.facts.Core))
	for i := range n.reports.facts.Core {
		core = append(core, n.reports.facts.Core[i].Name)
	}
	return selftest.New(selftest.Sources{
		InForce: func() (*config.Config, *policy.Rules, *blocklist.List) {
			if v := n.view.Load(); n.answering.Load() {
				return v.cfg, v.rules, v.list
			}
			return nil, nil, nil
		},
		ServesUnknown: func() bool {
			v := n.view.Load()
			return source.ServesUnknown(v.cfg, v.rules.Policy(), netip.IPv6Loopback())
		},
		Key: n.identity.standIn, Core: core, File: tested.File(cfg.StateDir), Conditions: n.conditions, Log: n.log,
	})
}

// newRegister compares schools with their own weeks.
func newRegister(n *node, cfg *config.Config) *attendance.Register {
	local := engine.NewLocal(n.history, engine.Limits{})
	return attendance.New(attendance.Sources{
		Policy: func() *policy.Policy {
			if v := n.view.Load(); v != nil {
				return v.rules.Policy()
			}
			return nil
		},
		History: func() attendance.Engine { return local }, Connectivity: n.counters.Connectivity,
		Dir: lull.Dir(cfg.StateDir), Days: cfg.DaysDir(), Conditions: n.conditions, Log: n.log,
	})
}

// protect tells the counters which schools and groups there are, so that those
// that have asked nothing are there too.
func (n *node) protect(p *policy.Policy) {
	n.counters.SetSchools(schools(p))
	for g, of := range p.Groups() {
		if g == 0 {
			continue // unknown clients
		}
		n.counters.AddGroup(of.School, of.ID)
	}
}

// tickTime is how long resolve may take to tell what it has counted until now. A scrape
// waits for it, also while resolve is away.
const tickTime = time.Second

// refresh brings what was counted until now, if it can be had. Any goroutine but
// that of run may call it.
func (r *resolves) refresh(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tickTime)
	defer cancel()
	_, _ = ask(ctx, r, message.Message{Kind: message.Tick}, r.ticked) // the newest tick will do otherwise
}

// historyReading is what a scrape wants to know of the statistics on disk.
func (a *api) historyReading() (r metrics.HistoryReading) {
	r.Ticked = a.history.Newest()
	if shipper := a.services.shipper.Load(); shipper != nil {
		r.Ships, r.Shipped, r.Refused = true, shipper.Until(), shipper.Refused()
	}
	return r
}

// fleetReading is how the nodes of this hub stand, or this node.
func (a *api) fleetReading() metrics.FleetReading {
	member := a.services.member
	return metrics.FleetReading{Nodes: a.services.nodes.Stand(), Joined: member.Hub() != "", Even: member.Even()}
}

// quiet says whether it is night where the schools are.
func quiet(zone *time.Location) func() bool {
	return func() bool {
		hour := time.Now().In(zone).Hour()
		return hour >= 22 || hour < 5
	}
}

// reports are made of what this server has counted.
type reports struct {
	*shared
	facts   *catalogue.Catalogue
	lists   *lists
	history *history.Recorder
	view    func() *view
	office  func() *desk.Office // where officers have written what the figures do not say
	one     sync.Mutex          // held while a report is made
}

// counted is what a unit's clients were counted to have asked in a period, and in each of
// its days, as a report would have it. It and reports are made one at a time.
func (r *reports) counted(
	ctx context.Context, unit, period string,
) (data *figures.Data, days []figures.DayCount, err error) {
	r.one.Lock()
	defer r.one.Unlock()
	caught := fault.Catch(func() {
		cfg, now := r.view().cfg, time.Now()
		var p figures.Period
		if p, err = figures.ParsePeriod(period, cfg.Reports.Calendar(cfg.Timezone.Location, now)); err != nil {
			return
		}
		var spec figures.Spec
		units := r.view().rules.Policy()
		if spec, err = report.Spec(unit, p, now, cfg, units, r.facts, r.lists.store, nil); err != nil {
			return
		}
		var from figures.Engine
		if from, err = r.engine(); err != nil {
			return
		}
		var whole *figures.Result
		if whole, err = figures.Build(ctx, from, spec); err != nil {
			return
		}
		data = whole.Data
		days, err = figures.ByDay(ctx, from, spec, data)
	})
	if caught != nil {
		err = caught
	}
	return data, days, err
}
