package manage

import (
	"maps"
	"time"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
	"lachan/cmd/lachan/source"
	"lachan/internal/message"
)

// useLists makes lists the ones that putInForce gives to resolve.
func (n *node) useLists(l *blocklist.Lists) {
	n.lists.lists = l
	n.lists.versions++
	n.lists.list = source.Bind(l, n.policy.Policy, n.cfg)
	n.lists.serial++
}

// refreshView shows those who only look what is in force at this minute.
func (n *node) refreshView() {
	n.view.Store(&view{
		cfg: n.cfg, rules: n.policy.At(n.lists.list, time.Now(), n.lists.serial),
		lists: n.lists.lists, list: n.lists.list,
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
	r := &n.resolves
	r.ids++
	r.use = inforce.Use{
		ID: r.ids, Serial: n.lists.serial,
		ListsDir: n.cfg.ListsDir(), ListsSerial: n.lists.lists.Serial(), ListsOverlay: n.lists.versions,
		PolicyDir: n.cfg.PolicyDir(), PolicySerial: n.policy.serial, PolicyDigest: n.policy.Digest(),
		Closed: n.missingRequired(), Name: n.discoveryName(), Config: settings,
	}
	n.publishSecrets()
	n.tellAll(message.Use, r.use)
}

// confirm takes note that resolve uses what it was told to: from now on it is in
// force, for those who look too.
func (n *node) confirm(now time.Time) {
	l := &n.lists
	rules := l.lists.Rules()
	for name := range rules {
		if l.used == nil || l.used.Digest(name) != l.lists.Digest(name) {
			l.inForce[name] = now
		}
	}
	maps.DeleteFunc(l.inForce, func(name string, _ time.Time) bool { _, there := rules[name]; return !there })
	l.used = l.lists
	n.refreshView()
	n.recordOrders(n.resolves.compiled, now)
	n.publishZones(now)
	for _, say := range n.resolves.whenUsed {
		say()
	}
	n.resolves.whenUsed = nil
}

// missingRequired reports whether a feed that must be there is not.
func (n *node) missingRequired() bool {
	rules := n.lists.lists.Rules()
	for _, f := range n.cfg.Feeds {
		if _, there := rules[f.Name]; !there && f.OnMissing == config.Refuse {
			return true
		}
	}
	return false
}
