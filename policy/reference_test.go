package policy_test

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/format"
	"lachan/policy"
)

// This file decides as package policy does, from what is written, one rule after
// the other: it knows no bits, no bounds, no cache and no order in which rules are
// found. TestDecisionsAgreeWithThePlainReference compares the two.

// An allWritten is everything that decides: units, profiles, feeds, a moment.
type allWritten struct {
	units    map[string]*unitWritten
	profiles map[string]*profileWritten
	feeds    []ruled
	services map[string][]string // categories, by "service:ID"
	now      time.Time
	lessons  bool // the timetable of all rules is open
}

type unitWritten struct {
	id, parent, profile string
	lock                []string
	entries             []entryWritten
	rules               []ruleWritten
}

// An entryWritten is about a name, or a category or service.
type entryWritten struct {
	what        string
	allow       bool
	from, until time.Time // zero: no bound
}

// A ruleWritten is in force while lessons are; what it blocks and allows may be names.
type ruleWritten struct {
	block, allow []string
	profile      string
	only         []string // nil if it has none
}

type profileWritten struct {
	block, allow []string // which may be names
	rules        []ruleWritten
	only         []string // nil if it has none
	deny         bool
}

// names are those in a list, as opposed to categories and services.
func names(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(what string) bool { return !strings.Contains(what, ".") })
}

func codes(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(what string) bool { return strings.Contains(what, ".") })
}

func (p *profileWritten) closed() bool { return p.only != nil }

// word is what rules say of a name: the longest name does, and of those the last.
func word(rules []ruleWritten, name string) (allowed, blocked bool) {
	longest := 0
	for _, r := range rules {
		for i, of := range slices.Concat(names(r.block), names(r.allow)) {
			if within(name, of) && len(of) >= longest {
				longest, allowed = len(of), i >= len(names(r.block))
			}
		}
	}
	return allowed, longest > 0 && !allowed
}

// A said is what is decided, as far as it is compared.
type said struct {
	action             policy.Action
	layer              policy.Layer
	reply              policy.Reply
	explicit, excepted bool
}

// words is a set of categories, services, "feed:NAME" and "core".
type words map[string]bool

func (w words) add(list ...string) words {
	for _, word := range list {
		w[word] = true
	}
	return w
}

func (w words) without(list words) words {
	left := words{}
	for word := range w {
		if !list[word] {
			left[word] = true
		}
	}
	return left
}

func (w words) and(list words) words { return w.without(w.without(list)) }

func within(name, of string) bool { return name == of || strings.HasSuffix(name, "."+of) }

// classes is what a category or service is.
func (a *allWritten) classes(code string) []string {
	return append([]string{code}, a.services[code]...)
}

// covers reports whether a rule of a list holds for a name, a type and the moment.
func (a *allWritten) covers(r *format.Rule, name string, qtype uint16) bool {
	listed := len(r.Types) == 0 || slices.Contains(r.Types, qtype) != r.NotTypes
	switch {
	case !listed, a.now.Before(r.From), !r.Until.IsZero() && !a.now.Before(r.Until):
		return false
	case slices.ContainsFunc(r.DenyAllow, func(not string) bool { return within(name, not) }):
		return false
	case r.Regex != "":
		return regexp.MustCompile(r.Regex).MatchString(name)
	case r.Name == "", !within(name, r.Name):
		return false
	}
	return r.Scope == format.Tree || (r.Scope == format.Exact) == (name == r.Name)
}

// listed is what the lists that are no zones say of a name.
func (a *allWritten) listed(name string, qtype uint16) words {
	is := words{}
	for i := range a.feeds {
		f := &a.feeds[i]
		for b := range f.rules {
			rule := &f.rules[b]
			lifts := func(y format.Rule) bool {
				return y.Allow && (y.Important || !rule.Important) && a.covers(&y, name, qtype)
			}
			if !f.feed.Zone && !rule.Allow && a.covers(rule, name, qtype) && !slices.ContainsFunc(f.rules, lifts) {
				a.tag(is, &f.feed, rule)
			}
		}
	}
	return is
}

// listedAddr is the same for an address.
func (a *allWritten) listedAddr(addr netip.Addr) words {
	is := words{}
	for i := range a.feeds {
		for b := range a.feeds[i].rules {
			if r := &a.feeds[i].rules[b]; !a.feeds[i].feed.Zone && r.Prefix.IsValid() && r.Prefix.Contains(addr) {
				a.tag(is, &a.feeds[i].feed, r)
			}
		}
	}
	return is
}

func (a *allWritten) tag(is words, f *policy.Feed, r *format.Rule) {
	is.add("feed:" + f.Name)
	switch {
	case f.Allow || f.Unit != "":
	case r.Category == "core-essential":
		is.add("core", r.Category)
	case r.Category != "" && mayName(f, r.Category):
		is.add(a.classes(r.Category)...)
	default:
		is.add(a.classes(f.Category)...)
	}
}

// mayName reports whether entries of a feed may name a category as their own.
func mayName(f *policy.Feed, category string) bool {
	if len(f.Categories) > 0 {
		return slices.Contains(f.Categories, category)
	}
	return f.Trusted || f.LockedBy != "" || f.Name == "builtin/core"
}

