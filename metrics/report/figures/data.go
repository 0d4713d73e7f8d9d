package figures

import "time"

// Data are the figures of a report. The hash is made of its JSON: the same
// figures have the same hash, whatever is typed around them.
type Data struct {
	Unit        string    `json:"unit"`
	Rank        string    `json:"rank"`
	Period      Period    `json:"period"`
	AsOf        time.Time `json:"as_of"`       // the end of the period, or when it was read if earlier or incomplete
	Provisional []string  `json:"provisional"` // why figures may still change; none: they are final

	Total      Counts          `json:"total"`
	Categories []CategoryCount `json:"categories"`
	Observed   []ObservedCount `json:"observed,omitempty"` // what profiles observe, where there was any
	Levels     []Row           `json:"levels"`
	Communes   []Row           `json:"communes"`
	Provinces  []Row           `json:"provinces"`
	Schools    []Row           `json:"schools"`
	Months     []MonthCount    `json:"months"`
	Hours      *HourCounts     `json:"hours"`
	Days       []DayCount      `json:"days,omitempty"`   // of a report on one school
	Groups     []GroupCount    `json:"groups,omitempty"` // likewise
	Compared   []Comparison    `json:"compared"`
	Coverage   Coverage        `json:"coverage"`
	Visits     Figure          `json:"visits"` // an estimate, see annex IV
	Checks     CheckCounts     `json:"checks"`
	Orders     OrderCounts     `json:"orders"`
}

// Counts are numbers of queries. Blocked is Harmful + Managed + Technical;
// Queries is Blocked + Excepted + those that nothing spoke against.
type Counts struct {
	Queries   Figure `json:"queries"`
	Blocked   Figure `json:"blocked"`
	Harmful   Figure `json:"harmful"`
	Managed   Figure `json:"managed"`
	Technical Figure `json:"technical"`
	Excepted  Figure `json:"excepted"`
}

// Content counts what was blocked for its content: without machine traffic.
func (c Counts) Content() Figure { return Plus(c.Harmful, c.Managed) }

// A CategoryCount is the blocked queries of one category.
type CategoryCount struct {
	Code    string `json:"code"`
	Label   string `json:"label"`
	Class   Class  `json:"class"`
	Blocked Figure `json:"blocked"`
}

// An ObservedCount is the queries of one category that passed and were observed.
type ObservedCount struct {
	Code   string `json:"code"`
	Label  string `json:"label"`
	Passed Figure `json:"passed"`
}

// A Row is a school, or schools that have something in common.
type Row struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Schools  Figure `json:"schools"`
	Students Figure `json:"students"`
	Counts
	Coverage  Ratio     `json:"coverage_percent"`
	Level     string    `json:"level,omitempty"`
	Commune   string    `json:"commune,omitempty"`
	Notes     []string  `json:"notes,omitempty"`
	Suspicion Suspicion `json:"suspicion,omitempty"` // of a school

	province     string
	hiddenCounts Counts // what the figures were before they were suppressed
}

// A MonthCount is one month of the period.
type MonthCount struct {
	Label string `json:"label"`
	Counts
}

// A DayCount is one day of a school.
type DayCount struct {
	Day string `json:"day"` // 2026-10-05
	Counts
}

// A GroupCount is the clients of a school that are in one group, such as its teachers.
type GroupCount struct {
	Group string `json:"group"` // "" is the school itself: whoever is in no group
	Name  string `json:"name"`
	Counts
}

// HourCounts are blocked queries by the hour of the day in which they were
// counted.
type HourCounts struct {
	From   time.Time     `json:"from"` // what of the period is in it
	To     time.Time     `json:"to"`
	Counts [24]HourCount `json:"counts"`
	// Unknown are those of gaps that are longer than an hour.
	Unknown Figure `json:"unknown"`
	// Lessons are those in the hours of lessons; Outside the rest of the known.
	Lessons Figure `json:"lessons"`
	Outside Figure `json:"outside"`
}

// An HourCount is one hour of the day.
type HourCount struct {
	Content   Figure `json:"content"`
	Technical Figure `json:"technical"`
}

// A Comparison is one figure now and in another period.
type Comparison struct {
	With   string `json:"with"` // the code of the other period
	Label  string `json:"label"`
	Counts Counts `json:"counts"`
	// Cited is the hash of the earlier report from which the counts are; "" when they are
	// counted anew.
	Cited string `json:"cited,omitempty"`
	// Changes are in percent; NoData if there are none.
	Blocked Change `json:"blocked_change"`
	Harmful Change `json:"harmful_change"`
	Queries Change `json:"queries_change"`
}

// A Change is the difference of two figures, or why there is none.
type Change struct {
	Ratio Ratio  `json:"percent"`
	Why   string `json:"why,omitempty"`
}

// Coverage says how much of the schools and the time the figures cover.
type Coverage struct {
	Schools   Figure      `json:"schools"`
	Full      Figure      `json:"full"`    // at least 95% of the time
	Partial   Figure      `json:"partial"` // less
	Silent    Figure      `json:"silent"`  // nothing at all
	Asked     Figure      `json:"asked"`   // schools that asked anything in the period
	Time      Ratio       `json:"time_percent"`
	Measure   string      `json:"measure"`    // lessons, or all hours
	Up        Ratio       `json:"up_percent"` // of all hours, the mean of schools
	Answers   Answers     `json:"answers"`    // of the nodes together
	Nodes     []NodeState `json:"nodes"`
	Backwards []string    `json:"backwards,omitempty"` // nodes whose counters were lost within the period
}

// A NodeState is the time until which a node has sent its counters.
type NodeState struct {
	Node    string  `json:"node"`
	Until   string  `json:"until"`      // a moment, or NoData
	Short   bool    `json:"short"`      // before the end of the period
	Up      Ratio   `json:"up_percent"` // of the hours of the period, at least
	Answers Answers `json:"answers"`
	Never   bool    `json:"never,omitempty"`   // it was expected, and has never sent anything
	Retired bool    `json:"retired,omitempty"` // an officer has said that nothing more will come

	sent time.Time // Until; zero is NoData
}

// OrderCounts are the orders of authorities that came in force in the period.
type OrderCounts struct {
	Orders  int `json:"orders"`
	Urgent  int `json:"urgent"`
	InLimit int `json:"within_limit"` // each within its own: 24 hours, or 6 when urgent
	In24    int `json:"within_24h"`
	In6     int `json:"within_6h"`
	// Median and Worst are from received to in force.
	Median time.Duration `json:"median_ns"`
	Worst  time.Duration `json:"worst_ns"`
}

// Hidden returns the counts of a row before they were suppressed.
func (r *Row) Hidden() Counts { return r.hiddenCounts }

// Plus adds two figures. One without a value counts as nothing, unless it is
// suppressed: then the sum is too.
func Plus(a, b Figure) Figure {
	switch {
	case a.Sign == Suppressed || b.Sign == Suppressed:
		return Figure{Sign: Suppressed}
	case !a.Known():
		return b
	case !b.Known():
		return a
	}
	return Number(a.Value + b.Value)
}

// Students returns the sum of the known numbers of pupils.
func (d *Data) Students() Figure {
	sum := Figure{Sign: NoData}
	for _, s := range d.Schools {
		sum = Plus(sum, s.Students)
	}
	return sum
}
