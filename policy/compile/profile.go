package compile

import (
	"bytes"
	"maps"
	"slices"

	"lachan/blocklist"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// addProfiles compiles the profiles of policy.yaml and the ready-made ones.
func (t *terms) addProfiles(written map[string]source.Profile) {
	names := slices.Sorted(maps.Keys(written))
	for i := range t.facts.Profiles {
		if name := t.facts.Profiles[i].Code; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		t.profiles[name] = int32(i)
	}
	m := profileMaker{terms: t, written: written, made: map[string]*profile{}}
	for _, name := range names {
		p := m.profile(name)
		if p == nil {
			p = m.ready(name) // of a cycle, which has been reported
		}
		t.profileList = append(t.profileList, m.finish(name, p))
		if p.saysNothing() {
			t.nothing = append(t.nothing, t.profiles[name])
		}
	}
}

// A profileMaker makes profiles out of those that they extend.
type profileMaker struct {
	*terms
	written map[string]source.Profile
	made    map[string]*profile // nil while one is being made
}

// A profile is one while it is made: what the file holds of it, and its names.
type profile struct {
	compiled.Profile
	names   []namedEntry
	emptied bool // it says that it blocks nothing
}

// profile returns a profile by name; nil if it extends itself.
func (m *profileMaker) profile(name string) *profile {
	if p, known := m.made[name]; known {
		return p
	}
	text, written := m.written[name]
	if !written {
		return m.ready(name)
	}
	m.made[name] = nil
	p := m.base(name, &text)
	if p == nil {
		return nil
	}
	p.Name, p.File, p.Line = name, text.File, int(text.Line)
	if text.Line == 0 {
		m.fail(text.File, 0, textProfileEmpty.With(name))
	}
	m.change(p, &text)
	m.made[name] = p
	return p
}

// base is what a profile begins as: a copy of the one that it extends.
func (m *profileMaker) base(name string, text *source.Profile) *profile {
	extends := text.Extends
	switch {
	case extends.V == source.NoBase:
	case extends.V == name || extends.V == "" && m.facts.Profile(name) != nil:
		if m.facts.Profile(name) != nil {
			return m.ready(name)
		}
		m.fail(text.File, extends.Line, textProfileCycle.With(name))
		return nil
	case extends.V != "":
		if _, ok := m.terms.profile(text.File, extends); !ok {
			break
		}
		base := m.profile(extends.V)
		if base == nil {
			m.fail(text.File, extends.Line, textProfileCycle.With(name))
			return nil
		}
		p := *base
		p.Rules, p.Replies, p.names = slices.Clone(p.Rules), slices.Clone(p.Replies), slices.Clone(p.names)
		p.emptied = false
		return &p
	}
	return &profile{Profile: compiled.Profile{Replies: make([]byte, m.tags.Core)}}
}

// ready is a profile of the catalogue.
func (m *profileMaker) ready(name string) *profile {
	ready := m.facts.Profile(name)
	if ready == nil {
		return &profile{Profile: compiled.Profile{Name: name, Replies: make([]byte, m.tags.Core)}, emptied: true}
	}
	p := &profile{Profile: compiled.Profile{
		Name: ready.Code, SafeSearch: ready.SafeSearch, YouTube: ready.YouTube,
		Block: m.known(ready.Block), Allow: m.known(ready.Allow),
		Replies: make([]byte, m.tags.Core),
	}}
	if scheduled := m.known(ready.Scheduled); !scheduled.Empty() {
		during := m.timetables[m.facts.SchoolHours.Code]
		p.Rules = []int32{m.internRule(compiled.Rule{During: during, Profile: compiled.NoProfile, Block: scheduled})}
	}
	return p
}

// change lays what is written over a profile.
func (m *profileMaker) change(p *profile, text *source.Profile) {
	block, blockNames := m.entries(text.File, text.Block, 0, false)
	allow, allowNames := m.entries(text.File, text.Allow, 0, true)
	m.oneOf(text.File, int(text.Line), block, allow)
	observe := m.observed(text, block)
	if text.Block != nil && len(text.Block) == 0 {
		p.Block, p.Rules, p.names, p.emptied = Set{}, nil, onlyAllowing(p.names), true
	}
	p.Block = p.Block.Or(block).Without(allow).Without(observe)
	p.Observe = p.Observe.Without(block).Or(observe)
	p.Allow = p.Allow.Without(block).Or(m.withNeeds(allow))
	for i, id := range p.Rules {
		r := m.ruleList[id]
		r.Block = r.Block.Without(allow).Without(observe)
		p.Rules[i] = m.internRule(r)
	}
	p.names = slices.Concat(p.names, blockNames, allowNames)
	if text.Default != nil {
		p.Deny, p.Closed = bool(*text.Default), false
	}
	if text.Only != nil {
		m.close(p, text)
	}
	if text.SafeSearch != nil {
		p.SafeSearch = catalogue.Strictness(*text.SafeSearch)
	}
	if text.YouTube != nil {
		p.YouTube = catalogue.Strictness(*text.YouTube)
	}
	if text.Reply.Line > 0 {
		p.Replies = bytes.Repeat([]byte{byte(text.Reply.V)}, m.tags.Core)
	}
	m.changeReplies(p.Replies, text)
	for i := range text.Rules {
		r := &text.Rules[i]
		if r.Profile.V != "" || r.Only != nil {
			m.fail(text.File, int(r.Line), textProfileInProfile)
			continue
		}
		rule, names := m.rule(text.File, r)
		p.Rules = append(p.Rules, rule.Rule)
		p.names = append(p.names, names...)
	}
}

// observed is what a profile observes; block is what it blocks itself.
func (m *profileMaker) observed(text *source.Profile, block Set) (set Set) {
	for _, code := range text.Observe {
		bit, ok := m.code(text.File, code)
		if ok && block.Has(bit) {
			m.fail(text.File, code.Line, textBlockAndObserve.With(m.tags.All[bit].Named()))
		} else if ok {
			set = set.Or(blocklist.Of(bit))
		}
	}
	return set
}

// close shuts all but what only says.
func (m *profileMaker) close(p *profile, text *source.Profile) {
	if len(text.Allow) > 0 || text.Default != nil && !bool(*text.Default) {
		m.fail(text.File, int(text.Line), textOnlyAndAllow)
	}
	only, names := m.entries(text.File, text.Only, 0, true)
	p.Deny, p.Closed, p.Rules = true, true, nil
	p.Allow = m.withNeeds(only)
	p.Block = p.Block.Without(only)
	p.names = append(onlyBlocking(p.names), names...)
}

func onlyAllowing(names []namedEntry) []namedEntry {
	return slices.DeleteFunc(slices.Clone(names), func(n namedEntry) bool { return !n.allow })
}

func onlyBlocking(names []namedEntry) []namedEntry {
	return slices.DeleteFunc(slices.Clone(names), func(n namedEntry) bool { return n.allow || n.during != 0 })
}

// finish is what the file holds of a profile, and enters its names.
func (m *profileMaker) finish(name string, p *profile) compiled.Profile {
	p.Owner = compiled.NoUnit - 1 - uint32(m.profiles[name])
	if p.Closed {
		p.names = append(p.names, m.serverNames...)
	}
	p.Named = len(p.names) > 0
	m.addNames(p.Owner, p.names)
	return p.Profile
}

// saysNothing reports whether a written profile blocks nothing at any time, and does
// not say that it is meant to.
func (p *profile) saysNothing() bool {
	blocks := slices.ContainsFunc(p.names, func(n namedEntry) bool { return !n.allow })
	return p.File != "" && p.Block.Empty() && !p.Deny && !p.emptied && !blocks && len(p.Rules) == 0
}

// changeReplies sets the replies for categories.
func (m *profileMaker) changeReplies(replies []byte, text *source.Profile) {
	for _, code := range slices.Sorted(maps.Keys(text.Replies)) {
		reply := text.Replies[code]
		if bit, ok := m.tags.ByKey[code]; ok && bit < m.tags.Core {
			replies[bit] = byte(reply.V)
		} else if bit, ok := m.pseudo(code); ok {
			replies[bit] = byte(reply.V)
		} else {
			m.fail(text.File, reply.Line, m.unknownTag(code))
		}
	}
}

// pseudo finds a pseudo category that blocks are counted in.
func (m *profileMaker) pseudo(code string) (bit int, ok bool) {
	switch code {
	case compiled.LocalCode:
		return m.tags.Local, true
	case compiled.DefaultDenyCode:
		return m.tags.DefaultDeny, true
	}
	return 0, false
}

// checkBlocking reports profiles that are used and block nothing.
func checkBlocking(c *compiler) {
	for _, id := range c.nothing {
		used := slices.ContainsFunc(c.units, func(u unit) bool { return u.profile == id })
		for i := range c.ruleList {
			used = used || c.ruleList[i].Profile == id
		}
		if p := &c.profileList[id]; used {
			c.fail(p.File, p.Line, textProfileBlocksNothing.With(p.Name))
		}
	}
}
