package manage

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/source"
	"lachan/internal/message"
	"lachan/internal/wording"
	"lachan/resolver/upstream"
)

// use makes lists the ones that are given to resolve next.
func (l *lists) use(newest *blocklist.Lists) {
	l.newest = newest
	l.versions++
	l.bind()
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
	})
}

// putInForce tells resolve which lists, policy and settings to use. They are in
// force when it says so.
func (n *node) putInForce() {
	settings, err := n.cfg.Pack()
	if err != nil {
		n.log.Error("put in force", "error", err)
		n.conditions.Set("use", notUsed.With(err).String())
		return
	}
	r := n.resolves
	r.ids++
	r.use = inforce.Use{
		ID: r.ids, Serial: n.lists.serial,
		ListsDir: n.cfg.ListsDir(), ListsSerial: n.lists.newest.Serial(), ListsOverlay: n.lists.versions,
		PolicyDir: n.cfg.PolicyDir(), PolicySerial: n.policy.serial, PolicyDigest: n.policy.Digest(),
		System: systemAddresses(n.system),
		Closed: n.lists.missingRequired() || n.lists.isShut(), Name: n.identity.discoveryName(), Config: settings,
	}
	n.identity.publishSecrets()
	n.resolves.tellAll(message.Use, r.use)
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
	n.lists.recordOrders(n.resolves.compiled, now)
	n.services.publishZones(now)
	for _, say := range n.resolves.whenUsed {
		say()
	}
	n.resolves.whenUsed = nil
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
