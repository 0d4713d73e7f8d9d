package format

import (
	"slices"
	"strings"

	"lachan/internal/wording"
)

// A Format is the way in which a list is written. Its text is its name in the
// configuration.
type Format string

// The formats. Auto stands for the one that Detect recognises.
const (
	Auto      Format = "auto"
	Hosts     Format = "hosts"     // hosts(5): an address, then names
	Domains   Format = "domains"   // a name or a URL a line
	Wildcard  Format = "wildcard"  // *.name for a tree, name for one name
	Adblock   Format = "adblock"   // the subset of adblock rules that DNS can follow
	Regex     Format = "regex"     // an RE2 expression a line
	Dnsmasq   Format = "dnsmasq"   // address=/x/, local=/x/, server=/x/
	Unbound   Format = "unbound"   // local-zone and local-data
	RPZ       Format = "rpz"       // a response policy zone as a master file
	CSV       Format = "csv"       // the table that an authority fills in
	Addresses Format = "addresses" // addresses, prefixes and ranges; also called "ips"
	XLSX      Format = "xlsx"      // the table of csv as a workbook

	// Package feed reads these two; Parse does not.
	Manifest  Format = "manifest"  // a signed feed of versions
	Directory Format = "directory" // several lists as one feed; no configuration has it
)

// all are the formats that a configuration may have.
var all = []Format{
	Auto, Hosts, Domains, Wildcard, Adblock, Regex, Dnsmasq, Unbound, RPZ, CSV, Addresses, XLSX, Manifest,
}

// UnmarshalText sets f to the format of that name, in any case. An empty text is
// Auto. For an unknown name the error offers the nearest one.
func (f *Format) UnmarshalText(text []byte) error {
	name := Format(strings.ToLower(strings.TrimSpace(string(text))))
	switch {
	case name == "":
		*f = Auto
	case name == "ips":
		*f = Addresses
	case slices.Contains(all, name), name == Directory: // the text of a copy's own format
		*f = name
	default:
		return wording.Error(textNoFormat.With(text, nearest(string(name)), names(all)))
	}
	return nil
}

// names lists formats for people.
func names(formats []Format) string {
	var s []string
	for _, f := range formats {
		s = append(s, string(f))
	}
	return strings.Join(s, ", ")
}

// nearest returns the format whose name takes the fewest edits to get from name.
func nearest(name string) Format {
	return slices.MinFunc(all, func(a, b Format) int {
		return distance(name, string(a)) - distance(name, string(b))
	})
}

// distance counts the bytes to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
