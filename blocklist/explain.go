package blocklist

import (
	"net/netip"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// This file says which rules are the reason for what Classify returned.

// A Match is a rule that holds for a name or an address, as explanations show
// it.
type Match struct {
	Feed     string       `json:"feed"`
	Category string       `json:"category,omitempty"` // when the entry names its own
	Entry    string       `json:"entry"`              // the name, prefix or /expression/ of the rule
	Scope    format.Scope `json:"-"`
	Document string       `json:"document,omitempty"`
	Allow    bool         `json:"allow,omitempty"`  // an exception within its feed
	Lifted   bool         `json:"lifted,omitempty"` // by an exception of its feed
	From     time.Time    `json:"from,omitzero"`
	Until    time.Time    `json:"until,omitzero"`
	Tags     Set          `json:"-"`
}

// Matches returns each rule that Classify and Respond apply, exceptions included.
func (l *List) Matches(n *domain.Name, qtype uint16, now int64) []Match {
	if l == nil {
		return nil
	}
	found := l.withoutEnded(l.matches(n, qtype, now), n)
	matches := make([]Match, len(found))
	for i := range found {
		f := &found[i]
		matches[i] = f.explain(domain.Text(n.Suffix(f.labels)))
		matches[i].Lifted = !f.Allow && lifted(f, found)
	}
	return matches
}

// MatchesAddr returns each rule that ClassifyAddr applies.
func (l *List) MatchesAddr(a netip.Addr, now int64) (matches []Match) {
	if l == nil {
		return nil
	}
	a = a.Unmap()
	found := l.matchesAddr(a, false, now)
	for i := range found {
		f := &found[i]
		k := keyOf(a, f.labels)
		matches = append(matches, f.explain(keyText(k.bytes())))
	}
	return matches
}

// explain returns the match as a Match with the given entry.
func (f *match) explain(entry string) Match {
	m := Match{
		Feed: f.feed, Category: f.Category, Entry: entry, Scope: f.Scope,
		Document: f.Document, Allow: f.Allow, Tags: f.tags,
	}
	if f.expr != "" {
		m.Entry = "/" + f.expr + "/"
	} else if entry == "" {
		m.Entry = everyName
	}
	if f.From != 0 {
		m.From = time.Unix(f.From, 0)
	}
	if f.Until != 0 {
		m.Until = time.Unix(f.Until, 0)
	}
	return m
}

// Dormant returns the rules that hold for a name at some other time and not at
// this moment (Unix seconds), for explanations.
func (l *List) Dormant(n *domain.Name, qtype uint16, now int64) (dormant []Match) {
	if l == nil {
		return nil
	}
	for _, w := range l.windows() {
		moment := w.from
		if moment <= now {
			moment = w.until - 1
		}
		if w.until != 0 && w.until <= w.from || w.from <= now && (w.until == 0 || now < w.until) {
			continue
		}
		for _, m := range l.Matches(n, qtype, moment) {
			if unixSeconds(m.From) == w.from && unixSeconds(m.Until) == w.until {
				dormant = append(dormant, m)
			}
		}
	}
	return dormant
}
