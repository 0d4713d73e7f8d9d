package attendance

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"lachan/metrics/lull"
	"lachan/policy"
	"lachan/policy/source"
)

// A place is where a school is, and what was counted there.
type place struct {
	group    policy.GroupID
	area     string
	province string
	days     []lull.Day
}

// Judge judges a day of all schools of a policy by the days that are kept.
func Judge(dir string, p *policy.Policy, day time.Time) (j lull.Judgement, err error) {
	j.Day = day.Format(time.DateOnly)
	places := map[string]*place{}
	for g, of := range p.Groups() {
		if of.Kind == source.School {
			places[of.School] = &place{group: g, area: of.Commune, province: of.Province}
		}
	}
	days, err := lull.Days(dir)
	if err != nil {
		return j, err
	}
	for _, date := range days {
		if date > j.Day {
			break
		}
		counts, err := lull.ReadDay(dir, date)
		if err != nil {
			continue // a day without figures
		}
		at, err := time.ParseInLocation(time.DateOnly, date, p.Location())
		if err != nil {
			return j, err
		}
		add(p, places, at, counts)
	}
	j.Judged, j.Common, j.Found = find(places, j.Day)
	return j, nil
}

// add adds a day to all schools that were counted on it.
func add(p *policy.Policy, places map[string]*place, at time.Time, counts map[string]lull.Count) {
	type held struct {
		as    time.Weekday
		study bool
	}
	calendars := map[int]held{}
	for id, is := range places {
		count, counted := counts[id]
		if !counted {
			continue
		}
		calendar := p.Calendar(is.group)
		h, known := calendars[calendar]
		if !known {
			h.as, h.study = policy.StudyDay(p, calendar, at)
			calendars[calendar] = h
		}
		is.days = append(is.days, lull.Day{
			Day: at.Format(time.DateOnly), Weekday: h.as, Study: h.study,
			Known: time.Duration(count.Protected)*time.Second >= whole,
			Asked: count.Asked, Connectivity: count.Connectivity, Devices: count.Devices,
		})
	}
}

// leastArea is how many schools an area has to have for a cause to be common there; those
// of smaller ones are looked at with all of the province.
const leastArea = 4

// find judges the last day of each school, those of an area together.
func find(places map[string]*place, day string) (judged, common int, found []lull.Found) {
	findings := map[string]*lull.Finding{}
	areas := map[string][]*lull.Finding{}
	size := map[string]int{}
	for _, is := range places {
		size[is.area]++
	}
	for id, is := range places {
		if len(is.days) == 0 || is.days[len(is.days)-1].Day != day {
			continue
		}
		f := lull.Judge(is.days)
		if f.Judged {
			judged++
		}
		findings[id] = &f
		area := "/" + is.area
		if is.area == "" || size[is.area] < leastArea {
			area = is.province
		}
		areas[area] = append(areas[area], &f)
	}
	for _, of := range areas {
		lull.Common(of)
	}
	for _, id := range slices.Sorted(maps.Keys(findings)) {
		f := findings[id]
		if f.Common {
			common++
		}
		if f.Level > lull.None {
			found = append(found, lull.Found{
				Day: day, School: id, Sure: f.Level.String(),
				Asked: f.Asked, Usual: f.Usual, Run: f.Run, Checks: f.Checks, Few: f.Few,
			})
		}
	}
	slices.SortStableFunc(found, func(a, b lull.Found) int { return cmp.Compare(b.Level(), a.Level()) })
	return judged, common, found
}
