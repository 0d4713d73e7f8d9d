// Package lull finds schools that ask far less than they usually do: their devices may no
// longer come by the filter. A school is compared with its own days alone, by a median and
// a spread that people can check with a table of the figures.
package lull

import (
	"math"
	"slices"
	"time"
)

// A Day is what was counted of a school on a day.
type Day struct {
	Day     string       // 2026-09-07
	Weekday time.Weekday // of a make-up day the one whose lessons are held
	// Study reports whether lessons are held by the calendar: holidays, exams and the summer
	// are quiet rightly.
	Study bool
	// Known is false if the figures of the day are not whole, as when the node was off.
	Known        bool
	Asked        int64 // questions
	Connectivity int64 // of these, such by which devices look whether there is a network
	// Devices are the addresses that have asked; OfFew where there were fewer than may be told,
	// 0 where it is not known.
	Devices int64
}

// OfFew stands for so few devices that their number is not told.
const OfFew = 1

// other are the questions that are no connectivity checks.
func (d *Day) other() float64 { return float64(max(0, d.Asked-d.Connectivity)) }

// share is that of connectivity checks.
func (d *Day) share() float64 {
	if d.Asked == 0 {
		return 0
	}
	return float64(d.Connectivity) / float64(d.Asked)
}

// A Level says how sure it is that devices no longer come by the filter.
type Level uint8

// The levels.
const (
	None Level = iota
	// Possible: one day with far less than usual.
	Possible
	// Likely: two days of school in a row.
	Likely
	// AlmostSure: three in a row, or devices are there and ask nothing but whether there is a
	// network.
	AlmostSure
)

// String is the value of the label sure.
func (l Level) String() string { return [...]string{"none", "possible", "likely", "almost-sure"}[l] }

// Levels are those that are told.
func Levels() []Level { return []Level{Possible, Likely, AlmostSure} }

// Percent is how many of a hundred findings of a level are right at least, as measured on
// simulated weeks (TestQuietSchoolsAreFoundInSimulatedWeeks).
func (l Level) Percent() int { return [...]int{0, 50, 80, 90}[l] }

// What a finding takes.
const (
	sameWeekdays = 8    // days of the same weekday that are compared with, at most
	leastSame    = 3    // below that, days of any weekday are
	leastAny     = 8    // and below that of these, nothing is said
	anyWeekdays  = 20   // of these at most
	leastUsual   = 200  // questions a day, or chance decides
	farLess      = 0.35 // of what is usual
	leastSpread  = 0.15 // of what is usual: no school is as regular as that
	leastZ       = 3    // spreads below what is usual
	mostRun      = 20   // days in a row that are looked at
	leastChecks  = 20   // connectivity checks that show that devices are there
	leastDevices = 30   // devices a day, or those that may not be told are too many of them
)

// A Finding is what is said of a school on a day.
type Finding struct {
	Level  Level
	Judged bool    // there was enough to compare with, and the day is one of lessons
	Usual  int64   // questions on such a day, connectivity checks aside: a median
	Asked  int64   // on the day, likewise
	Spread float64 // as a share of Usual: 1.4826 times the median absolute deviation
	Run    int     // days of lessons in a row, the day among them, with far less
	Checks bool    // devices are there, and ask nothing but whether there is a network
	Common bool    // so many schools around have less, too, that it is not this one
	// Few: far fewer devices than usual have asked. Where the questions are as many as usual, a
	// few may ask in place of all that have left; or all come by one new address.
	Few bool
}

// Ratio is how much of what is usual was asked.
func (f *Finding) Ratio() float64 {
	if f.Usual == 0 {
		return 1
	}
	return float64(f.Asked) / float64(f.Usual)
}

