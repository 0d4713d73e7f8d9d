package figures

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Beside has the figures that do not come from counters. They depend on the policy in
// force and on files of the machine that makes the report, so the hash of the figures
// does not cover them.
type Beside struct {
	Policy   PolicyCounts  `json:"policy"`
	Days     DayCounts     `json:"days"`
	Requests RequestCounts `json:"requests"`
	// Late are the decisions of nodes that came to their hub late in the period, the oldest
	// first.
	Late []NodeDecision `json:"late,omitempty"`
	// Tests are what the node's tests of itself came to; nil if there were none.
	Tests *TestCounts `json:"tests,omitempty"`
	// Quiet are the schools of the report with days of far fewer questions than usual, those
	// with most such days first.
	Quiet []QuietCount `json:"quiet,omitempty"`
}

// PolicyCounts count how the schools of the report are set up, and the exceptions of
// the schools and of the units above them.
type PolicyCounts struct {
	SafeSearch    Figure `json:"safe_search"`
	YouTube       Figure `json:"youtube"`
	Circumvention Figure `json:"circumvention"`
	Exceptions    Figure `json:"exceptions"`
	Expired       Figure `json:"expired_exceptions"`
}

// A besideBuilder makes Beside of what was gathered.
type besideBuilder struct{ *gathered }

func (b *besideBuilder) beside(d *Data) *Beside {
	beside := &Beside{Policy: b.policyCounts(), Days: b.dayCounts(), Requests: b.requestCounts(), Late: b.late()}
	beside.Tests, beside.Quiet = b.tests(), b.quiet()
	if d.tooSmall() {
		beside.Days.hide()
	}
	return beside
}

// policyCounts counts the settings in the policy in force. Units that it does not
// know have no data.
func (b *besideBuilder) policyCounts() PolicyCounts {
	none := Figure{Sign: NoData}
	c := PolicyCounts{none, none, none, none, none}
	for _, s := range b.schools {
		if set := s.Settings; set != nil {
			c.SafeSearch = Plus(c.SafeSearch, one(set.SafeSearch))
			c.YouTube = Plus(c.YouTube, one(set.YouTube))
			c.Circumvention = Plus(c.Circumvention, one(set.Circumvention))
			c.except(set)
		}
	}
	for _, u := range b.spec.Units {
		if u.Rank != School && u.Settings != nil && b.holds(u) {
			c.except(u.Settings)
		}
	}
	return c
}

func (c *PolicyCounts) except(s *Settings) {
	c.Exceptions = Plus(c.Exceptions, Number(int64(s.Exceptions)))
	c.Expired = Plus(c.Expired, Number(int64(s.Expired)))
}

// holds reports whether a unit above schools is the reporting unit, or in it.
func (sc *scope) holds(u Unit) bool {
	return sc.spec.Unit == "" || u.ID == sc.spec.Unit || sc.unit.Rank == Province && u.Province == sc.spec.Unit
}

func one(yes bool) Figure {
	if yes {
		return Number(1)
	}
	return Number(0)
}

// A Request asks that a name be opened. People send it from the block page.
type Request struct {
	School   string // its id
	Came     time.Time
	Answered time.Time // zero: not yet
	// Outcome is open or refuse; "" of an answer that is neither.
	Outcome string
	// Spent are the hours of school until the answer, or until now.
	Spent time.Duration
	Late  bool // Spent is longer than a request may take
}

// RequestCounts count the requests that came in the period, and their state at its
// end.
type RequestCounts struct {
	Came     Figure `json:"came"`
	Answered Figure `json:"answered"`
	Open     Figure `json:"open"`
	Opened   Figure `json:"opened"` // of those answered: the name was opened
	Refused  Figure `json:"refused"`
	Late     Figure `json:"late"`   // answered or not, after more hours of school than a request may take
	Median   string `json:"median"` // hours of school to the answer, in words, or NoData
	P90      string `json:"p90"`
}

