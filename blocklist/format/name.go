package format

import (
	"errors"
	"regexp"
	"strings"

	"lachan/blocklist/domain"
	"lachan/blocklist/format/site"
)

// nameOf returns the canonical form of a name as a list writes it, if a rule
// such as r may have it: no address, no local name and, unless r blocks one
// name alone or the list may, no public suffix.
func (c *collector) nameOf(text string, r Rule) (string, Reason) {
	name, why := canonicalName(text)
	if why != accepted {
		return "", why
	}
	if isLocal(name) {
		return "", LocalName
	}
	if !c.may.Suffixes && (r.Scope != Exact || r.Allow) && domain.IsPublicSuffix(name) {
		return "", PublicSuffix
	}
	return name, accepted
}

// canonicalName returns the canonical form of a name as a list writes it.
func canonicalName(text string) (string, Reason) {
	name, err := domain.Canonical(text)
	switch {
	case err == nil:
	case errors.Is(err, domain.ErrAddress):
		return "", AddressAmongNames
	case errors.Is(err, domain.ErrEmpty):
		return "", NoName
	case errors.Is(err, domain.ErrLabelSize), errors.Is(err, domain.ErrLength):
		return "", BadLength
	case errors.Is(err, domain.ErrIDN):
		return "", BadIDN
	default:
		return "", BadName
	}
	return name, accepted
}

// isLocal reports whether a canonical name is one that a machine or a network
// gives itself: localhost, broadcasthost, ip6-loopback, router ... All single
// labels but the public suffixes are.
func isLocal(name string) bool {
	if !strings.Contains(name, ".") {
		return !domain.IsPublicSuffix(name)
	}
	return name == "localhost.localdomain"
}

// site emits r for what people write for a site, see package site. DNS knows
// hosts only, so a path is dropped, and told; on a host that many sites share the
// entry is refused.
func (c *collector) site(text []byte, r Rule) {
	if site.IsPlain(text) {
		c.addName(text, r)
		return
	}
	host, path := site.SplitURL(site.Refang(string(text)))
	if tree, ok := site.CutTree(host); ok && !strings.Contains(tree, "*") {
		host, r.Scope = tree, Tree
	}
	switch {
	case strings.Contains(host, "*"):
		c.addGlob("^", host, "$", r)
	case path && site.IsShared(host):
		c.refuse(PathOnSharedHost, host)
	default:
		before := c.sum.Rules
		if c.addName([]byte(host), r); path && c.sum.Rules > before {
			c.widen(host)
		}
	}
}

// widen tells that the current entry became a rule for all of a host.
func (c *collector) widen(host string) {
	c.sum.Widened++
	if c.widened != nil {
		c.widened(Widening{c.number, display(c.text), display(host)})
	}
}

// addGlob emits r as a regular expression for a name in which '*' stands for
// any characters, dots too, between the given anchors.
func (c *collector) addGlob(before, glob, after string, r Rule) {
	glob = strings.ToLower(glob)
	if strings.Trim(glob, "abcdefghijklmnopqrstuvwxyz0123456789-_.*") != "" || glob[0] == '.' {
		c.refuse(BadName, glob)
		return
	}
	r.Scope = Tree
	c.addRegex(before+strings.ReplaceAll(regexp.QuoteMeta(glob), `\*`, ".*")+after, r)
}
