package blocklist

import (
	"encoding/json"
	"slices"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// A spec is all that a rule says besides its name, address or expression. A list
// of a million names has a handful of them; each name points at its ruleset, the
// sorted set of specs that hold for it. FORMAT.md explains each key.
type spec struct {
	Feed      int          `json:"feed"` // index into meta.Feeds
	Scope     format.Scope `json:"scope,omitempty"`
	Act       format.Act   `json:"act,omitempty"`
	Data      string       `json:"data,omitempty"`
	Client    bool         `json:"client,omitempty"` // its prefixes are of clients
	Rewrite   bool         `json:"rewrite,omitempty"`
	Nearer    bool         `json:"nearer,omitempty"`
	Allow     bool         `json:"allow,omitempty"`
	Important bool         `json:"important,omitempty"`
	Bad       bool         `json:"bad,omitempty"`     // never in a snapshot: the compiler applies it
	Removed   bool         `json:"removed,omitempty"` // in an overlay: the base has the rule and no longer should
	Types     []uint16     `json:"types,omitempty"`
	NotTypes  bool         `json:"not_types,omitempty"`
	DenyAllow []string     `json:"deny_allow,omitempty"`
	Category  string       `json:"category,omitempty"`
	Document  string       `json:"document,omitempty"`
	From      int64        `json:"from,omitempty"`  // Unix seconds
	Until     int64        `json:"until,omitempty"` // Unix seconds
}

// specOf returns the spec of a rule of a feed.
func specOf(feed int, r *format.Rule) spec {
	return spec{
		Feed: feed, Scope: r.Scope, Act: r.Act, Data: r.Data, Client: r.Client,
		Rewrite: r.Rewrite, Nearer: r.Nearer, Allow: r.Allow, Important: r.Important, Bad: r.Bad,
		Types: r.Types, NotTypes: r.NotTypes, DenyAllow: r.DenyAllow,
		Category: r.Category, Document: r.Document, From: unixSeconds(r.From), Until: unixSeconds(r.Until),
	}
}

// unixSeconds returns 0 for the zero time.
func unixSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// conditional reports whether the spec needs more than the name to be applied:
// the other rules of its feed, the query type, the time or the rest of the name.
func (s *spec) conditional() bool {
	return s.Allow || s.Types != nil || s.DenyAllow != nil || s.From != 0 || s.Until != 0
}

// ofZone reports whether the rule is of a response policy zone.
func (s *spec) ofZone() bool { return s.Act != format.ActBlock && !s.Rewrite }

// maxLevel is the highest level of a rule.
const maxLevel = 2

// level ranks a rule against the exceptions of its feed: a rule holds if no
// exception of the same or a higher level applies.
func (s *spec) level() int {
	if s.Important {
		return maxLevel
	}
	return 1
}

// holds reports whether a spec whose scope fits applies to a query.
func (s *spec) holds(qtype uint16, now int64) bool {
	return s.holdsFor(qtype) && s.From <= now && (s.Until == 0 || now < s.Until)
}

// holdsFor reports whether the spec applies to a query type. A rule that hides
// the addresses of a name hides the hints in its SVCB and HTTPS records too.
func (s *spec) holdsFor(qtype uint16) bool {
	if s.Types == nil || slices.Contains(s.Types, qtype) != s.NotTypes {
		return true
	}
	return !s.Allow && !s.NotTypes && (qtype == domain.TypeSVCB || qtype == domain.TypeHTTPS) &&
		(slices.Contains(s.Types, domain.TypeA) || slices.Contains(s.Types, domain.TypeAAAA))
}

// covers reports whether a rule of this scope covers the name it was found at
// (whole) or one below that.
func covers(s format.Scope, whole bool) bool {
	return s == format.Tree || (s == format.Exact) == whole
}

// specs numbers specs in the order in which they first come. Equal specs have
// the same number.
type specs struct {
	list  []spec
	plain map[plainSpec]uint32 // the specs that most rules have
	rest  map[string]uint32
}

// A plainSpec is a spec that says nothing else.
type plainSpec struct {
	feed  int
	scope format.Scope
	act   format.Act
}

func newSpecs() *specs {
	return &specs{plain: map[plainSpec]uint32{}, rest: map[string]uint32{}}
}

// number returns the number of the spec of a rule.
func (t *specs) number(feed int, r *format.Rule) uint32 {
	s := specOf(feed, r)
	plain := !s.conditional() && !s.Important && !s.Bad && s.Category == "" && s.Document == "" &&
		s.Data == "" && !s.Client && !s.Rewrite && !s.Nearer
	key := plainSpec{feed, r.Scope, r.Act}
	if plain {
		if id, ok := t.plain[key]; ok {
			return id
		}
	}
	id := t.intern(s)
	if plain {
		t.plain[key] = id
	}
	return id
}

// intern returns the number of a spec, a new one for a new spec.
func (t *specs) intern(s spec) uint32 {
	text := s.key()
	id, ok := t.rest[text]
	if !ok {
		id = uint32(len(t.list))
		t.list = append(t.list, s)
		t.rest[text] = id
	}
	return id
}

// key identifies a spec among those of one snapshot.
func (s *spec) key() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a struct of numbers and strings always encodes
	}
	return string(text)
}

// cancel removes the bad specs of a sorted ruleset and those they cancel.
func (t *specs) cancel(set []uint32) []uint32 {
	var gone []uint32
	for _, id := range set {
		if t.list[id].Bad {
			good := t.list[id]
			good.Bad = false
			gone = append(gone, id)
			if other, ok := t.rest[good.key()]; ok {
				gone = append(gone, other)
			}
		}
	}
	if gone == nil {
		return set
	}
	return slices.DeleteFunc(set, func(id uint32) bool { return slices.Contains(gone, id) })
}

// keyIn identifies a spec among those of several snapshots, each of which numbers
// feeds in its own way.
// key identifies a spec among those of one snapshot.
func (s *spec) keyIn(feed string) string {
	of := *s
	of.Feed = 0
	return feed + " " + of.key()
}