// Judge judges the last of days, which are in order.
func Judge(days []Day) (f Finding) {
	if len(days) == 0 {
		return f
	}
	var study []Day
	for i := range days {
		if days[i].Study && days[i].Known {
			study = append(study, days[i])
		}
	}
	last := &days[len(days)-1]
	if !last.Study || !last.Known {
		return f
	}
	at := len(study) - 1
	// Days that are low themselves are nothing to compare with: the run is followed back, and
	// what was before it is what is usual.
	first := at
	for at-first < mostRun {
		is, ok := compare(study[:first], &study[first])
		if !ok || !is.low() {
			break
		}
		first--
		if first < 0 {
			break
		}
	}
	run := at - first
	if run == 0 {
		if f, _ = compare(study[:at], &study[at]); f.Few {
			f.Level, f.Run = Possible, 1
		}
		return f
	}
	f, ok := compare(study[:first+1], &study[at])
	if !ok || !f.low() {
		return f
	}
	f.Run = run
	switch {
	case f.Checks || run >= 3:
		f.Level = AlmostSure
	case run == 2:
		f.Level = Likely
	default:
		f.Level = Possible
	}
	return f
}

// low reports whether a day has far less than is usual.
func (f *Finding) low() bool {
	return f.Ratio() < farLess && (1-f.Ratio())/f.Spread >= leastZ
}

// compare compares a day with those before it. It is not ok if there are too few.
func compare(before []Day, d *Day) (f Finding, ok bool) {
	var same []Day
	for i := len(before) - 1; i >= 0 && len(same) < sameWeekdays; i-- {
		if before[i].Weekday == d.Weekday {
			same = append(same, before[i])
		}
	}
	if len(same) < leastSame {
		if len(before) < leastAny {
			return f, false
		}
		same = before[max(0, len(before)-anyWeekdays):]
	}
	values, shares := make([]float64, len(same)), make([]float64, len(same))
	for i := range same {
		values[i], shares[i] = same[i].other(), same[i].share()
	}
	usual := median(values)
	if usual < leastUsual {
		return f, false
	}
	for i := range values {
		values[i] = math.Abs(values[i] - usual)
	}
	f = Finding{
		Judged: true, Usual: int64(usual), Asked: int64(d.other()),
		Spread: max(leastSpread, 1.4826*median(values)/usual),
	}
	f.Few = few(same, d.Devices)
	f.Checks = d.Connectivity >= leastChecks && d.share() >= 0.5 && d.share() >= 2*median(shares)
	return f, true
}

// few reports whether far fewer devices have asked than on days before.
func few(before []Day, devices int64) bool {
	var known []float64
	for i := range before {
		if before[i].Devices > 0 {
			known = append(known, float64(before[i].Devices))
		}
	}
	if len(known) < leastSame || devices == 0 {
		return false
	}
	usual := median(known)
	for i := range known {
		known[i] = math.Abs(known[i] - usual)
	}
	ratio, spread := float64(devices)/usual, max(leastSpread, 1.4826*median(known)/usual)
	return usual >= leastDevices && ratio < farLess && (1-ratio)/spread >= leastZ
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// What a common cause takes: a storm, a power cut, a holiday that the calendar lacks.
const (
	leastPeers  = 3   // schools around that could be judged
	commonShare = 0.4 // of them have less than half of what is usual
	commonRatio = 0.5
	// longest is from which day of a run on a common cause is none any more: storms pass.
	longest = 4
)

// Common looks at the schools of one area together. Where so many of the others have much
// less than usual on the same day that the cause is not one school's, nothing is said of
// any of them before it lasts, except where devices are there and ask nothing else.
func Common(schools []*Finding) {
	judged, less := 0, 0
	for _, f := range schools {
		if f.Judged {
			judged++
			if f.Ratio() < commonRatio {
				less++
			}
		}
	}
	if judged-1 < leastPeers {
		return
	}
	for _, f := range schools {
		if f.Level == None || f.Checks {
			continue
		}
		if float64(less-1) >= commonShare*float64(judged-1) {
			f.Common = true
			f.Level = None
			if f.Run >= longest {
				f.Level = Possible
			}
		}
	}
}