func (b *besideBuilder) requestCounts() RequestCounts {
	none := Figure{Sign: NoData}
	c := RequestCounts{none, none, none, none, none, none, string(NoData), string(NoData)}
	if b.spec.Requests == nil {
		return c
	}
	ours := map[string]bool{}
	for _, s := range b.schools {
		ours[s.ID] = true
	}
	c.Came, c.Answered, c.Open = Number(0), Number(0), Number(0)
	c.Opened, c.Refused, c.Late = Number(0), Number(0), Number(0)
	var took []time.Duration
	for _, r := range b.spec.Requests {
		if !ours[r.School] || r.Came.Before(b.spec.Period.Start) || !r.Came.Before(b.spec.Period.End) {
			continue
		}
		c.Came.Value++
		if r.Late {
			c.Late.Value++
		}
		if r.Answered.IsZero() || !r.Answered.Before(b.spec.Period.End) {
			c.Open.Value++
			continue
		}
		c.Answered.Value++
		switch r.Outcome {
		case "open":
			c.Opened.Value++
		case "refuse":
			c.Refused.Value++
		}
		took = append(took, r.Spent)
	}
	if len(took) > 0 {
		slices.Sort(took)
		middle, _ := median(took)
		c.Median, c.P90 = InWords(middle), InWords(took[(len(took)*9+9)/10-1])
	}
	return c
}

// LateAfter is after how long a decision of a node came late. With a link it takes seconds.
const LateAfter = 5 * time.Minute

// A NodeDecision is one that people made at a node of a fleet, and of which the hub has heard.
type NodeDecision struct {
	Node string    `json:"node"`
	Unit string    `json:"unit"` // its id
	What string    `json:"what"` // allow, block, or end of one of those
	Made time.Time `json:"made"`
	Came time.Time `json:"came"`
	// Outcome is what came of it at the hub.
	Outcome NodeOutcome `json:"outcome"`
	// Seq is its number in the ledger of the hub if it was taken.
	Seq uint64 `json:"seq,omitempty"`
}

// A NodeOutcome is what a decision of a node has come to at its hub.
type NodeOutcome string

// Outcomes: the hub decided the same, kept to what it had decided otherwise, or had nothing to
// decide since it was over, or so already.
const (
	NodeTaken   NodeOutcome = "taken"
	NodeRefused NodeOutcome = "refused"
	NodeOver    NodeOutcome = "over"
)

