package manage

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/proven"
	"lachan/cmd/lachan/source"
	"lachan/internal/memory"
	"lachan/internal/message"
	"lachan/internal/wording"
	"lachan/policy"
	"lachan/resolver/upstream"
)

// use makes lists the ones that are given to resolve next.
func (l *lists) use(newest *blocklist.Lists) {
	l.newest = newest
	l.bind()
	var refused []wording.Text
	for _, r := range newest.Refused() {
		refused = append(refused, about(r.Feed, fmt.Sprintf("%d (/%s/, …)", r.Expressions, r.Example)))
	}
	l.condition("feed-expressions", textConditionExpressions, refused)
}

// bind gives the names of the newest lists the tags of the policy.
func (l *lists) bind() {
	l.list = source.Bind(l.newest, l.policy.Policy, l.cfg)
	l.serial++
}

// refreshView shows those who only look what is in force at this minute.
func (n *node) refreshView() {
	n.view.Store(&view{
		cfg: n.cfg, rules: n.policy.At(n.lists.list, time.Now(), n.lists.serial),
		lists: n.lists.newest, list: n.lists.list,
		inForce: maps.Clone(n.lists.inForce), linked: n.identity.links.table,
		sessions: &n.resolves.followers.Table,
	})
}

// putInForce tells resolve which lists, policy and settings to use. They are in
// force when it says so.
func (n *node) putInForce() {
	shares := n.cfg.Memory.Shares(n.cfg.Cache.MaxBytes)
	memory.Limit(shares.Manage)
	n.jobs.SetMemory(shares.Job)
	settings, err := n.cfg.Pack()
	if err != nil {
		n.log.Error("put in force", "error", err)
		n.conditions.Set("use", notUsed.With(err).String())
		return
	}
	r := n.resolves
	r.ids++
	last := r.use
	r.use = inforce.Use{
		ID: r.ids, Serial: n.lists.serial,
		ListsDir: n.cfg.ListsDir(), ListsSerial: n.lists.newest.Serial(), ListsOverlay: n.lists.newest.OverlayID(),
		PolicyDir: n.cfg.PolicyDir(), PolicySerial: n.policy.serial, PolicyDigest: n.policy.Digest(),
		PolicyOverlay: policy.OverlayDigest(n.policy.Policy),
		System:        systemAddresses(n.system), Closed: n.lists.missingRequired() || n.lists.isShut(),
		Name: n.identity.discoveryName(), Config: settings,
	}
	n.identity.publishSecrets()
	if r.back.fallback.Fallen() && r.use.Same(&last) { // resolve has crashed on this
		switch {
		case r.back.fallback.GivesNewest():
			r.tellAll(message.Use, r.use)
		case r.use.PolicyOverlay != last.PolicyOverlay:
			if before, ok := r.goneBackTo(); ok {
				r.tellAll(message.Use, before)
			}
		}
		return
	}
	r.back.fallback.Changed()
	n.resolves.tellAll(message.Use, r.use)
}

// goingBack is what resolve is given instead of what it crashes on.
type goingBack struct {
	given    uint64 // ID of what was gone back to last
	fallback proven.Fallback
	kept     proven.Kept
	due      *time.Timer // when to look at it again
}

// choose is what a resolve that has just begun is given. crashes is how often it has
// ended in a row soon after its start, as the supervisor knows.
func (r *resolves) choose(crashes int, now time.Time) inforce.Use {
	if !r.back.fallback.Loops(crashes) && r.back.fallback.GivesNewest() {
		return r.use
	}
	before, ok := r.goneBackTo()
	if !ok {
		return r.use
	}
	if !r.back.fallback.Fallen() {
		times := max(crashes, r.back.fallback.Deaths())
		r.log.Error("resolve ends again and again, it is given what was in force before", "times", times)
		r.conditions.Set("resolve-fallback", resolveFallback.With(times).String())
	}
	r.back.fallback.Fall(now)
	r.lookAfter(r.back.fallback.Wait(now))
	// The supervisor gives the same to one that starts while this process is away.
	m, err := message.JSON(message.Use, before)
	if err == nil {
		err = r.keep(m)
	}
	if err != nil {
		r.log.Error("tell the supervisor", "message", message.Use, "error", err)
	}
	return before
}

