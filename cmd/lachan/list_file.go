package main

import (
	"fmt"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/blocklist/format"
)

// A listFile is a good copy of a feed and how it is to be read.
type listFile struct {
	Feed       string        `json:"feed"`
	Digest     string        `json:"digest"` // of the octets
	Path       string        `json:"path"`
	Format     format.Format `json:"format"`
	Asked      format.Format `json:"asked"` // of the files of a directory
	Subdomains bool          `json:"subdomains"`
	Address    string        `json:"address"` // of the feed; it may tell the format
	Zone       bool          `json:"zone"`    // a response policy zone
	Timezone   Timezone      `json:"timezone"`
}

// sourcesOf are the sources of lists: those that come with the program, then
// the files.
func sourcesOf(builtin []blocklist.Source, files []listFile) []blocklist.Source {
	sources := append([]blocklist.Source{}, builtin...)
	for i := range files {
		sources = append(sources, files[i].source())
	}
	return sources
}

func (f listFile) source() blocklist.Source {
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

func (f listFile) read(emit func(format.Rule) error) error {
	c := feed.Copy{Path: f.Path, Format: f.Format, AskedFormat: f.Asked}
	return c.Parse(format.Options{Subdomains: f.Subdomains, Name: f.Address, Zone: f.Timezone.Location}, emit)
}

// readAsList reads a copy of a feed that is not configured as a response policy
// zone but may turn out to be written like one: its names are then taken as
// those of any list.
func (f listFile) readAsList(emit func(format.Rule) error) error {
	return f.read(func(r format.Rule) error {
		if r.Client {
			return nil
		}
		r.Allow = r.Allow || r.Act == format.ActPassthru
		r.Act, r.Data = format.ActBlock, ""
		return emit(r)
	})
}
