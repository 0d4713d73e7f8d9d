package feed

import (
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

const maxCoreNames = 20

// core collects the entries of a list that name, or cover, what is never
// blocked.
type core struct {
	is    func(n *domain.Name, below bool) bool // may be nil
	name  domain.Name
	hits  int
	names []string // the first of them
}

func (c *core) add(r *format.Rule) {
	if c.is == nil || r.Name == "" || r.Allow || r.Act == format.ActPassthru || c.name.SetText(r.Name) != nil ||
		!c.is(&c.name, r.Scope != format.Exact) {
		return
	}
	if c.hits++; c.hits <= maxCoreNames {
		c.names = append(c.names, r.Name)
	}
}
