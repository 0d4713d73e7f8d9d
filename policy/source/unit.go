package source

import (
	"net/netip"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// A Kind is the rank of a unit. A unit's parent has a higher rank; groups may
// lie in groups of the same school.
type Kind uint8

// The kinds of units.
const (
	Province  Kind = iota + 1 // a province or city, or another unit at the top
	Commune                   // a commune or ward
	School                    // a school
	GroupKind                 // a group of devices within a school
)

var kindNames = [...]string{"", "province", "commune", "school", "group"}

// String is the kind as policy.yaml writes it.
func (k Kind) String() string { return kindNames[k] }

// Text is what people call a kind.
func (k Kind) Text() wording.Text { return kindTexts[k] }

// MarshalText writes a kind as UnmarshalText reads it.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// kindWords are what people call kinds, as wording.Plain writes it.
var kindWords = map[string]Kind{
	"tinh": Province, "thanh-pho": Province, "so": Province,
	"xa": Commune, "phuong": Commune, "dac-khu": Commune, "xa-phuong": Commune,
	"truong": School, "truong-hoc": School, "co-so-giao-duc": School, "nhom": GroupKind,
}

// UnmarshalText reads a kind, in English or Vietnamese.
func (k *Kind) UnmarshalText(text []byte) error {
	if kind, ok := kindWords[wording.Plain(string(text), '-')]; ok {
		*k = kind
		return nil
	}
	for i, name := range kindNames {
		if i > 0 && name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return yamlfile.Problem{Text: textKind.With(string(text))}
}

// A Unit is a unit as written, in policy.yaml or as a row of a CSV file.
type Unit struct {
	Line yamlfile.Line
	// File is where Line counts. The reader of the file sets it.
	File string `yaml:"-"`
	// ID is unique among units; the id of a group is unique within its school. At
	// most 63 lower-case letters, digits, '-', '_' and '.'.
	ID string `yaml:"id"`
	// Parent is the id of the unit above, or SCHOOL/GROUP. None: a top unit.
	Parent yamlfile.At[string] `yaml:"parent"`
	Name   string              `yaml:"name"` // what reports and the block page call it
	Kind   Kind                `yaml:"kind"` // default school; group within Groups
	// Level is the level of the school: primary, lower-secondary and so on. If no
	// profile is given, the level chooses a ready-made one.
	Level    yamlfile.At[string] `yaml:"level"`
	Code     string              `yaml:"code"`     // in the ministry's database
	Type     string              `yaml:"type"`     // cong-lap, ngoai-cong-lap
	Students int                 `yaml:"students"` // how many pupils; 0 if not known
	// Profile says what clients may do. None: the profile of Level, or the parent's.
	Profile yamlfile.At[string] `yaml:"profile"`
	// Networks are the prefixes of the unit's clients; an address is one with
	// all its bits. The longest match of all units claims a client.
	Networks []yamlfile.At[string] `yaml:"networks"`
	// Devices are clients that a trusted forwarder names: "mac:00:11:22:33:44:55"
	// or "cpe:ID" (EDNS options 65001, 65073 and 65074). They come before Networks.
	Devices []yamlfile.At[string] `yaml:"devices"`
	// Links are secret ids by which clients on any address show that they belong to
	// the unit: in the path of DNS over HTTPS or the server name of TLS. They come
	// before Networks. 16 to 63 of a-z 0-9 -.
	Links []yamlfile.At[string] `yaml:"links"`
	// LinkTokens are secrets by which the unit's router shows that its present
	// address belongs to the unit. Written as Links.
	LinkTokens []yamlfile.At[string] `yaml:"link_tokens"`
	// RADIUSIDs are what an access server calls the unit's lines in the attribute that
	// `radius.attribute` of lachan.yaml names: an address is the unit's as long as such a
	// session has it. At most 253 bytes each, exactly as the access server writes them.
	RADIUSIDs []yamlfile.At[string] `yaml:"radius_ids"`
	// Contact are addresses for questions about blocks, such as
	// mailto:it@school.example and tel:+842143888888. None: the parent's.
	Contact []yamlfile.At[string] `yaml:"contact"`
	Groups  []Unit                `yaml:"groups"`
	// Calendar takes the place, key by key, of the parent's.
	Calendar *Calendar `yaml:"calendar"`
	// Lock are the categories and services that no unit at or below this one can
	// unblock.
	Lock  []yamlfile.At[string] `yaml:"lock"`
	Rules []Rule                `yaml:"rules"`
	Allow []Entry               `yaml:"allow"`
	Block []Entry               `yaml:"block"`

	// Shown and Prefixes are found out ahead of units that are read in pieces. Shown means
	// that Name is shown as it is written; Prefixes are Networks if all of them are right.
	Shown    bool           `yaml:"-"`
	Prefixes []netip.Prefix `yaml:"-"`
}

// An Entry is an entry of a unit's own as written: a name, which covers all
// below it, a category or a service; `olm.vn`, `service:zalo` and `adult` are
// short for a map with that alone.
type Entry struct {
	Line     yamlfile.Line
	Short    string `yaml:"-"`        // the plain value where it is not a map
	Plain    bool   `yaml:"-"`        // found out ahead: Short is a canonical name with a dot and no public suffix
	Name     string `yaml:"name"`     // covers all below it
	Category string `yaml:"category"` // code of one
	Service  string `yaml:"service"`  // id, without "service:"
	Who      string `yaml:"who"`      // the person who asked for it or wrote it
	Why      string `yaml:"why"`      // the reason people are given
	Document string `yaml:"document"` // number of the document that ordered it
	From     Moment `yaml:"from"`     // first day it counts, or the time from which on
	Until    Moment `yaml:"until"`    // last day it counts, or the time at which it ends
}

// SetShort reads an entry that is written as a plain value.
func (e *Entry) SetShort(s string) error {
	e.Short = s
	return nil
}
