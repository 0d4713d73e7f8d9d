package metrics

import "sync/atomic"

// GroupCounters count the queries of one group of one school by decision and
// category. They fill one cache line, so that two groups never share one; the
// counts of categories are allocated when they are first needed, as most groups
// meet few. Made by Counters.Group; any number of goroutines may count.
type GroupCounters struct {
	*groupKey

	allowed  atomic.Uint64
	blocked  byCategory
	excepted byCategory
	visits   atomic.Uint64
	checks   atomic.Pointer[checks]
	number   uint64 // different for each group, for clientHash
	observed byCategory
}

// Check counts a check by a group, of CategoryNone if it asked for no category.
func (g *GroupCounters) Check(category Category, result Result) { g.check(category, result, 1) }

func (g *GroupCounters) check(category Category, result Result, n uint64) {
	loadOrNew(&g.checks).results[result].add(category, n)
}

// checks are those of the filter, and of the network: questions by which devices look
// whether there is one.
type checks struct {
	results      [len(resultNames)]byCategory
	connectivity atomic.Uint64
}

// Number tells the group from others in this process; 0 is none.
func (g *GroupCounters) Number() uint64 {
	if g == nil {
		return 0
	}
	return g.number
}

// pageSize is how many categories, in the order they were first named, are
// counted side by side: 16 counters are two cache lines.
const pageSize = 16

// byCategory has a counter for each Category, in pages that are made when first
// needed.
type byCategory struct {
	pages atomic.Pointer[[256 / pageSize]atomic.Pointer[page]]
}

type page [pageSize]atomic.Uint64

func (g *GroupCounters) count(d Decision, category Category) {
	switch d {
	case DecisionAllowed:
		g.allowed.Add(1)
	case DecisionBlocked:
		g.blocked.add(category, 1)
	case DecisionExcepted:
		g.excepted.add(category, 1)
	}
}

// countBeside counts what a query is besides its decision.
func (g *GroupCounters) countBeside(e *Event) {
	if e.Observed != CategoryNone {
		g.observed.add(e.Observed, 1)
	}
	if e.Connectivity {
		loadOrNew(&g.checks).connectivity.Add(1)
	}
}

// each calls yield for every counter of the group that is not zero.
func (g *GroupCounters) each(yield func(Counter, uint64)) {
	if n := g.allowed.Load(); n > 0 {
		yield(queriesOf(g, DecisionAllowed, CategoryNone), n)
	}
	g.eachButAllowed(yield)
}

// eachButAllowed is each without the queries that were allowed.
func (g *GroupCounters) eachButAllowed(yield func(Counter, uint64)) {
	g.blocked.each(func(category Category, n uint64) { yield(queriesOf(g, DecisionBlocked, category), n) })
	g.excepted.each(func(category Category, n uint64) { yield(queriesOf(g, DecisionExcepted, category), n) })
	if n := g.visits.Load(); n > 0 {
		yield(Counter{kind: kindVisits, group: g}, n)
	}
	g.observed.each(func(category Category, n uint64) {
		yield(Counter{kind: kindObserved, group: g, category: category}, n)
	})
	checks := g.checks.Load()
	if checks == nil {
		return
	}
	if n := checks.connectivity.Load(); n > 0 {
		yield(Counter{kind: kindConnectivity, group: g}, n)
	}
	for result := range checks.results {
		checks.results[result].each(func(category Category, n uint64) {
			yield(Counter{kind: kindChecks, group: g, what: uint8(result), category: category}, n)
		})
	}
}

func (b *byCategory) add(category Category, n uint64) {
	pages := loadOrNew(&b.pages)
	loadOrNew(&pages[category/pageSize])[category%pageSize].Add(n)
}

// each calls yield for every category that was counted, in order.
func (b *byCategory) each(yield func(Category, uint64)) {
	pages := b.pages.Load()
	if pages == nil {
		return
	}
	for p := range pages {
		page := pages[p].Load()
		if page == nil {
			continue
		}
		for i := range page {
			if n := page[i].Load(); n > 0 {
				yield(Category(p*pageSize+i), n)
			}
		}
	}
}

// loadOrNew returns what p points at, and makes it if p is nil. All goroutines get
// the same T.
func loadOrNew[T any](p *atomic.Pointer[T]) *T {
	if v := p.Load(); v != nil {
		return v
	}
	p.CompareAndSwap(nil, new(T))
	return p.Load()
}
