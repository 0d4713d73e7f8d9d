package report

import (
	"cmp"
	"context"
	"os"
	"strings"
	"time"

	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/lookup"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/tested"
	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/metrics/lull"
	"lachan/metrics/report/figures"
	"lachan/metrics/tally"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// offlineSpec is what a report needs to know beside figures, as files on disk
// have it.
func offlineSpec(
	o *offline.Offline, unit string, p figures.Period, orders []figures.Order, now time.Time,
) (figures.Spec, error) {
	store, err := feed.Open(o.Config.FeedsDir())
	if err != nil {
		return figures.Spec{}, err
	}
	return Spec(unit, p, now, o.Config, o.Policy, o.Facts, store, orders)
}

// Spec puts together what is known of units, categories, lists and orders.
func Spec(
	unit string, p figures.Period, now time.Time, cfg *config.Config, units *policy.Policy,
	facts *catalogue.Catalogue, store *feed.Store, orders []figures.Order,
) (figures.Spec, error) {
	if now.Before(p.Start) {
		return figures.Spec{}, usage(textFuture.With(p.Code))
	}
	if unit == everySchool {
		unit = ""
	}
	spec := figures.Spec{
		Unit: unit, Period: p, Now: now,
		Units: unitsOf(units, endOrNow(p, now)), Categories: categoriesOf(units, facts),
		Keeping: figures.Keeping{
			Retention: time.Duration(cfg.Metrics.History), QueryLog: cfg.Log.Queries != config.QueriesOff,
		},
	}
	lessons := units.Lessons()
	spec.Hours = figures.Hours{From: lessons.From, To: lessons.To, On: units.LessonsOn, Own: lessons.Own}
	// A day that cannot be read is one that nothing is known of: the report says
	// how many there are.
	spec.Days, _ = tally.Read(cfg.DaysDir(), p.Start.Format(time.DateOnly), p.Last().Format(time.DateOnly))
	spec.Requests = requestsOf(cfg, units, now)
	spec.Ledger, spec.Tests, spec.Quiet = ledgerOf(cfg), testsOf(cfg, p), quietOf(cfg, p)
	spec.Decisions, spec.Keeping.Taps = decisionsOf(cfg, p), TapsOf(cfg, p)
	for _, l := range facts.Levels {
		spec.Levels = append(spec.Levels, [2]string{l.Code, l.Label.VI})
	}
	spec.Nodes = cfg.Metrics.Nodes
	spec.Groups = make(map[string]string)
	for _, g := range units.Groups() {
		if g.Kind == policy.GroupKind {
			spec.Groups[g.UnitID()] = g.Name
		}
	}
	spec.Orders = orders
	spec.Kept = keptOf(cfg, unit, p.Previous().Code, p.YearAgo().Code)
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		status, err := store.Status(f.Name)
		if err != nil {
			return figures.Spec{}, err
		}
		spec.Feeds = append(spec.Feeds, figures.Feed{
			Name: f.Name, Category: f.Category, Authority: f.Authority.Name, Document: f.Authority.Document,
			Entries: status.Copy.Entries, Updated: status.LastSuccess, Late: status.Failure.EN != "", Holds: status.Holds,
		})
	}
	return spec, nil
}

// testsOf are the tests that this node made of itself; none if they cannot be read.
func testsOf(cfg *config.Config, p figures.Period) (list []figures.SelfTest) {
	runs, _ := tested.Read(tested.File(cfg.StateDir), p.Start.Format(time.DateOnly), p.Last().Format(time.DateOnly))
	for i := range runs {
		r := &runs[i]
		one := figures.SelfTest{Day: r.Day, Questions: r.Questions, Failed: r.Failed, Empty: r.Empty}
		for _, f := range r.Failures {
			one.Failures = append(one.Failures, figures.TestFailure{
				Kind: string(f.Kind), Door: f.Door, Unit: f.Unit, Category: f.Category, Name: f.Name, Times: f.Times,
			})
		}
		list = append(list, one)
	}
	return list
}

// quietOf are school days with far fewer questions than usual, as this node has found them;
// none if that cannot be read.
func quietOf(cfg *config.Config, p figures.Period) (list []figures.QuietDay) {
	dir := lull.Dir(cfg.StateDir)
	all, _ := lull.ReadJudgements(dir, p.Start.Format(time.DateOnly), p.Last().Format(time.DateOnly))
	for i := range all {
		for _, f := range all[i].Found {
			day := figures.QuietDay{Day: f.Day, School: f.School, Sure: f.Sure, Asked: f.Asked, Usual: f.Usual}
			list = append(list, day)
		}
	}
	return list
}

// ledgerOf is the end of the ledger as it was a moment ago; zero if there is none here, or
// the user may not read it.
func ledgerOf(cfg *config.Config) figures.LedgerHead {
	h, err := ledger.ReadHead(config.LedgerDir(cfg))
	if err != nil {
		return figures.LedgerHead{}
	}
	return figures.LedgerHead{Seq: h.Seq, Hash: h.Hash, Key: h.Key, Sig: h.Sig}
}

