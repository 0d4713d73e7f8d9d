package source

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"strings"

	"lachan/blocklist"
	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// Bind gives the rules of lists the tags of a policy. A category that
// a configured feed fills is that feed's to define: there the built-in lists,
// which stand in for feeds, no longer speak. A feed of an order that begins or
// ends at some day holds in that time alone, and fills nothing.
func Bind(l *blocklist.Lists, p *policy.Policy, cfg *config.Config) *blocklist.List {
	var filled policy.Set
	rules := l.Rules()
	for _, f := range cfg.Feeds {
		service := strings.HasPrefix(f.Category, "service:")
		always := f.Authority.Window(cfg.Timezone.Location) == blocklist.Window{}
		if f.Action == config.Block && f.Unit == "" && !service && always && rules[f.Name] > 0 {
			filled = filled.Or(p.Tags(BuiltinPrefix, f.Category))
		}
	}
	tags := func(feed, category string) policy.Set {
		tags := p.Tags(feed, category)
		if strings.HasPrefix(feed, BuiltinPrefix) && feed != BuiltinCore {
			tags = tags.Without(filled)
		}
		return tags
	}
	window := func(feed string) blocklist.Window { return cfg.Feed(feed).Authority.Window(cfg.Timezone.Location) }
	return l.Bind(tags, window)
}

// LoadPolicy reads the policy of a configuration, which must know the categories
// of the zones that are served; old, which may be nil, is used again if it is the
// same.
func LoadPolicy(cfg *config.Config, old *policy.Policy) (*policy.Policy, yamlfile.Problems) {
	return load(cfg, origin(cfg), old)
}

// TryPolicy is LoadPolicy with another file in place of console.yaml.
func TryPolicy(cfg *config.Config, console string) (*policy.Policy, yamlfile.Problems) {
	from := origin(cfg)
	from.Console = console
	return load(cfg, from, nil)
}

func load(cfg *config.Config, from *policy.Origin, old *policy.Policy) (*policy.Policy, yamlfile.Problems) {
	if cfg.Policy != "" {
		f, err := os.Open(cfg.Policy)
		if err != nil {
			return nil, yamlfile.Problems{cfg.Wrong("policy", textPolicyFile.With(err))}
		}
		f.Close()
	}
	if old == nil || !from.Unchanged(old) {
		store := policy.NewStore(cfg.PolicyDir())
		from.Before, from.Kept = store.Rows(), store.Kept()
	}
	p, problems := from.Reload(old)
	if p == nil {
		return nil, problems
	}
	if wrong := checkRPZOut(cfg, p); len(wrong) > 0 {
		return nil, append(problems, wrong...)
	}
	return p, problems
}

// Offline is LoadPolicy for commands that work on what is on disk, with what people
// have decided. Decided are those decisions. A console.yaml that the user may not read
// is left out, and told as a note.
func Offline(cfg *config.Config) (p *policy.Policy, decided Decided, problems yamlfile.Problems) {
	from, path := origin(cfg), config.ConsoleFile(cfg)
	if f, err := os.Open(path); errors.Is(err, fs.ErrPermission) {
		decided.Unread, from.Console = err, ""
	} else if err == nil {
		f.Close()
	}
	p, problems = load(cfg, from, nil)
	if p == nil || from.Console == "" {
		return p, decided, problems
	}
	entries, wrong := policy.Decided(path, cfg.Timezone.Location)
	problems = append(problems, wrong...)
	overlay, left, err := policy.OverlayOf(p, entries)
	if err == nil {
		p, err = p.With(overlay)
	}
	if err != nil {
		problems = append(problems, yamlfile.Problem{File: path, Text: wording.Of(err)})
	}
	decided.Entries, decided.Left = entries, left
	return p, decided, problems
}

// Decided is what people have decided, as it lies on the disk.
type Decided struct {
	Entries []policy.OverlayEntry
	Left    []policy.LeftOut // without effect
	Unread  error            // nil if it could be read, or is not there
}

// Origin is what the policy of a configuration is made of.
func Origin(cfg *config.Config) *policy.Origin { return origin(cfg) }

// origin is what the policy of a configuration is made of.
func origin(cfg *config.Config) *policy.Origin {
	var names []string
	if name := cfg.ServerName(); name != "" {
		names = []string{name}
	}
	return &policy.Origin{
		ServerNames: names,
		Console:     config.ConsoleFile(cfg),
		Path:        cfg.Policy, Feeds: policyFeeds(cfg), Zone: cfg.Timezone.Location, Unknown: unknownClients(cfg),
		Strict: cfg.Units == config.StrictUnits,
	}
}

// PolicyUnchanged reports whether LoadPolicy would return p.
func PolicyUnchanged(cfg *config.Config, p *policy.Policy) bool {
	return origin(cfg).Unchanged(p) && len(checkRPZOut(cfg, p)) == 0
}

// unknownClients is what the configuration says of clients that no unit claims.
func unknownClients(cfg *config.Config) policy.Unknown {
	unknown := policy.Unknown{File: cfg.File(), Line: cfg.LineOf("server.unknown_client")}
	switch profile := cfg.Server.UnknownClient; profile {
	case config.RefuseUnknown, config.AutoUnknown, catalogue.DefaultProfile:
	default:
		unknown.Profile = profile
	}
	return unknown
}

// RefusesUnknown reports whether clients that no unit claims are refused.
func RefusesUnknown(cfg *config.Config, p *policy.Policy) bool {
	switch cfg.Server.UnknownClient {
	case config.RefuseUnknown:
		return true
	case config.AutoUnknown:
		return policy.ClaimsClients(p)
	}
	return false
}

// ServesUnknown reports whether a client that no unit claims gets answers.
func ServesUnknown(cfg *config.Config, p *policy.Policy, client netip.Addr) bool {
	return !RefusesUnknown(cfg, p) || cfg.Server.UnknownClient == config.AutoUnknown && policy.IsSelf(client)
}

// checkRPZOut reports categories of zones that the policy does not know.
func checkRPZOut(cfg *config.Config, p *policy.Policy) (problems yamlfile.Problems) {
	for i := range cfg.Server.RPZOut.Zones {
		for _, code := range cfg.Server.RPZOut.Zones[i].Categories {
			if strings.HasPrefix(code, "service:") || p.Tags(BuiltinPrefix, code).Empty() {
				problems.Add(cfg.File(), cfg.LineOf(config.Item("server.rpz_out.zones", i)+".categories"), textRPZOutCategory.With(code))
			}
		}
	}
	return problems
}

// policyFeeds is what policy must know of the feeds.
func policyFeeds(cfg *config.Config) []policy.Feed {
	var feeds []policy.Feed
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		feeds = append(feeds, policy.Feed{
			Name: f.Name, Category: f.Category, Categories: f.Categories,
			Trusted: f.Trusted || len(f.Verify.Minisign) > 0,
			Allow:   f.Action == config.Allow, LockedBy: f.LockedBy, Unit: f.Unit,
			Zone: f.Answers(), ZonePolicy: string(f.RPZ.Policy), ZoneCNAME: f.RPZ.CNAME,
			Authority: f.Authority.Name, Document: f.Authority.Document,
			File: cfg.File(), Line: cfg.LineOf(config.Item("feeds", i)),
		})
	}
	return feeds
}
