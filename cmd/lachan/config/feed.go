package config

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/blocklist/feed/reach"
	"lachan/blocklist/format"
	"lachan/blocklist/release"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// A Feed is one list and where it comes from.
type Feed struct {
	// Name is the feed's, unique: 1 to 40 of a-z, 0-9 and '-'. No default.
	Name string `yaml:"name"`
	// URL is https://, http://, axfr://server[:port]/zone or the path of a file
	// or of a directory, whose lists are then one feed. No default.
	URL string `yaml:"url"`
	// Format is how the list is written. Default auto.
	Format format.Format `yaml:"format"`
	// Action is block or allow; an allow feed counts as allow entries of Unit.
	// Default block.
	Action FeedAction `yaml:"action"`
	// Subdomains has an entry of a hosts or domains list cover all below it;
	// the other formats say it themselves. Default true.
	Subdomains bool `yaml:"subdomains"`
	// AllowSuffixes lets entries cover a public suffix, such as zip or com.vn, below
	// which unrelated people register names. Default false; those of an authority may.
	AllowSuffixes bool `yaml:"allow_suffixes"`
	// Rewrites lets the rules of the list put answers of their own in place of the
	// DNS's (adblock dnsrewrite, hosts with real addresses), not only block. Default
	// false.
	Rewrites bool `yaml:"rewrites"`
	// Category is that of entries which do not name their own. Block feeds have to
	// have one; allow feeds need none.
	Category string `yaml:"category"`
	// Categories are what entries may name as their own category (csv, xlsx),
	// besides Category. Default: any of a feed that is signed, trusted, locked or an
	// authority's, none of another.
	Categories []string `yaml:"categories"`
	// Trusted lets entries name any category, also csam and authority-order.
	// Default false.
	Trusted bool `yaml:"trusted"`
	// LockedBy is the unit whose subordinates cannot lift the list. Default
	// none.
	LockedBy string `yaml:"locked_by"`
	// Unit is the unit whose entries an allow feed counts as. Default "", the
	// top unit.
	Unit string `yaml:"unit"`
	// OnMissing says what to do as long as the list was never had: serve
	// without it, or refuse all queries. Default serve.
	OnMissing OnMissing `yaml:"on_missing"`
	// Refresh is the time from one success to the next attempt. Default 1h; 1m
	// to 30d.
	Refresh time.Duration `yaml:"refresh"`
	// MaxBytes bounds the list, as sent and as unpacked. Default 64MiB; 1KiB
	// to 4GiB.
	MaxBytes yamlfile.Bytes `yaml:"max_bytes"`
	// MaxShrink is the part of its entries that a list may lose from one
	// version to the next; beyond that the old version is kept. Default 30%; of a
	// zone that is transferred with TSIG it may lose all, unless it is another part.
	MaxShrink yamlfile.Percent `yaml:"max_shrink"`
	// MaxGrowth is how many times the entries of one version the next may have.
	// 0 sets no bound. Default 5 of feeds that are not signed, from 1000 new
	// entries on.
	MaxGrowth float64 `yaml:"max_growth"`
	// Mirrors are where a feed of versions (manifest.json) lies too. Default
	// none.
	Mirrors   []string  `yaml:"mirrors"`
	Verify    Verify    `yaml:"verify"`
	TSIG      TSIG      `yaml:"tsig"`
	RPZ       RPZ       `yaml:"rpz"`
	Authority Authority `yaml:"authority"`
	// Chosen is the number of the decision that chose the list; 0 of one of the file.
	Chosen uint64 `yaml:"-"`
	// Carried reports whether it comes from the hub of the fleet and is never fetched here.
	Carried bool `yaml:"-"`
}

// A Verify says how a list proves that it is whole and from whom.
type Verify struct {
	// Minisign is the public key of the signer, or a list of two while one is
	// replaced: any may have signed. Default none.
	Minisign release.Keys `yaml:"minisign"`
	// SHA256URL is where the digest of the list is. Default none.
	SHA256URL string `yaml:"sha256_url"`
}

