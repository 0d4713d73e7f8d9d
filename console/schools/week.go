package schools

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lachan/console/frame"
	"lachan/internal/wording"
	"lachan/policy"
)

// A weekGrid is a week as a table: a column for each day, a row for each part of the day
// in which nothing begins or ends. Each cell has a letter, which the legend explains.
type weekGrid struct {
	Days   []gridDay
	Bands  []gridBand
	Legend []legendRow
}

// First is the day at its beginning.
func (g *weekGrid) First() time.Time { return g.Days[0].Day }

// Last is the day at its end.
func (g *weekGrid) Last() time.Time { return g.Days[len(g.Days)-1].Day }

type gridDay struct {
	Day         time.Time
	Name, Short wording.Text
	Kind        wording.Text
	Today       bool
	Path        string // where something is said of the day
}

type gridBand struct {
	From, To string
	Cells    []gridCell
}

type gridCell struct {
	Letter string
	Class  string // m0 is what holds for the longest time
}

// A legendRow is what a letter stands for: all of it, or what is more and less than what
// holds for the longest time.
type legendRow struct {
	Letter, Class    string
	All, More, Fewer []wording.Text
	Names            []string
	Only             bool // only what is listed is open
}

// gridOf is the grid of some days.
func gridOf(days []policy.HeldDay, now time.Time, path func(day time.Time) string) *weekGrid {
	if len(days) == 0 {
		return nil
	}
	modes, edges := modesOf(days)
	g := &weekGrid{}
	for i := range modes {
		g.Legend = append(g.Legend, legendOf(i, modes))
	}
	for i := range days {
		day := &days[i]
		name := weekdays[day.Day.Weekday()]
		g.Days = append(g.Days, gridDay{
			Day: day.Day, Name: name[0], Short: name[1], Kind: shortDay(day.Kind.String()), Path: path(day.Day),
			Today: day.Day.Format(time.DateOnly) == now.Format(time.DateOnly),
		})
	}
	for i, from := range edges[:len(edges)-1] {
		band := gridBand{From: clock(from), To: clock(edges[i+1])}
		for j := range days {
			for k := range days[j].Parts {
				if part := &days[j].Parts[k]; part.From <= from && from < part.To {
					band.Cells = append(band.Cells, cellOf(modeAt(modes, &part.Blocked)))
				}
			}
		}
		g.Bands = append(g.Bands, band)
	}
	return g
}

// modesOf are what days can be like, what holds the longest first, and the times of day at
// which anything changes.
func modesOf(days []policy.HeldDay) (modes []*policy.Blocked, edges []time.Duration) {
	var lasts []time.Duration
	for i := range days {
		for j := range days[i].Parts {
			part := &days[i].Parts[j]
			edges = append(edges, part.From, part.To)
			k := modeAt(modes, &part.Blocked)
			if k == len(modes) {
				modes, lasts = append(modes, &part.Blocked), append(lasts, 0)
			}
			lasts[k] += part.To - part.From
		}
	}
	order := make([]int, len(modes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int((lasts[b] - lasts[a]) / time.Minute) })
	sorted := make([]*policy.Blocked, len(modes))
	for i, at := range order {
		sorted[i] = modes[at]
	}
	slices.Sort(edges)
	return sorted, slices.Compact(edges)
}

// modeAt is the place of what is like b; the number of them if there is none.
func modeAt(modes []*policy.Blocked, b *policy.Blocked) int {
	if i := slices.IndexFunc(modes, func(m *policy.Blocked) bool { return m.Equal(b) }); i >= 0 {
		return i
	}
	return len(modes)
}

func cellOf(mode int) gridCell {
	return gridCell{string(rune('A' + mode%26)), fmt.Sprintf("m%d", min(mode, 4))}
}

func legendOf(i int, modes []*policy.Blocked) legendRow {
	cell, b := cellOf(i), modes[i]
	row := legendRow{Letter: cell.Letter, Class: cell.Class, Names: b.Names, Only: b.Only || b.Default}
	if i == 0 {
		row.All = b.Labels
		return row
	}
	row.More, row.Fewer = beyond(b, modes[0]), beyond(modes[0], b)
	return row
}

