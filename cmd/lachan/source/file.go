package source

import (
	"fmt"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/config"
)

// A File is a good copy of a feed and how it is to be read.
type File struct {
	Feed       string          `json:"feed"`
	Digest     string          `json:"digest"` // of the bytes
	Path       string          `json:"path"`
	Format     format.Format   `json:"format"`
	Asked      format.Format   `json:"asked"` // of the files of a directory
	Subdomains bool            `json:"subdomains"`
	Address    string          `json:"address"` // of the feed; it may tell the format
	Zone       bool            `json:"zone"`    // a response policy zone
	Timezone   config.Timezone `json:"timezone"`
}

// FileOf is a copy of the feed as the compiler reads it. Its days are of zone.
func FileOf(f *config.Feed, c feed.Copy, zone config.Timezone) File {
	return File{f.Name, c.Digest, c.Path, c.Format, c.AskedFormat, f.Subdomains, f.URL, f.IsZone(), zone}
}

// Good are the last good copies of the configured feeds, in the order of
// the configuration. Feeds that have none are left out and named in missing.
func Good(cfg *config.Config, store *feed.Store) (files []File, missing []string) {
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		copied, ok := store.Good(f.Name)
		if !ok {
			missing = append(missing, f.Name)
			continue
		}
		files = append(files, FileOf(f, copied, cfg.Timezone))
	}
	return files, missing
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

// Blocklist is the source of lists that the file is.
func (f File) Blocklist() blocklist.Source {
	read := f.read
	if !f.Zone {
		read = f.readAsList
	}
	as := f.Format
	if as == format.Directory {
		as += "/" + f.Asked
	}
	return blocklist.Source{
		Name:   f.Feed,
		Digest: fmt.Sprintf("%s %s %t %t %s", f.Digest, as, f.Subdomains, f.Zone, f.Timezone),
		Rules:  read,
	}
}

func (f File) read(emit func(format.Rule) error) error {
	c := feed.Copy{Path: f.Path, Format: f.Format, AskedFormat: f.Asked}
	return c.Parse(format.Options{Subdomains: f.Subdomains, Name: f.Address, Zone: f.Timezone.Location}, emit)
}

// readAsList reads a copy of a feed that is not configured as a response policy
// zone but may turn out to be written like one: its names are then taken as
// those of any list.
func (f File) readAsList(emit func(format.Rule) error) error {
	return f.read(func(r format.Rule) error {
		if r.Client {
			return nil
		}
		r.Allow = r.Allow || r.Act == format.ActPassthru
		r.Act, r.Data = format.ActBlock, ""
		return emit(r)
	})
}