// requestsOf are the requests that names be opened, each with the hours of school that it
// took; nil where none are kept.
func requestsOf(cfg *config.Config, units *policy.Policy, now time.Time) (list []figures.Request) {
	dir := cfg.RequestsDir()
	if _, err := os.Stat(dir); err != nil {
		return nil
	}
	store, err := request.Open(dir)
	if err != nil {
		return nil
	}
	kept, _, err := store.List() // `lachan requests` names the damaged ones
	if err != nil {
		return nil
	}
	list = make([]figures.Request, 0, len(kept))
	for _, r := range kept {
		school, _, _ := strings.Cut(r.Unit, "/")
		one := figures.Request{School: school, Came: r.First}
		end := now
		if r.Answer != nil {
			one.Answered, one.Outcome, end = r.Answer.At, r.Answer.Outcome, r.Answer.At
		}
		one.Spent = SchoolHours(units, r.Unit).Between(r.First, end)
		one.Late = one.Spent > request.UsualTarget
		list = append(list, one)
	}
	return list
}

// SchoolHours are the hours in which lessons are held in a unit.
func SchoolHours(units *policy.Policy, unit string) request.Hours {
	lessons := units.Lessons()
	group, _ := units.GroupOf(unit)
	calendar := units.Calendar(group)
	return request.Hours{
		From: lessons.From, To: lessons.To, Zone: units.Location(),
		On: func(day time.Time) bool { return units.LessonsOn(calendar, day) },
	}
}

// unitsOf are the units of the policy that stand in reports, and how they
// are set up at a moment. Groups do not: what they except is their school's.
func unitsOf(p *policy.Policy, at time.Time) (units []figures.Unit) {
	ranks := map[policy.Kind]figures.Rank{
		policy.Province: figures.Province, policy.Commune: figures.Commune, policy.School: figures.School,
	}
	place := make(map[string]*figures.Settings)
	standings := p.Standings(at)
	for i, g := range p.Groups() {
		rank, ok := ranks[g.Kind]
		if !ok {
			continue
		}
		s := standings[i]
		place[g.School] = &figures.Settings{
			SafeSearch: s.SafeSearch, YouTube: s.YouTube, Circumvention: s.Circumvention,
			Exceptions: s.Exceptions, Expired: s.Expired,
		}
		units = append(units, figures.Unit{
			ID: g.School, Name: cmp.Or(g.Name, g.School), Rank: rank, Province: g.Province, Commune: g.Commune,
			Level: g.Level, Type: g.Type, Students: g.Students, Settings: place[g.School], Calendar: p.Calendar(i),
		})
	}
	for i, g := range p.Groups() {
		if settings := place[g.School]; settings != nil && g.Kind == policy.GroupKind {
			settings.Exceptions += standings[i].Exceptions
			settings.Expired += standings[i].Expired
		}
	}
	return units
}

// categoriesOf are what blocks are counted in, in the order of the policy.
func categoriesOf(p *policy.Policy, facts *catalogue.Catalogue) (list []figures.Category) {
	classes := map[catalogue.Class]figures.Class{
		catalogue.Harmful: figures.Harmful, catalogue.Managed: figures.Managed, catalogue.Technical: figures.Technical,
	}
	for tag := range policy.NoCategory {
		code := p.CategoryCode(uint8(tag))
		if own, counted := p.Counted(code); !counted || int(own) != tag {
			continue
		}
		c := figures.Category{Code: code, Label: p.Label(uint8(tag)).VI, Class: figures.Managed}
		if i, known := facts.Category(code); known {
			c.Class = classes[facts.Categories[i].Class]
		}
		list = append(list, c)
	}
	return list
}

// engineOf is where the figures are: at metrics.query_url when there is
// one, at the server that runs here, or in the history on disk.
func engineOf(ctx context.Context, cfg *config.Config) (figures.Engine, func(), error) {
	if cfg.Metrics.QueryURL != "" {
		system, _ := config.SystemUpstreams(cfg) // without any, a look-up says so
		if _, err := lookup.Own(cfg, system); err != nil {
			return nil, nil, err
		}
		remote, err := engine.NewRemote(cfg.Metrics.QueryURL)
		return remote, func() {}, err
	}
	address := cfg.HTTP.URL()
	if cfg.HTTP.Listen.IsValid() && command.AskHealth(ctx, address+"/healthz") == nil {
		remote, err := engine.NewRemote(address)
		if err != nil {
			return nil, nil, err
		}
		token, err := cfg.HTTP.Token()
		remote.Show(token)
		return remote, func() {}, err
	}
	dir := cfg.HistoryDir()
	if _, err := os.Stat(dir); err != nil {
		if !cfg.HTTP.Listen.IsValid() {
			return nil, nil, command.Fail(textNowhereOff.With(dir))
		}
		return nil, nil, command.Fail(textNowhere.With(dir, address))
	}
	store, err := history.Open(dir, history.Options{Retention: time.Duration(cfg.Metrics.History)})
	if err != nil {
		return nil, nil, command.Fail(textBusy.With(dir, err))
	}
	return engine.NewLocal(store, engine.Limits{}), func() { _ = store.Close() }, nil // only read
}

// endOrNow is the end of a period, or now when it is not over.
func endOrNow(p figures.Period, now time.Time) time.Time {
	if now.Before(p.End) {
		return now
	}
	return p.End
}
