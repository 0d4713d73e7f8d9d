package policy

import (
	"slices"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
)

// file is policy.yaml as it is written. Every key may be left out.
type file struct {
	// Categories adds categories, which rank below the built-in ones, or gives
	// built-in ones another label: {my-code: {vi: "...", en: "..."}}.
	Categories map[string]categoryText `yaml:"categories"`
	// Canaries says whether policy answers the names that software asks to
	// learn whether it may go around the resolver. Default true.
	Canaries bool `yaml:"canaries"`
	// DefaultProfile is the profile of clients that no unit claims and of units
	// that neither have nor inherit one. Default "default".
	DefaultProfile yamlfile.At[string] `yaml:"default_profile"`
	// Profiles adds to the ready-made ones. One of the same name takes the
	// place of a ready-made one whole.
	Profiles map[string]profileText `yaml:"profiles"`
	// Timetables are the windows of time that rules name.
	Timetables map[string]timetableText `yaml:"timetables"`
	// Calendar is that of all units; a unit may have its own.
	Calendar *calendarText `yaml:"calendar"`
	// Units in any order, parents before or after their children.
	Units []unitText `yaml:"units"`
	// UnitsCSV are files with more units, relative to this file.
	UnitsCSV []yamlfile.At[string] `yaml:"units_csv"`
	// Tests are policy scripts, relative to this file, that `lachan check` runs.
	Tests []string `yaml:"tests"`
}

// newFile is a file that says nothing.
func newFile() *file {
	return &file{Canaries: true, DefaultProfile: yamlfile.At[string]{V: catalogue.DefaultProfile}}
}

// categoryText is a category as written: its labels.
type categoryText struct {
	Line yamlfile.Line
	VI   string `yaml:"vi"`
	EN   string `yaml:"en"`
}

// profileText is a profile as written. It stands alone: what it does not
// mention is not taken from a ready-made profile of the same name.
type profileText struct {
	Line yamlfile.Line
	// Block are the categories and services (as service:ID) that are blocked.
	Block []yamlfile.At[string] `yaml:"block"`
	// Allow are categories, services and names that are left alone whatever
	// Block says. A service that is allowed lifts itself and the categories it
	// is in, no other: if a list also calls it malware, it stays blocked.
	Allow []entryText `yaml:"allow"`
	// SafeSearch (off, strict) sends search engines to their safe face.
	SafeSearch searchStrictness `yaml:"safe_search"`
	// YouTube (off, moderate, strict) is apart from the other engines.
	YouTube youTubeStrictness `yaml:"youtube"`
	// Default is what happens to all other names: allow, or deny for exams and
	// learning only, when nothing but what is allowed by word resolves.
	Default defaultVerdict `yaml:"default"`
	// Reply is the shape of blocked answers: nxdomain (default), null, nodata,
	// refused or page.
	Reply replyText `yaml:"reply"`
	// Replies gives categories another shape than Reply: {adult: page}.
	Replies map[string]yamlfile.At[replyText] `yaml:"replies"`
	// Rules hold at some times only; they come before those of units and name
	// no profile.
	Rules []ruleText `yaml:"rules"`
}

// ruleText is a change of what is blocked during a timetable. A unit's rules
// hold for it and all below it. Of the rules in force at a moment the nearest
// that names a profile chooses it; then each, from the top unit down, blocks
// and allows.
type ruleText struct {
	Line    yamlfile.Line
	During  yamlfile.At[string]   `yaml:"during"`  // name of a timetable
	Block   []yamlfile.At[string] `yaml:"block"`   // categories and services
	Allow   []yamlfile.At[string] `yaml:"allow"`   // categories and services
	Profile yamlfile.At[string]   `yaml:"profile"` // takes the place of the profile for the time
}

// searchStrictness is safe_search as written: off or strict; on is strict.
type searchStrictness catalogue.Strictness

// UnmarshalText reads the strictness of search engines.
func (s *searchStrictness) UnmarshalText(text []byte) error {
	switch string(text) {
	case "off", "false", "no":
		*s = searchStrictness(catalogue.Off)
	case "strict", "on", "true", "yes":
		*s = searchStrictness(catalogue.Strict)
	default:
		return yamlfile.Problem{Text: wording.PolicySafeSearch.With(string(text))}
	}
	return nil
}

// youTubeStrictness is youtube as written: off, moderate or strict.
type youTubeStrictness catalogue.Strictness

// UnmarshalText reads the strictness of YouTube.
func (s *youTubeStrictness) UnmarshalText(text []byte) error {
	switch string(text) {
	case "off", "false", "no":
		*s = youTubeStrictness(catalogue.Off)
	case "moderate":
		*s = youTubeStrictness(catalogue.Moderate)
	case "strict":
		*s = youTubeStrictness(catalogue.Strict)
	default:
		return yamlfile.Problem{Text: wording.PolicyYouTube.With(string(text))}
	}
	return nil
}

// defaultVerdict is a profile's default as written; true is deny.
type defaultVerdict bool

// UnmarshalText reads allow or deny.
func (v *defaultVerdict) UnmarshalText(text []byte) error {
	if string(text) != "allow" && string(text) != "deny" {
		return yamlfile.Problem{Text: wording.PolicyDefault.With(string(text))}
	}
	*v = string(text) == "deny"
	return nil
}

// replyText is the shape of a blocked answer as written.
type replyText Reply

// UnmarshalText reads the shape of a blocked answer.
func (r *replyText) UnmarshalText(text []byte) error {
	i := slices.Index(replyNames[:ReplyPage+1], string(text)) // the others are for response policy zones to ask for
	if i < 0 {
		return yamlfile.Problem{Text: wording.PolicyReply.With(string(text))}
	}
	*r = replyText(i)
	return nil
}