// late are the decisions for the units of the report that came late in the period.
func (b *besideBuilder) late() (list []NodeDecision) {
	ours := map[string]bool{}
	for _, s := range b.schools {
		ours[s.ID] = true
	}
	for _, u := range b.spec.Units {
		if u.Rank != School && b.holds(u) {
			ours[u.ID] = true
		}
	}
	for _, d := range b.spec.Decisions {
		unit, _, _ := strings.Cut(d.Unit, "/") // of a group of a school
		in := !d.Came.Before(b.spec.Period.Start) && d.Came.Before(b.spec.Period.End)
		if in && d.Came.Sub(d.Made) >= LateAfter && (ours[unit] || b.spec.Unit == "") {
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(x, y NodeDecision) int {
		return cmp.Or(x.Made.Compare(y.Made), cmp.Compare(x.Node, y.Node))
	})
	return list
}

// A SelfTest is one that a node made of itself: it has asked its own endpoints what clients
// of the schools get there.
type SelfTest struct {
	Day       string // 2026-09-07
	Questions int
	Failed    int
	Empty     []string // codes of categories that are to be blocked and of which no list has a name
	Failures  []TestFailure
}

// A TestFailure is a question of a test that was not answered as it has to be.
type TestFailure struct {
	Day      string `json:"day"`
	Kind     string `json:"kind"` // let-past, blocked, other-unit, untrusted, silent, unheard
	Door     string `json:"door"`
	Unit     string `json:"unit"`     // "" for clients of no unit
	Category string `json:"category"` // its label; "" of a name that is never blocked
	Name     string `json:"name"`     // of the test; "" where names are not kept
	Times    int    `json:"times"`
}

// TestCounts are what the tests of a period came to, of the whole node. Failures are those
// with clients of the units of the report, or of no unit.
type TestCounts struct {
	Days       int           `json:"days"`
	Questions  int64         `json:"questions"`
	Failed     int64         `json:"failed"`
	FailedDays int           `json:"failed_days"`
	Empty      []string      `json:"empty,omitempty"` // labels, as the last test of the period found them
	Failures   []TestFailure `json:"failures,omitempty"`
}

// tests adds up the tests of the period.
func (b *besideBuilder) tests() *TestCounts {
	var c TestCounts
	ours := map[string]bool{"": true}
	for _, s := range b.schools {
		ours[s.ID] = true
	}
	from, until := b.spec.Period.Start.Format(time.DateOnly), b.spec.Period.Last().Format(time.DateOnly)
	days, failed := map[string]bool{}, map[string]bool{}
	for i := range b.spec.Tests {
		t := &b.spec.Tests[i]
		if t.Day < from || t.Day > until {
			continue
		}
		days[t.Day] = true
		c.Questions += int64(t.Questions)
		c.Empty = nil
		for _, code := range t.Empty {
			c.Empty = append(c.Empty, b.label(code))
		}
		if t.Failed > 0 {
			c.Failed += int64(t.Failed)
			failed[t.Day] = true
		}
		for _, f := range t.Failures {
			if unit, _, _ := strings.Cut(f.Unit, "/"); ours[unit] {
				f.Day = t.Day
				if f.Category != "" {
					f.Category = b.label(f.Category)
				}
				c.Failures = append(c.Failures, f)
			}
		}
	}
	c.Days, c.FailedDays = len(days), len(failed)
	if c.Days == 0 {
		return nil
	}
	return &c
}

// A QuietDay is a school day on which far less was asked than is usual in the school.
type QuietDay struct {
	Day, School  string
	Sure         string // possible, likely, almost-sure: that devices no longer came by the filter
	Asked, Usual int64  // questions
}

// A QuietCount is a school with such days: how many, the newest of them, and how sure the
// surest is.
type QuietCount struct {
	School string `json:"school"`
	Days   int    `json:"days"`
	Last   string `json:"last"`
	Sure   string `json:"sure"`
	Asked  int64  `json:"asked"` // on the newest
	Usual  int64  `json:"usual"`
}

// quiet counts the quiet days of each school of the report. Those that are no more than
// possible are left out: they may be anything.
func (b *besideBuilder) quiet() (list []QuietCount) {
	counts := map[string]*QuietCount{}
	for _, s := range b.schools {
		counts[s.ID] = &QuietCount{School: s.ID}
	}
	from, until := b.spec.Period.Start.Format(time.DateOnly), b.spec.Period.Last().Format(time.DateOnly)
	for i := range b.spec.Quiet {
		d := &b.spec.Quiet[i]
		c := counts[d.School]
		if c == nil || d.Day < from || d.Day > until || d.Sure == "possible" {
			continue
		}
		c.Days++
		if c.Sure != "almost-sure" {
			c.Sure = d.Sure
		}
		if d.Day >= c.Last {
			c.Last, c.Asked, c.Usual = d.Day, d.Asked, d.Usual
		}
	}
	for _, c := range counts {
		if c.Days > 0 {
			list = append(list, *c)
		}
	}
	slices.SortFunc(list, func(x, y QuietCount) int {
		return cmp.Or(cmp.Compare(y.Days, x.Days), cmp.Compare(x.School, y.School))
	})
	return list
}

// label is what people call a category.
func (b *besideBuilder) label(code string) string {
	for i := range b.spec.Categories {
		if b.spec.Categories[i].Code == code {
			return b.spec.Categories[i].Label
		}
	}
	return code
}
