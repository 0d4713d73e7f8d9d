package source

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/config"
	"lachan/policy/catalogue"
)

// A File is a good copy of a feed and how it is to be read.
type File struct {
	Feed       string          `json:"feed"`
	Digest     string          `json:"digest"` // of the bytes
	Path       string          `json:"path"`
	Format     format.Format   `json:"format"`
	Asked      format.Format   `json:"asked"` // of the files of a directory
	Readings   feed.Readings   `json:"readings,omitempty"`
	Subdomains bool            `json:"subdomains"`
	May        format.May      `json:"may,omitzero"`
	Address    string          `json:"address"` // of the feed; it may tell the format
	Zone       bool            `json:"zone"`    // a response policy zone, or a list that says what to answer
	Timezone   config.Timezone `json:"timezone"`
	Allows     bool            `json:"allows,omitempty"` // the feed says what is allowed
	// Kept is the digest of rules that stay in compiled lists although there is no
	// copy to read them from; "" of a file that can be read.
	Kept  string `json:"kept,omitempty"`
	First bool   `json:"first,omitempty"` // its expressions are taken in before those of others
	// Waiting are names in doubt that were not let through: they are left out.
	Waiting []string `json:"waiting,omitempty"`
	// Categories are what entries may name as their own; nil: any.
	Categories []string `json:"categories,omitempty"`
}

// FileOf is a copy of the feed as the compiler reads it. Its days are of zone.
func FileOf(f *config.Feed, c feed.Copy, zone config.Timezone) File {
	return File{
		Feed: f.Name, Digest: c.Digest, Path: c.Path, Format: c.Format, Asked: c.AskedFormat, Readings: c.Readings,
		Subdomains: f.Subdomains, May: f.May(),
		Address: f.URL, Zone: f.Answers(), Timezone: zone, Allows: f.Action == config.Allow,
		Categories: f.EntryCategories(), First: f.First() || f.Unit != "", Waiting: doubt.Waiting(c.Doubts),
	}
}

// Copies are the last good copies of the configured feeds.
type Copies struct {
	Files      []File           // in the order of the configuration
	Missing    []string         // feeds that have none
	Unreadable map[string]error // feeds of which that is not known, and why
}

// Good looks for the last good copies.
func Good(cfg *config.Config, store *feed.Store) Copies {
	c := Copies{Unreadable: map[string]error{}}
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		copied, ok, err := store.Good(f.Name)
		switch {
		case err != nil:
			c.Unreadable[f.Name] = err
		case !ok:
			c.Missing = append(c.Missing, f.Name)
		default:
			c.Files = append(c.Files, FileOf(f, copied, cfg.Timezone))
		}
	}
	return c
}

// Keep are the files, and what lists have of feeds without a copy that can be
// read: what is blocked stays blocked. Lists that have to be compiled anew then
// are not, see Blocklist.
func (c *Copies) Keep(lists *blocklist.Lists) []File {
	files := c.Files
	if lists == nil {
		return files
	}
	for _, name := range slices.Concat(c.Missing, slices.Sorted(maps.Keys(c.Unreadable))) {
		if digest := lists.Digest(name); digest != "" {
			files = append(files, File{Feed: name, Kept: digest})
		}
	}
	return files
}

// All are the sources of lists: those that come with the program, then
// the files.
func All(builtin []blocklist.Source, files []File) []blocklist.Source {
	sources := append([]blocklist.Source{}, builtin...)
	for i := range files {
		sources = append(sources, files[i].Blocklist())
	}
	return sources
}

// errNoCopy ends a compilation that would drop what is in force.
var errNoCopy = errors.New("its last good copy cannot be read, and its names are in force")

// Blocklist is the source of lists that the file is. What is kept without a copy
// stays where it is in an update of compiled lists, and cannot be compiled anew.
func (f File) Blocklist() blocklist.Source {
	if f.Kept != "" {
		none := func(func(format.Rule) error) error { return fmt.Errorf("read feed %q: %w", f.Feed, errNoCopy) }
		return blocklist.Source{Name: f.Feed, Digest: f.Kept, Rules: none}
	}
	read := f.read
	switch {
	case f.Zone:
	case f.Allows:
		read = f.readAsAllowed
	default:
		read = f.readAsList
	}
	as := f.Format
	if as == format.Directory {
		as += "/" + f.Asked
	}
	digest := fmt.Sprintf("%s %s %t %t %s", f.Digest, as, f.Subdomains, f.Zone, f.Timezone)
	if f.Allows {
		digest += " allow"
	}
	if len(f.Waiting) > 0 {
		digest += fmt.Sprintf(" without %q", f.Waiting)
	}
	if f.May != (format.May{}) {
		digest += fmt.Sprintf(" %+v", f.May)
	}
	if len(f.Readings) > 0 {
		digest += fmt.Sprintf(" %v", f.Readings)
	}
	if f.Categories != nil {
		digest += fmt.Sprintf(" %q", f.Categories)
	}
	if f.First {
		digest += " first"
	}
	return blocklist.Source{Name: f.Feed, Digest: digest, First: f.First, Rules: read}
}

func (f File) read(emit func(format.Rule) error) error {
	c := feed.Copy{Path: f.Path, Format: f.Format, AskedFormat: f.Asked, Readings: f.Readings}
	o := format.Options{Subdomains: f.Subdomains, Name: f.Address, May: f.May, Zone: f.Timezone.Location}
	if f.Categories != nil {
		facts, err := catalogue.Load()
		if err != nil {
			return err
		}
		o.MayName = facts.Names(f.Categories)
	}
	if len(f.Waiting) == 0 {
		return c.Parse(o, emit)
	}
	return c.Parse(o, func(r format.Rule) error {
		if !r.Allow && slices.Contains(f.Waiting, r.Name) {
			return nil
		}
		return emit(r)
	})
}

// readAsList reads a copy of a feed that is not configured as a response policy
// zone but may turn out to be written like one: its names are then taken as
// those of any list.
func (f File) readAsList(emit func(format.Rule) error) error {
	return f.read(func(r format.Rule) error {
		if r.Client || r.Name == format.Every {
			return nil
		}
		r.Allow = r.Allow || r.Act == format.ActPassthru
		if !r.Rewrite { // else it says which answer an exception is for
			r.Act, r.Data = format.ActBlock, ""
		}
		return emit(r)
	})
}

// readAsAllowed reads a copy of a feed of what is allowed. There an exception
// (adblock @@) says the same as an entry, as whoever publishes such lists means
// it.
func (f File) readAsAllowed(emit func(format.Rule) error) error {
	return f.readAsList(func(r format.Rule) error {
		r.Allow = false
		return emit(r)
	})
}
