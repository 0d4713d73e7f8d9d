package metrics

import "sync/atomic"

// A Cell counts the queries of one group of one school by decision and
// category. It fills one cache line, so that two groups never share one; the
// counts of categories are allocated when they are first needed, as most
// groups meet few. Made by Counters.Cell; any number of goroutines may count.
type Cell struct {
	*cellKey

	allowed  atomic.Uint64
	blocked  byCategory
	excepted byCategory
	visits   atomic.Uint64
	checks   atomic.Pointer[[len(resultNames)]byCategory]
	number   uint64 // its own, for askerHash
	_        [8]byte
}

// pageSize is how many categories, in the order they were first named, are
// counted side by side: 16 counters are two cache lines.
const pageSize = 16

// byCategory is a counter for each Category, in pages that exist once they
// hold a count.
type byCategory struct {
	pages atomic.Pointer[[256 / pageSize]atomic.Pointer[page]]
}

type page [pageSize]atomic.Uint64

func (c *Cell) count(d Decision, category Category) {
	switch d {
	case DecisionAllowed:
		c.allowed.Add(1)
	case DecisionBlocked:
		c.blocked.add(category, 1)
	case DecisionExcepted:
		c.excepted.add(category, 1)
	}
}

// each calls yield for every counter of the group that is not zero.
func (c *Cell) each(yield func(Odometer, uint64)) {
	if n := c.allowed.Load(); n > 0 {
		yield(Odometer{cell: c}, n)
	}
	c.blocked.each(func(category Category, n uint64) {
		yield(Odometer{cell: c, decision: DecisionBlocked, category: category}, n)
	})
	c.excepted.each(func(category Category, n uint64) {
		yield(Odometer{cell: c, decision: DecisionExcepted, category: category}, n)
	})
	if n := c.visits.Load(); n > 0 {
		yield(Odometer{cell: c, visits: true}, n)
	}
	c.eachCheck(func(result Result, category Category, n uint64) {
		yield(Odometer{cell: c, result: uint8(result) + 1, category: category}, n)
	})
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

// loadOrNew is what p points at, a new T when it pointed at nothing. Of
// several goroutines that find nothing, all get the same T.
func loadOrNew[T any](p *atomic.Pointer[T]) *T {
	if v := p.Load(); v != nil {
		return v
	}
	p.CompareAndSwap(nil, new(T))
	return p.Load()
}
