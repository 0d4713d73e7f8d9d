package compiled

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
)

// Meta is what does not grow with the number of units.
type Meta struct {
	Inputs     Inputs
	File       string // policy.yaml
	Zone       Zone
	Canaries   bool
	Tags       Tags
	Profiles   []Profile
	Timetables []Timetable
	Lessons    int         // index of the timetable of lessons
	OwnHours   bool        // policy.yaml has a timetable of lessons of its own
	Calendars  []*Calendar // the first is nil: no calendar
	Feeds      map[string]Feed
	Tests      []string
	Rejected   yamlfile.Problems // rows of tables that were not taken
	Remarks    yamlfile.Problems // what is worth knowing of the tables
}

// Inputs are what a policy was compiled from.
type Inputs struct {
	Given string // digest of all that is not in a file
	Files []Input
}

// An Input is a file as it was read.
type Input struct {
	Path   string
	Digest string
}

// NewInput is a file with its content.
func NewInput(path string, data []byte) Input {
	sum := sha256.Sum256(data)
	return Input{path, hex.EncodeToString(sum[:])}
}

// Unchanged reports whether the files still say what they said. read returns what
// counts of a file.
func (in *Inputs) Unchanged(read func(path string) ([]byte, error)) bool {
	for _, f := range in.Files {
		data, err := read(f.Path)
		if err != nil || NewInput(f.Path, data) != f {
			return false
		}
	}
	return true
}

// A Zone is the time zone in which days and times of day are counted.
type Zone struct {
	Name   string
	Offset int  // seconds east of UTC, of a fixed zone
	Fixed  bool // it is none of the database of zones
}

// ZoneOf describes a location.
func ZoneOf(loc *time.Location) Zone {
	z := Zone{Name: loc.String()}
	known, err := time.LoadLocation(z.Name)
	_, z.Offset = time.Unix(0, 0).In(loc).Zone()
	for year := 1970; err == nil && year < 2100 && !z.Fixed; year += 5 {
		for month := time.January; month <= time.December; month += 3 {
			at := time.Date(year, month, 1, 0, 0, 0, 0, loc)
			z.Fixed = z.Fixed || !at.Equal(time.Date(year, month, 1, 0, 0, 0, 0, known))
		}
	}
	z.Fixed = z.Fixed || err != nil
	return z
}

// Location is the location.
func (z Zone) Location() (*time.Location, error) {
	if z.Fixed {
		return time.FixedZone(z.Name, z.Offset), nil
	}
	loc, err := time.LoadLocation(z.Name)
	if err != nil {
		return nil, fmt.Errorf("time zone of compiled policy: %w", err)
	}
	return loc, nil
}

// A Profile is what a client may do when nothing else is said.
type Profile struct {
	Name       string
	Block      Set
	Allow      Set     // categories and services
	Observe    Set     // likewise: counted where nothing blocks them
	Rules      []int32 // indexes into Tables.Rules
	Deny       bool    // all that is not allowed by word
	Closed     bool    // with Deny: by its own word alone, and what machines need
	Named      bool    // some own entries are the profile's
	Owner      uint32  // as which they stand
	SafeSearch catalogue.Strictness
	YouTube    catalogue.Strictness
	Replies    []byte // by category: policy.Reply
	File       string // "" of a ready-made one
	Line       int
}

// RuleName is the name of the profile of a rule that shuts all but what it lists, by the
// line of the rule. No unit can have it.
func RuleName(line int) string { return fmt.Sprintf("only:%d", line) }

// OfRule reports whether a profile is that of a rule.
func (p *Profile) OfRule() bool { return p.Closed && p.Name == RuleName(p.Line) }

// A Feed is what explanations say of a configured feed.
type Feed struct {
	Authority, Document string
	File                string // where it is configured
	Line                int
}