// A TSIG is the key of a zone transfer (RFC 8945). With one, replies that
// it has not signed are refused.
type TSIG struct {
	Name       string        `yaml:"name"`        // default none
	Algorithm  TSIGAlgorithm `yaml:"algorithm"`   // default hmac-sha256
	SecretFile string        `yaml:"secret_file"` // has the secret in base64; default none
}

// An RPZ overrides what the records of a response policy zone say.
type RPZ struct {
	Policy RPZPolicy `yaml:"policy"` // default given: as the records say
	CNAME  string    `yaml:"cname"`  // target of the policy cname, *.x puts the name in front; default none
}

// An Authority is the order that a list carries out.
type Authority struct {
	Name      string        `yaml:"name"`      // of the authority; default none
	Document  string        `yaml:"document"`  // its number; default none
	Date      yamlfile.Date `yaml:"date"`      // of the document; default none
	Effective yamlfile.Date `yaml:"effective"` // first day in force; default none: at once
	Expires   yamlfile.Date `yaml:"expires"`   // last day in force; default none: for ever
	Urgent    bool          `yaml:"urgent"`    // within 6 hours instead of 24; default false
}

// SetDefaults sets what a feed is when its keys are left out.
func (f *Feed) SetDefaults() {
	f.Format = format.Auto
	f.Action = Block
	f.Subdomains = true
	f.OnMissing = Serve
	f.Refresh = time.Hour
	f.MaxBytes = 64 << 20
	f.MaxShrink = defaultShrink
	f.MaxGrowth = feed.DefaultMaxGrowth
	f.TSIG.Algorithm = "hmac-sha256"
	f.RPZ.Policy = rpzGiven
}

// IsZone reports whether the feed is a response policy zone.
func (f *Feed) IsZone() bool {
	return f.Format == format.RPZ || strings.HasPrefix(f.URL, "axfr://")
}

// Answers reports whether the feed says what to answer, and not only what a name is.
func (f *Feed) Answers() bool { return f.IsZone() || f.Rewrites }

// Window is when an order holds, its days being of zone: from the beginning of its first day to the end
// of its last.
func (a *Authority) Window(zone *time.Location) (w blocklist.Window) {
	if !a.Effective.IsZero() {
		w.From = a.Effective.In(zone)
	}
	if !a.Expires.IsZero() {
		w.Until = a.Expires.In(zone).AddDate(0, 0, 1)
	}
	return w
}

// Sources is what fetching must know of the feeds, and of what is built in: which
// names are never to be blocked, and what is the name of one of some categories.
func (c *Config) Sources(
	core func(*domain.Name, bool) bool, names func(codes []string) func(text string) bool,
) []feed.Source {
	var sources []feed.Source
	for i := range c.Feeds {
		if c.Feeds[i].Carried {
			continue
		}
		source := c.Feeds[i].Source(c.Timezone.Location)
		if c.Feeds[i].Action == Block {
			source.Core = core
		}
		if c.Feeds[i].Chosen != 0 {
			source.Dial = Outside(c)
		}
		if source.Categories != nil && names != nil {
			source.MayName = names(source.Categories)
		}
		sources = append(sources, source)
	}
	return sources
}

// Source is what fetching must know of a feed, whose days are of zone.
func (f *Feed) Source(zone *time.Location) feed.Source {
	return feed.Source{
		Name: f.Name, URL: f.URL, Mirrors: f.Mirrors, Format: f.Format, Subdomains: f.Subdomains, Refresh: f.Refresh,
		MaxBytes: int64(f.MaxBytes), MaxShrink: f.shrink(), MaxGrowth: f.MaxGrowth,
		May: f.May(), Allows: f.Action == Allow, Locked: f.LockedBy != "",
		SHA256URL: f.Verify.SHA256URL, Keys: f.Verify.Minisign, Zone: zone,
		TSIG: feed.TSIG{Name: f.TSIG.Name, Algorithm: string(f.TSIG.Algorithm), SecretFile: f.TSIG.SecretFile},

		Categories: f.EntryCategories(), First: f.First(),
	}
}