// above are a unit and those above it, the unit first.
func (a *allWritten) above(id string) (chain []*unitWritten) {
	for ; id != ""; id = a.units[id].parent {
		chain = append(chain, a.units[id])
	}
	return chain
}

// locked are the feeds and the categories that are locked for a unit.
func (a *allWritten) locked(id string) (feeds, categories words) {
	feeds, categories = words{}, words{}
	for _, u := range a.above(id) {
		categories.add(u.lock...)
		for i := range a.feeds {
			if f := &a.feeds[i].feed; f.LockedBy == u.id {
				feeds.add("feed:" + f.Name)
			}
		}
	}
	return feeds, categories
}

// profile is the profile in force for a unit, and which categories and services it and
// the rules in force block and allow.
func (a *allWritten) profile(id string) (p *profileWritten, blocked, allowed words) {
	chain := a.above(id)
	p = a.profiles[chain[0].profile]
	var rules []ruleWritten
	for _, u := range slices.Backward(chain) {
		rules = append(rules, a.inForce(u.rules)...)
	}
	for _, r := range rules {
		switch {
		case r.only != nil:
			p = &profileWritten{only: r.only}
		case r.profile != "":
			p = a.profiles[r.profile]
		}
	}
	if p.closed() {
		return p, words{}.add(codes(p.block)...).without(words{}.add(p.only...)), words{}.add(codes(p.only)...)
	}
	blocked, allowed = words{}.add(codes(p.block)...).without(words{}.add(p.allow...)), words{}.add(codes(p.allow)...)
	for _, r := range slices.Concat(a.inForce(p.rules), rules) {
		blocked = blocked.add(codes(r.block)...).without(words{}.add(r.allow...))
		allowed = allowed.without(words{}.add(r.block...)).add(codes(r.allow)...)
	}
	return p, blocked, allowed
}

func (a *allWritten) inForce(rules []ruleWritten) []ruleWritten {
	if a.lessons {
		return rules
	}
	return nil
}

// byNames is what a profile says of a name.
func (j *judged) byNames(p *profileWritten) (allowed, blocked bool) {
	if j.name == "" {
		return false, false
	}
	has := func(list []string) bool {
		return slices.ContainsFunc(names(list), func(of string) bool { return within(j.name, of) })
	}
	if p.closed() {
		return has(p.only), has(p.block)
	}
	if allowed, blocked = word(j.inForce(p.rules), j.name); allowed || blocked {
		return allowed, blocked
	}
	return has(p.allow), has(p.block)
}

// A judged is one decision.
type judged struct {
	*allWritten
	unit   string
	name   string // "" of an address and of a union
	target bool
	is     words
	plain  words // without zones
	zones  []zoneSaid
	passed int // rank+1 of the zone that let the name through
}

type zoneSaid struct {
	is  words
	act format.Act
}

// judgeZones asks the zones in their order; find returns the rules of one.
func (j *judged) judgeZones(passed int, find func(*ruled) []*format.Rule) {
	feeds, categories := j.locked(j.unit)
	_, blocked, _ := j.profile(j.unit)
	for _, u := range j.above(j.unit) {
		for _, e := range u.entries {
			if !e.allow && e.counts(j.now) {
				blocked.add(e.what)
			}
		}
		for i := range j.feeds {
			if f := &j.feeds[i].feed; f.Unit == u.id && !f.Allow {
				blocked.add("feed:" + f.Name)
			}
		}
	}
	j.plain = words{}.add(keys(j.is)...)
	settled, rank := false, 0
	for i := range j.feeds {
		f := &j.feeds[i]
		if !f.feed.Zone {
			continue
		}
		rank++
		settled = settled || passed != 0 && rank >= passed
		of := words{}.add("feed:" + f.feed.Name).add(j.classes(f.feed.Category)...)
		locked := len(of.and(feeds))+len(of.and(categories)) > 0
		rules := find(f)
		if len(rules) == 0 || !locked && (settled || len(of.and(blocked)) == 0) {
			continue
		}
		act := rules[0].Act
		if f.feed.ZonePolicy == "nxdomain" {
			act = format.ActNXDomain
		}
		if act != format.ActPassthru {
			j.is.add(keys(of)...)
			j.zones = append(j.zones, zoneSaid{of, act})
		} else if !settled {
			j.passed = rank
		}
		settled = true
	}
}

func keys(w words) (list []string) {
	for word := range w {
		list = append(list, word)
	}
	return list
}

func (e *entryWritten) counts(now time.Time) bool {
	return !now.Before(e.from) && (e.until.IsZero() || now.Before(e.until))
}

