package catalogue

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"
)

// A Feed is a public list of names, as its keeper describes it. Nothing is fetched
// because it stands here: a configuration has to name it.
type Feed struct {
	ID       string // "hostsvn-gambling": good as the name of a feed in lachan.yaml
	Label    wording.Text
	URL      string
	Mirrors  []string // other addresses of the same file; may be empty
	Format   string   // as feeds: has it
	Category string   // code
	Licence  string   // as the keeper states it; Unknown if no statement was found
	Entries  int      // 0 if not known
	AsOf     string   // the day of Entries, 2026-07-23; "" if not known
	KeptBy   string
	Source   string       // where these facts were read
	Levels   []string     // codes of the levels it is for; empty for all
	Note     wording.Text // what to know before it is used; may be empty
}

// Unknown is what a fact about a feed is called that was not found.
const Unknown = "unknown"

// feedFacts are the settings of a feed in feeds.txt.
var feedFacts = []string{
	"label", "url", "mirrors", "format", "category", "licence", "entries", "as_of", "kept_by", "levels", "source", "note",
}

// For reports whether the feed is for schools of a level, given by its code.
func (f *Feed) For(level string) bool {
	return len(f.Levels) == 0 || slices.Contains(f.Levels, level)
}

// loadFeeds reads feeds.txt, a section a feed, those made for Vietnam first.
func (c *Catalogue) loadFeeds() error {
	sections, err := readSections("feeds.txt", feedFacts...)
	if err != nil {
		return err
	}
	for i := range sections {
		s := &sections[i]
		f, err := c.readFeed(s)
		if err != nil {
			return fmt.Errorf("feeds.txt:%d: [%s]: %w", s.line, s.id, err)
		}
		c.Feeds = append(c.Feeds, f)
	}
	return nil
}

func (c *Catalogue) readFeed(s *section) (Feed, error) {
	f := Feed{
		ID: s.id, Label: s.label(), URL: s.settings["url"], Mirrors: s.list("mirrors"), Format: s.settings["format"],
		Category: s.settings["category"], Licence: s.settings["licence"], AsOf: s.settings["as_of"],
		KeptBy: s.settings["kept_by"], Source: s.settings["source"], Note: s.text("note"),
	}
	for _, address := range append(f.Mirrors, f.URL) {
		if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host == "" {
			return f, fmt.Errorf("%q is no address of a feed", address)
		}
	}
	if err := c.checkCategories(f.Category); err != nil {
		return f, err
	}
	if f.Format == "" || f.Licence == "" || f.KeptBy == "" || f.Source == "" || len(s.names) > 0 {
		return f, fmt.Errorf("a fact is missing, or a name stands in it")
	}
	if text := s.settings["entries"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return f, fmt.Errorf("entries: %w", err)
		}
		f.Entries = n
	}
	if f.AsOf != "" {
		if _, err := time.Parse(time.DateOnly, f.AsOf); err != nil {
			return f, fmt.Errorf("as_of: %w", err)
		}
	}
	if s.settings["levels"] == "all" {
		return f, nil
	}
	f.Levels = s.list("levels")
	for _, code := range f.Levels {
		if l := c.Level(code); l == nil || l.Code != code {
			return f, fmt.Errorf("level %q is unknown", code)
		}
	}
	if len(f.Levels) == 0 {
		return f, fmt.Errorf("levels are missing: all, or codes")
	}
	return f, nil
}

// Feed is the public feed at an address, which may be that of a mirror; nil if
// there is none.
func (c *Catalogue) Feed(address string) *Feed {
	at := strings.TrimSuffix(address, "/")
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if strings.TrimSuffix(f.URL, "/") == at || slices.Contains(f.Mirrors, address) {
			return f
		}
	}
	return nil
}
