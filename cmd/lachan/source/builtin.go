// Package source says what the lists and the policy of a configuration are made
// of: the lists that come with the program, the copies of its feeds, and the
// tags that the policy gives to what is in them. The server and the commands
// that need none work on the same.
package source

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
)

// Names of the feeds that come with the program. Policy knows them by their
// prefix.
const (
	BuiltinPrefix   = "builtin/"
	BuiltinCore     = BuiltinPrefix + "core"
	BuiltinServices = BuiltinPrefix + "services"
	BuiltinStarter  = BuiltinPrefix + "starter"
)

// Builtin are the lists that come with the program.
func Builtin(c *catalogue.Catalogue) []blocklist.Source {
	var core, services, starter []format.Rule
	for _, e := range c.Core {
		scope := format.Tree
		if e.Exact {
			scope = format.Exact
		}
		category := compiled.CoreCode
		if e.Essential() {
			category = compiled.EssentialCode
		}
		core = append(core, format.Rule{Name: e.Name, Scope: scope, Category: category})
	}
	for i := range c.Services {
		for _, name := range c.Services[i].Domains {
			services = append(services, format.Rule{Name: name, Category: "service:" + c.Services[i].ID})
		}
	}
	for _, code := range slices.Sorted(maps.Keys(c.Starter)) {
		for _, name := range c.Starter[code] {
			starter = append(starter, format.Rule{Name: name, Category: code})
		}
	}
	return []blocklist.Source{
		builtinSource(BuiltinCore, core),
		builtinSource(BuiltinServices, services),
		builtinSource(BuiltinStarter, starter),
	}
}

func builtinSource(name string, rules []format.Rule) blocklist.Source {
	text, err := json.Marshal(rules)
	if err != nil {
		panic(err) // rules of names encode
	}
	sum := sha256.Sum256(text)
	return blocklist.Source{
		Name:   name,
		Digest: hex.EncodeToString(sum[:]),
		Rules: func(emit func(format.Rule) error) error {
			for _, r := range rules {
				if err := emit(r); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// Core reports whether a name, with all below it or without, is or holds one
// that is never blocked.
func Core(c *catalogue.Catalogue) func(n *domain.Name, below bool) bool {
	exact, trees, above := map[string]bool{}, map[string]bool{}, map[string]bool{}
	var n domain.Name
	for _, e := range c.Core {
		if n.SetText(e.Name) != nil {
			continue
		}
		if key := string(n.Suffix(n.Labels())); e.Exact {
			exact[key] = true
		} else {
			trees[key] = true
		}
		for k := 1; k < n.Labels(); k++ {
			above[string(n.Suffix(k))] = true
		}
	}
	return func(n *domain.Name, below bool) bool {
		whole := n.Suffix(n.Labels())
		if exact[string(whole)] || below && above[string(whole)] {
			return true
		}
		for k := 1; k <= n.Labels(); k++ {
			if trees[string(n.Suffix(k))] {
				return true
			}
		}
		return false
	}
}

// NeverBlocked is Core for the names that come with the program.
func NeverBlocked() (func(n *domain.Name, below bool) bool, error) {
	facts, err := catalogue.Load()
	if err != nil {
		return nil, err
	}
	return Core(facts), nil
}