// May says what entries of the feed may do beyond those of a list of strangers.
func (f *Feed) May() format.May {
	versions := feed.Source{URL: f.URL, Format: f.Format}
	return format.May{
		Suffixes: f.AllowSuffixes || f.Authority.Name != "" || versions.IsManifest(),
		Rewrites: f.Rewrites,
	}
}

// First reports whether the feed comes before others where not all can have what
// they need: one that is locked, or an authority's.
func (f *Feed) First() bool { return f.LockedBy != "" || f.Authority.Name != "" }

// Marked reports whether the operator says that the feed may fill any category, or
// somebody answers for it.
func (f *Feed) Marked() bool {
	return f.Trusted || f.LockedBy != "" || f.Authority.Name != "" || len(f.Verify.Minisign) > 0
}

// EntryCategories are the categories that entries of the feed may name, its own
// among them; nil if they may name any, or what they name means nothing.
func (f *Feed) EntryCategories() []string {
	if f.Marked() && len(f.Categories) == 0 || f.Action == Allow || f.Unit != "" || f.Answers() {
		return nil
	}
	return append([]string{f.Category}, f.Categories...)
}

// shrink is the part of its entries that the list may lose. A zone whose transfer is
// signed is what its primary has, whole, so by default it may lose all.
func (f *Feed) shrink() float64 {
	if strings.HasPrefix(f.URL, "axfr://") && f.TSIG.Name != "" && f.MaxShrink == defaultShrink {
		return 1
	}
	return float64(f.MaxShrink)
}

// defaultShrink is MaxShrink if the key is left out.
const defaultShrink = 0.30

// Feed is the feed of that name; it must be one of the configuration's.
func (c *Config) Feed(name string) *Feed {
	for i := range c.Feeds {
		if c.Feeds[i].Name == name {
			return &c.Feeds[i]
		}
	}
	return &Feed{Format: format.Auto}
}

// Tables that authorities hand over at the desk lie in a folder of each authority, which
// is a feed beside those of the file: it may what the first feed of that authority may that
// blocks, and nothing that takes a signature. The folder is called AUTHORITY.NUMBER: the
// number is another one when there were no tables in between, so that the feed is another
// one too, and nothing of the one before can come in force with it.

// TablesDir is where the tables are that authorities have handed over.
func TablesDir(c *Config) string { return filepath.Join(c.StateDir, "tables") }

// AuthorityID is the id of an authority by the name that feeds give it.
func AuthorityID(name string) string { return wording.Plain(name, '-') }

// handedBytes bounds the tables of one authority that are in force at once.
const handedBytes = 1 << 30

// handedOver is what the names of such feeds begin with.
const handedOver = "handed-over-"

// HandedOver is the name of the feed that a folder of tables is.
func HandedOver(folder string) string {
	if name := handedOver + strings.ReplaceAll(folder, ".", "-"); feedName.MatchString(name) {
		return name
	}
	sum := sha256.Sum256([]byte(folder)) // it is long, or written in letters of its own
	return handedOver + hex.EncodeToString(sum[:8])
}

// IsHandedOver reports whether a feed is of tables that were handed over.
func IsHandedOver(c *Config, f *Feed) bool {
	return strings.HasPrefix(f.Name, handedOver) && filepath.Dir(f.URL) == TablesDir(c)
}

// AuthorityFeed is the feed that says what tables of an authority may that are handed over;
// nil if there is none.
func AuthorityFeed(c *Config, authority string) *Feed {
	i := slices.IndexFunc(c.Feeds, func(f Feed) bool {
		return f.Action == Block && f.Authority.Name != "" && AuthorityID(f.Authority.Name) == authority
	})
	if i < 0 {
		return nil
	}
	return &c.Feeds[i]
}

