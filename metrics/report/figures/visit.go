package figures

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics"
)

// CheckCounts are the checks of the filter that were made at schools.
type CheckCounts struct {
	All        Figure       `json:"all"`
	Passed     Figure       `json:"passed"`
	Failed     Figure       `json:"failed"`
	Allowed    Figure       `json:"allowed"` // of what the policy allows at that time
	Categories []CheckCount `json:"categories"`
	Unchecked  Figure       `json:"unchecked"` // schools that made none
}

// A CheckCount is the checks of one category.
type CheckCount struct {
	Code    string `json:"code"`
	Label   string `json:"label"`
	Passed  Figure `json:"passed"`
	Failed  Figure `json:"failed"`
	Allowed Figure `json:"allowed"`
}

// A counted is the increase of one counter in the period.
type counted struct {
	labels labels.Labels
	before bool // it was there when the period began
	n      int64
}

// counted reads the increase of the counters of a metric between two moments; match
// tells counters apart. A counter that went back was lost with its node: its value at
// the end is all that is known.
func (r *reader) counted(
	ctx context.Context,
	s selector,
	match func(labels.Labels) string,
	from, to time.Time,
) (list []counted, err error) {
	began, err := r.last(ctx, s, match, from, lookback)
	if err != nil {
		return nil, err
	}
	ended, err := r.last(ctx, s, match, to, lookback)
	if err != nil {
		return nil, err
	}
	before := make(map[string]float64, len(began))
	for _, sample := range began {
		before[match(sample.Labels)] = sample.Value
	}
	seen := make(map[string]bool, len(ended))
	for _, sample := range ended {
		key := match(sample.Labels)
		if seen[key] {
			continue // an engine has it twice, under labels of its own
		}
		seen[key] = true
		was, known := before[key]
		if sample.Value < was {
			was = 0
		}
		list = append(list, counted{sample.Labels, known, int64(sample.Value - was)})
	}
	return list, nil
}

// readVisits reads how many visits schools made, which is known only if every
// node that counted queries before the period began counted visits too.
func (g *gatherer) readVisits(ctx context.Context, s selector) error {
	g.visits = Figure{Sign: NoData}
	s.metric = metrics.SchoolVisits
	list, err := g.reader.counted(ctx, s, identity, g.spec.Period.Start, g.until)
	if err != nil {
		return err
	}
	sum, counts := Figure{Sign: NoData}, make(map[string]bool)
	for _, c := range list {
		if g.census.schools[schoolOf(c.labels)] != nil {
			sum = Plus(sum, Number(c.n))
			counts[nodeOf(c.labels)] = counts[nodeOf(c.labels)] || c.before
		}
	}
	for node := range g.census.began {
		if !counts[node] {
			return nil
		}
	}
	if sum.Known() {
		total := g.census.total()
		g.visits = Number(min(sum.Value, total.all())) // it is an estimate
	}
	return nil
}

// readObserved reads what passed and was observed.
func (g *gatherer) readObserved(ctx context.Context, s selector) error {
	s.metric = metrics.SchoolObserved
	list, err := g.reader.counted(ctx, s, identity, g.spec.Period.Start, g.until)
	if err != nil {
		return err
	}
	passed := map[string]int64{}
	for _, c := range list {
		if g.census.schools[schoolOf(c.labels)] != nil {
			passed[c.labels.Get("category")] += c.n
		}
	}
	for _, category := range g.census.categories {
		if n := passed[category.Code]; n > 0 {
			g.observed = append(g.observed, ObservedCount{category.Code, category.Label, Number(n)})
		}
	}
	return nil
}

// readChecks reads the checks of the filter. A node that counts visits counts
// checks too, so if it sends none there were none.
func (g *gatherer) readChecks(ctx context.Context, s selector) error {
	s.metric = metrics.SchoolChecks
	list, err := g.reader.counted(ctx, s, identity, g.spec.Period.Start, g.until)
	if err != nil {
		return err
	}
	none := Figure{Sign: NoData}
	g.checks = CheckCounts{
		All:        none,
		Passed:     none,
		Failed:     none,
		Allowed:    none,
		Unchecked:  none,
		Categories: []CheckCount{},
	}
	checked, byCategory := make(map[string]bool), make(map[string]*CheckCount)
	for _, c := range list {
		if c.n > 0 && g.census.schools[schoolOf(c.labels)] != nil {
			checked[schoolOf(c.labels)] = true
			g.checks.add(c, byCategory)
		}
	}
	if len(checked) == 0 && !g.visits.Known() {
		return nil
	}
	for _, f := range []*Figure{&g.checks.All, &g.checks.Passed, &g.checks.Failed, &g.checks.Allowed} {
		*f = Plus(*f, Number(0))
	}
	g.checks.Unchecked = Number(int64(len(g.schools) - len(checked)))
	for _, category := range g.census.categories {
		if count := byCategory[category.Code]; count != nil {
			count.Code, count.Label = category.Code, category.Label
			g.checks.Categories = append(g.checks.Categories, *count)
		}
	}
	return nil
}

// add adds the increase of a counter. A check without a category is in no row of
// categories.
func (c *CheckCounts) add(of counted, byCategory map[string]*CheckCount) {
	code := of.labels.Get("category")
	count := byCategory[code]
	if count == nil {
		count = new(CheckCount)
		byCategory[code] = count
	}
	all, one := &c.Passed, &count.Passed
	switch of.labels.Get("result") {
	case "failed":
		all, one = &c.Failed, &count.Failed
	case "allowed":
		all, one = &c.Allowed, &count.Allowed
	}
	n := Number(of.n)
	c.All, *all, *one = Plus(c.All, n), Plus(*all, n), Plus(*one, n)
}

// hide suppresses the figures of a unit that is too small itself.
func (c *CheckCounts) hide() {
	star := Figure{Sign: Suppressed}
	*c = CheckCounts{star, star, star, star, []CheckCount{}, star}
}