// verdict goes through the layers. Where only some things are open, units allow
// nothing, and of what is never blocked what machines need is open.
func (j *judged) verdict() said {
	p, _, _ := j.profile(j.unit)
	feeds, categories := j.locked(j.unit)
	locked := j.is.and(categories)
	switch {
	case len(j.is.and(feeds)) > 0:
		return j.block(policy.LayerLock, j.is.and(feeds))
	case j.is["core"] && !p.closed(), j.is["core-essential"]:
		return said{layer: policy.LayerCore, explicit: true}
	case len(locked) > 0:
		return j.block(policy.LayerCategoryLock, locked)
	case p.closed():
		return j.byProfile(j.is)
	}
	return j.byOwn(j.above(j.unit), j.is)
}

func (j *judged) byLock() (said, bool) {
	feeds, categories := j.locked(j.unit)
	if hit := j.is.and(feeds); len(hit) > 0 {
		return j.block(policy.LayerLock, hit), true
	}
	if hit := j.is.and(categories); len(hit) > 0 && !j.is["core"] {
		return j.block(policy.LayerCategoryLock, hit), true
	}
	return said{}, false
}

// block answers as a zone says only if that alone is the reason.
func (j *judged) block(layer policy.Layer, hit words) said {
	out := said{action: policy.Block, layer: layer, reply: policy.ReplyNXDOMAIN}
	var reasons []zoneSaid
	for _, z := range j.zones {
		if len(z.is.and(hit)) > 0 {
			reasons = append(reasons, z)
		}
	}
	if len(reasons) == 1 && len(hit.and(j.plain)) == 0 && len(hit.without(reasons[0].is)) == 0 {
		out.reply = map[format.Act]policy.Reply{
			format.ActNXDomain: policy.ReplyNXDOMAIN, format.ActNoData: policy.ReplyNodata, format.ActDrop: policy.ReplyDrop,
			format.ActTCPOnly: policy.ReplyTCPOnly, format.ActData: policy.ReplyData,
		}[reasons[0].act]
	}
	return out
}

func (j *judged) byOwn(chain []*unitWritten, left words) said {
	if len(chain) == 0 {
		return j.byProfile(left)
	}
	u := chain[0]
	allowedName, blockedName, allow, block := false, false, words{}, words{}
	for _, e := range u.entries {
		named := j.name != "" && within(j.name, e.what)
		switch {
		case !e.counts(j.now):
		case e.allow:
			allowedName = allowedName || named
			allow.add(e.what)
		default:
			blockedName = blockedName || named
			block.add(e.what)
		}
	}
	if allowed, blocked := word(j.inForce(u.rules), j.name); allowed || blocked {
		allowedName, blockedName = allowed, blocked
	}
	for i := range j.feeds {
		f := &j.feeds[i].feed
		switch own := "feed:" + f.Name; {
		case f.Allow && (f.Unit == u.id || f.Unit == "" && u.parent == ""):
			allowedName = allowedName || j.is[own]
		case f.Unit == u.id:
			block.add(own)
		}
	}
	if allowedName {
		return j.exception(chain, left)
	}
	if codes := left.and(allow); len(codes) > 0 {
		rest := left.without(j.unblocked(codes))
		if _, blocked, _ := j.profile(j.unit); len(rest.and(blocked)) == 0 {
			return j.exception(chain, left)
		}
		left = rest
	}
	if hit := left.and(block); blockedName || len(hit) > 0 {
		return j.block(policy.LayerOwn, hit)
	}
	return j.byOwn(chain[1:], left)
}

// exception is a pass of the first unit of a chain.
func (j *judged) exception(chain []*unitWritten, left words) said {
	else_ := j.byOwn(chain[1:], left)
	return said{layer: policy.LayerOwn, explicit: true, excepted: else_.action == policy.Block || else_.excepted}
}

// unblocked is what a unit unblocks that allows some codes: of a service its
// categories, of a category its services.
func (j *judged) unblocked(codes words) words {
	all := words{}
	for code := range codes {
		all.add(j.classes(code)...)
		for service, of := range j.services {
			if slices.Contains(of, code) {
				all.add(service)
			}
		}
	}
	return all
}

func (j *judged) byProfile(left words) said {
	if j.name == "mask.icloud.com" && !j.target {
		return said{action: policy.Block, layer: policy.LayerCanary, reply: policy.ReplyNXDOMAIN}
	}
	p, blocked, allows := j.profile(j.unit)
	hit, allowed := left.and(blocked), j.is.and(allows)
	for code := range allowed {
		hit = hit.without(words{}.add(j.classes(code)...))
	}
	allowedName, blockedName := j.byNames(p)
	switch {
	case !allowedName && (blockedName || len(hit) > 0):
		return j.block(policy.LayerProfile, hit)
	case allowedName || len(allowed) > 0:
		return said{layer: policy.LayerProfile, explicit: true}
	case (p.deny || p.closed()) && !j.target:
		return said{action: policy.Block, layer: policy.LayerDefault, reply: policy.ReplyNXDOMAIN}
	}
	return said{layer: policy.LayerDefault}
}

// decideTarget decides about what the answer to a question points at.
func (j *judged) decideTarget(d said) said {
	out, locked := j.byLock()
	if d.action == policy.Block || (d.explicit && !locked) {
		return d
	}
	j.target = true
	if !d.explicit {
		out = j.verdict()
	}
	if out.action == policy.Block {
		return out
	}
	return d
}