// addHandedOver adds the feeds of what was handed over.
func addHandedOver(c *Config) {
	folders, _ := os.ReadDir(TablesDir(c)) // an error: nothing was, or others serve
	for _, folder := range folders {
		authority, _, _ := strings.Cut(folder.Name(), ".")
		of, name := AuthorityFeed(c, authority), HandedOver(folder.Name())
		dir := filepath.Join(TablesDir(c), folder.Name())
		taken := func(f Feed) bool { return f.Name == name }
		tables, err := filepath.Glob(filepath.Join(dir, "*.csv"))
		if of == nil || err != nil || len(tables) == 0 || slices.ContainsFunc(c.Feeds, taken) {
			continue
		}
		f := Feed{}
		f.SetDefaults()
		f.Name, f.URL, f.Format, f.MaxBytes = name, dir, format.CSV, yamlfile.Bytes(handedBytes)
		f.MaxShrink, f.MaxGrowth = 1, 0 // each change of it was decided
		f.Category, f.Categories, f.Trusted, f.LockedBy = of.Category, of.Categories, of.Trusted, of.LockedBy
		f.Authority = Authority{Name: of.Authority.Name, Urgent: of.Authority.Urgent}
		c.Feeds = append(c.Feeds, f)
	}
}

// MostChosen bounds the lists that are chosen by decisions.
const MostChosen = 32

// Chosen are the lists that were chosen by decisions, as console.yaml has them: they may what
// a list of strangers may, and no more. One whose name the file has is that of the file.
func Chosen(c *Config) (list []Feed) {
	file, err := os.Open(ConsoleFile(c))
	if err != nil {
		return nil // nothing was decided, or others serve
	}
	defer file.Close()
	lines, begun := bufio.NewScanner(file), false
	for len(list) < MostChosen && lines.Scan() {
		text := lines.Bytes()
		item, isItem := bytes.CutPrefix(text, []byte("- "))
		var f struct {
			Name, URL, Category string
			Format              format.Format
			Number              uint64
		}
		switch {
		case !begun && bytes.Equal(text, []byte("lists:")):
			begun = true
		case !begun && bytes.HasPrefix(text, []byte("#")):
		case !begun || !isItem:
			return list
		case json.Unmarshal(item, &f) == nil:
			if one := choose(f.Name, f.URL, f.Category, f.Format); one.Choosable() {
				one.Chosen = f.Number
				list = append(list, one)
			}
		}
	}
	return list
}

// choose is a list that is chosen: its name, its address, what it blocks, how it is written.
func choose(name, address, category string, as format.Format) (f Feed) {
	f.SetDefaults()
	f.Name, f.URL, f.Category, f.Format = name, address, category, as
	return f
}

// Choosable reports whether a list may be chosen by a decision: its name is not reserved, it
// comes over the web, proves nothing and says nothing but what is blocked.
func (f *Feed) Choosable() bool {
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return false
	}
	source := feed.Source{URL: f.URL, Format: f.Format}
	return feedName.MatchString(f.Name) && !strings.HasPrefix(f.Name, handedOver) && f.Category != "" &&
		!f.IsZone() && !source.IsManifest() && f.Format != format.Directory
}

// TakeChosen has the feeds that were chosen by decisions be those of console.yaml.
func TakeChosen(c *Config) {
	c.Feeds = slices.DeleteFunc(c.Feeds, func(f Feed) bool { return f.Chosen != 0 && !f.Carried })
	for _, f := range Chosen(c) {
		if !slices.ContainsFunc(c.Feeds, func(other Feed) bool { return other.Name == f.Name }) {
			c.Feeds = append(c.Feeds, f)
		}
	}
}

// Outside makes connections for lists that the file does not have: to public addresses, and
// to the servers of those that it has.
func Outside(c *Config) func(ctx context.Context, network, address string) (net.Conn, error) {
	var written []string
	for i := range c.Feeds {
		if c.Feeds[i].Chosen == 0 {
			written = append(written, c.Feeds[i].URL)
		}
	}
	return reach.Outside(written)
}