// beyond is what one blocks and the other does not.
func beyond(one, other *policy.Blocked) (labels []wording.Text) {
	for i, code := range one.Codes {
		if !slices.Contains(other.Codes, code) {
			labels = append(labels, one.Labels[i])
		}
	}
	return labels
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d/time.Hour), int(d/time.Minute)%60)
}

// A windowRow is a timetable as people read it.
type windowRow struct {
	Name     string
	Days, On []wording.Text
	From, To string
	kinds    []string // of On, as policies write them
}

func windowRows(list []policy.Window) (rows []windowRow) {
	for i := range list {
		w := &list[i]
		if w.Outside {
			continue // it follows from another
		}
		row := windowRow{Name: w.Name, From: clock(w.From), To: clock(w.To)}
		for day := 1; day <= 7; day++ {
			if w.Days[day%7] {
				row.Days = append(row.Days, weekdays[day%7][1])
			}
		}
		for _, kind := range w.On {
			row.On, row.kinds = append(row.On, dayText(kind.String())), append(row.kinds, kind.String())
		}
		rows = append(rows, row)
	}
	return rows
}

// weekdays are the days by time.Weekday: in full, and short.
var weekdays = [7][2]wording.Text{
	{{VI: "Chủ nhật", EN: "Sunday"}, {VI: "CN", EN: "Sun"}}, {{VI: "Thứ hai", EN: "Monday"}, {VI: "T2", EN: "Mon"}},
	{{VI: "Thứ ba", EN: "Tuesday"}, {VI: "T3", EN: "Tue"}}, {{VI: "Thứ tư", EN: "Wednesday"}, {VI: "T4", EN: "Wed"}},
	{{VI: "Thứ năm", EN: "Thursday"}, {VI: "T5", EN: "Thu"}}, {{VI: "Thứ sáu", EN: "Friday"}, {VI: "T6", EN: "Fri"}},
	{{VI: "Thứ bảy", EN: "Saturday"}, {VI: "T7", EN: "Sat"}},
}

// AsText is the day of the week whose lessons are held.
func (r *runRow) AsText() wording.Text {
	for _, day := range weekdays {
		if strings.EqualFold(day[1].EN, r.As) {
			return day[0]
		}
	}
	return wording.Text{VI: frame.Line(r.As)}
}

// dayText is what people call a kind of day.
func dayText(kind string) wording.Text {
	switch kind {
	case "study":
		return wording.Text{VI: "ngày học", EN: "day of study"}
	case "exam":
		return wording.Text{VI: "ngày thi", EN: "examination"}
	case "holiday":
		return wording.Text{VI: "ngày nghỉ", EN: "holiday"}
	case "off":
		return wording.Text{VI: "ngoài học kỳ", EN: "out of term"}
	}
	return wording.Text{VI: kind}
}

// shortDay is the same where there is little room.
func shortDay(kind string) wording.Text {
	switch kind {
	case "study":
		return wording.Text{VI: "học", EN: "study"}
	case "exam":
		return wording.Text{VI: "thi", EN: "exam"}
	case "holiday":
		return wording.Text{VI: "nghỉ", EN: "off"}
	}
	return wording.Text{VI: "hè", EN: "out"}
}

// runText is what people call days of a kind in a calendar; it has no English if there is
// no such kind.
func runText(kind string) wording.Text {
	switch kind {
	case "terms":
		return wording.Text{VI: "Học kỳ", EN: "Term"}
	case "holidays":
		return wording.Text{VI: "Nghỉ", EN: "Holiday"}
	case "exams":
		return wording.Text{VI: "Thi", EN: "Examinations"}
	case "make_up":
		return wording.Text{VI: "Học bù", EN: "Make-up day"}
	}
	return wording.Text{VI: kind}
}
