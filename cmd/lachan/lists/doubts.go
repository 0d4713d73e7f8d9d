package lists

import (
	"fmt"

	"lachan/blocklist/domain"
	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/source"
)

// doubts are the entries of a table that nodes will not take without a word. Who
// writes the table is told before it is published.
type doubts struct {
	core  func(n *domain.Name, below bool) bool
	seen  map[string]bool
	found []doubt.Entry
}

func newDoubts() (*doubts, error) {
	core, err := source.NeverBlocked()
	return &doubts{core: core, seen: map[string]bool{}}, err
}

// add judges a rule.
func (d *doubts) add(r *format.Rule) {
	if why, ok := doubt.Of(r, d.core); ok && !d.seen[r.Name] {
		d.seen[r.Name] = true
		d.found = append(d.found, doubt.Entry{Name: r.Name, Why: why})
	}
}

// printDoubts tells of entries in doubt.
func printDoubts(c command.Call, found []doubt.Entry) {
	for i, e := range found {
		if i == rejectsPrinted {
			fmt.Fprintln(c.OutOrStdout(), "…")
			return
		}
		c.Say(textDoubtful.With(e.Name, e.Why.Text()))
	}
}
