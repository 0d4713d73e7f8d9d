package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// Names of the feeds that come with the program. Policy knows them by their
// prefix.
const (
	builtinPrefix   = "builtin/"
	builtinCore     = builtinPrefix + "core"
	builtinServices = builtinPrefix + "services"
	builtinStarter  = builtinPrefix + "starter"
)

// builtinSources are the lists that come with the program.
func builtinSources(c *catalogue.Catalogue) []blocklist.Source {
	var core, services, starter []format.Rule
	for _, e := range c.Core {
		scope := format.Tree
		if e.Exact {
			scope = format.Exact
		}
		core = append(core, format.Rule{Name: e.Name, Scope: scope, Category: "core"})
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
		builtinSource(builtinCore, core),
		builtinSource(builtinServices, services),
		builtinSource(builtinStarter, starter),
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

// coreNames tells whether a name, with all below it or without, is or holds one
// that is never blocked.
func coreNames(c *catalogue.Catalogue) func(n *domain.Name, below bool) bool {
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

// goodFiles are the last good copies of the configured feeds, in the order of
// the configuration. Feeds that have none are left out and named in missing.
func goodFiles(cfg *Config, store *feed.Store) (files []listFile, missing []string) {
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		copied, ok := store.Good(f.Name)
		if !ok {
			missing = append(missing, f.Name)
			continue
		}
		files = append(files, f.listFile(copied, cfg.Timezone))
	}
	return files, missing
}

// listFile is a copy of the feed as the compiler reads it. Its days are of zone.
func (f *FeedConfig) listFile(c feed.Copy, zone Timezone) listFile {
	return listFile{f.Name, c.Digest, c.Path, c.Format, c.AskedFormat, f.Subdomains, f.URL, f.isZone(), zone}
}

// isZone tells whether a feed is a response policy zone.
func (f *FeedConfig) isZone() bool {
	return f.Format == format.RPZ || strings.HasPrefix(f.URL, "axfr://")
}

// bind gives the rules of lists the tags of a policy. A category that
// a configured feed fills is that feed's to define: there the built-in lists,
// which stand in for feeds, no longer speak. A feed of an order that begins or
// ends at some day holds in that time alone, and fills nothing.
func bind(l *blocklist.Lists, p *policy.Policy, cfg *Config) *blocklist.List {
	var filled policy.Set
	rules := l.Rules()
	for _, f := range cfg.Feeds {
		service := strings.HasPrefix(f.Category, "service:")
		always := f.Authority.window(cfg) == blocklist.Window{}
		if f.Action == actionBlock && f.Unit == "" && !service && always && rules[f.Name] > 0 {
			filled = filled.Or(p.Tags(builtinPrefix, f.Category))
		}
	}
	tags := func(feed, category string) policy.Set {
		tags := p.Tags(feed, category)
		if strings.HasPrefix(feed, builtinPrefix) && feed != builtinCore {
			tags = tags.Without(filled)
		}
		return tags
	}
	return l.BindDuring(tags, func(feed string) blocklist.Window { return cfg.feed(feed).Authority.window(cfg) })
}

// window is when an order holds: from the beginning of its first day to the end
// of its last.
func (a *AuthorityConfig) window(cfg *Config) (w blocklist.Window) {
	if !a.Effective.IsZero() {
		w.From = a.Effective.In(cfg.Timezone.Location)
	}
	if !a.Expires.IsZero() {
		w.Until = a.Expires.In(cfg.Timezone.Location).AddDate(0, 0, 1)
	}
	return w
}

// loadPolicy reads the policy of a configuration, which must know the categories
// of the zones that are served; old, which may be nil, is used again if it is the
// same.
func loadPolicy(cfg *Config, old *policy.Policy) (*policy.Policy, yamlfile.Problems) {
	unknown := policy.Unknown{File: cfg.file, Line: cfg.lineOf("server.unknown_client")}
	if profile := cfg.Server.UnknownClient; profile != unknownRefuse && profile != catalogue.DefaultProfile {
		unknown.Profile = profile
	}
	if k := (configCheck{Config: cfg}); cfg.Policy != "" {
		if k.readable("policy", cfg.Policy, wording.ConfigPolicyFile); len(k.problems) > 0 {
			return nil, k.problems
		}
	}
	p, problems := policy.Reload(old, cfg.Policy, policyFeeds(cfg), cfg.Timezone.Location, unknown)
	if p == nil {
		return nil, problems
	}
	if wrong := checkRPZOut(cfg, p); len(wrong) > 0 {
		return nil, append(problems, wrong...)
	}
	return p, problems
}

// policyFeeds is what policy must know of the feeds.
func policyFeeds(cfg *Config) []policy.Feed {
	var feeds []policy.Feed
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		feeds = append(feeds, policy.Feed{
			Name: f.Name, Category: f.Category, Allow: f.Action == actionAllow, LockedBy: f.LockedBy, Unit: f.Unit,
			Zone: f.isZone(), ZonePolicy: string(f.RPZ.Policy), ZoneCNAME: f.RPZ.CNAME,
			Authority: f.Authority.Name, Document: f.Authority.Document, File: cfg.file, Line: cfg.lineOf(item("feeds", i)),
		})
	}
	return feeds
}

// updaterSources is what fetching must know of the feeds, and which names are
// never to be blocked.
func updaterSources(cfg *Config, core func(*domain.Name, bool) bool) []feed.Source {
	var sources []feed.Source
	for i := range cfg.Feeds {
		source := cfg.Feeds[i].updaterSource(cfg.Timezone.Location)
		if cfg.Feeds[i].Action == actionBlock {
			source.Core = core
		}
		sources = append(sources, source)
	}
	return sources
}

// updaterSource is what fetching must know of a feed, whose days are of zone.
func (f *FeedConfig) updaterSource(zone *time.Location) feed.Source {
	return feed.Source{
		Name: f.Name, URL: f.URL, Mirrors: f.Mirrors, Format: f.Format, Subdomains: f.Subdomains, Refresh: f.Refresh,
		MaxBytes: int64(f.MaxBytes), MaxShrink: float64(f.MaxShrink), MaxGrowth: f.MaxGrowth,
		Locked: f.LockedBy != "", SHA256URL: f.Verify.SHA256URL, Keys: f.Verify.Minisign, Zone: zone,
		TSIG: feed.TSIG{Name: f.TSIG.Name, Algorithm: string(f.TSIG.Algorithm), SecretFile: f.TSIG.SecretFile},
	}
}
