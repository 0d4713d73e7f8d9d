// Package source is a policy as people write it: policy.yaml and the tables of
// units beside it, read into plain structs whose values know their lines. What
// it comes to is package compile's to say.
package source

import (
	"slices"

	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
)

// A File is policy.yaml as it is written. Every key may be left out.
type File struct {
	// Categories adds categories, which rank below the built-in ones, or gives
	// built-in ones another label: {my-code: {vi: "...", en: "..."}}.
	Categories map[string]Category `yaml:"categories"`
	// Canaries says whether policy answers the names by which software learns
	// whether it may bypass the resolver. Default true.
	Canaries bool `yaml:"canaries"`
	// DefaultProfile is the profile of clients that no unit claims and of units
	// that neither have nor inherit one. Default "default".
	DefaultProfile yamlfile.At[string] `yaml:"default_profile"`
	// Profiles adds to the ready-made ones. One of the same name extends it.
	Profiles map[string]Profile `yaml:"profiles"`
	// Timetables are the windows of time that rules name.
	Timetables map[string]Timetable `yaml:"timetables"`
	// Calendar holds for all units; a unit may have its own.
	Calendar *Calendar `yaml:"calendar"`
	// CalendarFile is where Calendar is written.
	CalendarFile string `yaml:"-"`
	// Units in any order, parents before or after their children.
	Units []Unit `yaml:"units"`
	// UnitsCSV are files with more units, relative to this file.
	UnitsCSV []yamlfile.At[string] `yaml:"units_csv"`
	// Tests are policy scripts, relative to this file, that `lachan check` runs.
	Tests []string `yaml:"tests"`
}

// NewFile is a file that says nothing.
func NewFile() *File {
	return &File{Canaries: true, DefaultProfile: yamlfile.At[string]{V: catalogue.DefaultProfile}}
}

// A Category is a category as written: its labels.
type Category struct {
	Line yamlfile.Line
	VI   string `yaml:"vi"` // what people call it in Vietnamese
	EN   string `yaml:"en"` // and in English
}

// A Profile is a profile as written. One with the name of a ready-made profile
// extends that: what it does not mention stays as it is there.
type Profile struct {
	Line yamlfile.Line
	// File is where Line counts. The reader of the file sets it.
	File string `yaml:"-"`
	// Extends is the profile whose keys hold where this one has none. Default the
	// ready-made one of the same name; none: it stands alone.
	Extends yamlfile.At[string] `yaml:"extends"`
	// Block are the categories, services and names that are blocked, beside those of
	// the profile that is extended. An empty list, as block: [], blocks nothing.
	Block []Entry `yaml:"block"`
	// Allow are categories, services and names that are left alone whatever
	// Block says. A service that is allowed unblocks itself and the categories it
	// is in, no other: if a list also calls it malware, it stays blocked.
	Allow []Entry `yaml:"allow"`
	// Observe are categories and services that pass and are counted, so that people see
	// what blocking them would come to. What is observed is not blocked, also where the
	// profile that is extended blocks it.
	Observe []yamlfile.At[string] `yaml:"observe"`
	// Only shuts everything but this, for examinations: categories, services and names,
	// and what machines need to work at all. Neither the entries of units nor what is
	// never blocked at other times opens anything beside it; locks hold.
	Only []Entry `yaml:"only"`
	// SafeSearch (off, strict) sends search engines to their safe face.
	SafeSearch *SearchStrictness `yaml:"safe_search"`
	// YouTube (off, moderate, strict) is apart from the other engines.
	YouTube *YouTubeStrictness `yaml:"youtube"`
	// Default is what happens to all other names: allow, or deny for learning
	// only, which resolves only names that are explicitly allowed.
	Default *Default `yaml:"default"`
	// Reply is the shape of blocked answers: nxdomain (default), null, nodata,
	// refused or page.
	Reply yamlfile.At[Reply] `yaml:"reply"`
	// Replies gives categories another shape than Reply: {adult: page}.
	Replies map[string]yamlfile.At[Reply] `yaml:"replies"`
	// Rules hold at some times only; they come before those of units and name
	// no profile.
	Rules []Rule `yaml:"rules"`
}

// NoBase is Profile.Extends of a profile that stands alone.
const NoBase = "none"

// A Rule is a change of what is blocked during a timetable. A unit's rules
// hold for it and all below it. Of the rules in force at a moment the nearest
// that names a profile chooses it; then each, from the top unit down, blocks
// and allows. What a rule says of a name comes before the standing entries of
// its unit.
type Rule struct {
	Line    yamlfile.Line
	During  yamlfile.At[string] `yaml:"during"`  // name of a timetable
	Block   []Entry             `yaml:"block"`   // categories, services and names
	Allow   []Entry             `yaml:"allow"`   // categories, services and names
	Profile yamlfile.At[string] `yaml:"profile"` // takes the place of the profile for the time
	Only    []Entry             `yaml:"only"`    // nothing but this for the time, as Profile.Only
}

// A SearchStrictness is safe_search as written: off or strict; on is strict.
type SearchStrictness catalogue.Strictness

// UnmarshalText reads the strictness of search engines.
func (s *SearchStrictness) UnmarshalText(text []byte) error {
	switch string(text) {
	case "off", "false", "no":
		*s = SearchStrictness(catalogue.Off)
	case "strict", "on", "true", "yes":
		*s = SearchStrictness(catalogue.Strict)
	default:
		return yamlfile.Problem{Text: textSafeSearch.With(string(text))}
	}
	return nil
}

// A YouTubeStrictness is youtube as written: off, moderate or strict.
type YouTubeStrictness catalogue.Strictness

// UnmarshalText reads the strictness of YouTube.
func (s *YouTubeStrictness) UnmarshalText(text []byte) error {
	switch string(text) {
	case "off", "false", "no":
		*s = YouTubeStrictness(catalogue.Off)
	case "moderate":
		*s = YouTubeStrictness(catalogue.Moderate)
	case "strict":
		*s = YouTubeStrictness(catalogue.Strict)
	default:
		return yamlfile.Problem{Text: textYouTube.With(string(text))}
	}
	return nil
}

// A Default is a profile's default as written; true is deny.
type Default bool

// UnmarshalText reads allow or deny.
func (v *Default) UnmarshalText(text []byte) error {
	if string(text) != "allow" && string(text) != "deny" {
		return yamlfile.Problem{Text: textDefault.With(string(text))}
	}
	*v = string(text) == "deny"
	return nil
}

// A Reply is the shape of a blocked answer, numbered as policy.Reply is.
type Reply uint8

// The shapes that people can ask for.
const (
	ReplyNXDOMAIN Reply = iota // the name does not exist
	ReplyNull                  // 0.0.0.0 and ::
	ReplyNodata                // the name exists without records of this type
	ReplyRefused               // REFUSED
	ReplyPage                  // the addresses of the block page
)

var replyNames = [...]string{"nxdomain", "null", "nodata", "refused", "page"}

// UnmarshalText reads the shape of a blocked answer.
func (r *Reply) UnmarshalText(text []byte) error {
	i := slices.Index(replyNames[:], string(text))
	if i < 0 {
		return yamlfile.Problem{Text: textReply.With(string(text))}
	}
	*r = Reply(i)
	return nil
}