// goneBackTo is what was proven last, other than the newest, under an ID of its own,
// with what was decided until now.
func (r *resolves) goneBackTo() (use inforce.Use, ok bool) {
	if use, ok = r.back.kept.Other(&r.use); ok {
		r.ids++
		use.ID = r.ids
	} else if use = r.previous(); use.ID == 0 {
		return use, false
	}
	use = r.withDecided(use)
	r.back.given = use.ID
	return use, true
}

// lookAfter has look called after a time.
func (r *resolves) lookAfter(wait time.Duration) {
	if r.back.due != nil { // nil in tests
		r.back.due.Reset(wait)
	}
}

// look keeps what resolve has answered by for long enough, and tries the newest
// again when it is time to.
func (r *resolves) look(now time.Time) {
	if r.back.fallback.Proven(now) {
		if r.conditions.Clear("resolve-fallback") {
			r.log.Info("resolve answers by the newest again")
		}
		if err := r.back.kept.Save(&r.use, now); err != nil {
			r.log.Warn("keep what is in force, to go back to", "error", err)
		}
	}
	if r.back.fallback.Due(now) {
		r.log.Info("the newest is tried again")
		r.tellAll(message.Use, r.use)
	}
}

// confirm takes note that resolve uses what it was told to: from now on it is in
// force, for those who look too.
func (n *node) confirm(now time.Time) {
	l := n.lists
	rules := l.newest.Rules()
	for name := range rules {
		if l.used == nil || l.used.Digest(name) != l.newest.Digest(name) {
			l.inForce[name] = now
		}
	}
	maps.DeleteFunc(l.inForce, func(name string, _ time.Time) bool { _, there := rules[name]; return !there })
	l.used = l.newest
	n.refreshView()
	n.answering.Store(true)
	n.lists.recordOrders(n.resolves.compiled, now)
	n.services.publishZones(now)
	for _, say := range n.resolves.whenUsed {
		say()
	}
	n.resolves.whenUsed = nil
	n.decided.said(nil)
}

// missingRequired reports whether a feed that must be there is not.
func (l *lists) missingRequired() bool {
	rules := l.newest.Rules()
	for _, f := range l.cfg.Feeds {
		if _, there := rules[f.Name]; !there && f.OnMissing == config.Refuse {
			return true
		}
	}
	return false
}

// isShut reports whether there is a feed in the configuration whose copy may not
// be read and whose names are not in force either: what it blocks is not known.
func (l *lists) isShut() bool {
	rules := l.newest.Rules()
	for _, f := range l.cfg.Feeds {
		if _, there := rules[f.Name]; l.shut[f.Name] && !there {
			return true
		}
	}
	return false
}

// systemNow are the servers of the system, if the configuration asks any. While
// there are none those before stay, and a condition says why.
func (n *node) systemNow() []upstream.Server {
	servers, err := config.SystemUpstreams(n.cfg)
	if err != nil {
		if n.conditions.Set("upstream-system", wording.Of(err).String()) {
			n.log.Warn("no servers of the system", "error", wording.ErrorIn(err, wording.English))
		}
		return n.system
	}
	n.conditions.Clear("upstream-system")
	return servers
}

// followSystem puts other servers of the system in force.
func (n *node) followSystem() {
	servers := n.systemNow()
	if slices.Equal(servers, n.system) {
		return
	}
	n.system = servers
	n.log.Info("servers of the system have changed", "servers", systemAddresses(servers))
	n.useNames()
	n.putInForce()
}

// useNames has this process look up names by the upstreams in force.
func (n *node) useNames() {
	if err := n.names.Use(n.cfg, n.system); err != nil {
		n.log.Error("look up names by other upstreams", "error", err)
	}
}

func systemAddresses(servers []upstream.Server) []netip.AddrPort {
	var list []netip.AddrPort
	for _, s := range servers {
		list = append(list, s.Addr)
	}
	return list
}

// watchUpstreams tells which upstreams are down, and why.
func (n *node) watchUpstreams() {
	var down []wording.Text
	for _, u := range n.counters.Readings().Upstreams {
		if !u.Up {
			down = append(down, wording.Join(about(u.Name, ""), upstream.ReasonText(u.Reason)))
		}
	}
	n.lists.condition("upstream-down", textConditionUpstreams, down)
}

// watchTunnels tells that groups send other traffic past the filter.
func watchTunnels(n *node) {
	if present := n.counters.Readings().Tunnels.Present; present > 0 {
		n.conditions.Set("tunnel", textConditionTunnel.With(present).String())
	} else {
		n.conditions.Clear("tunnel")
	}
}
