package figures

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// completeShare is the share of the time of lessons, in tenths of a percent, that makes the
// data of a school complete.
const completeShare = 950

// A builder makes Data of what was gathered.
type builder struct{ *gathered }

// data makes the figures from what was read.
func (b *builder) data() *Data {
	d := &Data{
		Unit: b.spec.Unit, Rank: rankCodes[b.unit.Rank], Period: b.spec.Period, AsOf: b.until,
		Provisional: inVietnamese(b.reasons()), Hours: b.hours, Visits: b.visits, Checks: b.checks,
		Observed: b.observed,
	}
	if len(d.Provisional) > 0 {
		d.AsOf = b.spec.Now.In(b.until.Location()).Truncate(time.Second) // a later look at that second finds the same
	}
	total := b.census.total()
	d.Total = b.counts(&total, len(b.schools) > 0)
	d.Categories = b.categories(&total)
	for i, span := range b.spans() {
		d.Months = append(d.Months, MonthCount{span.Label, b.counts(&b.census.months[i], true)})
	}
	for _, s := range b.schools {
		d.Schools = append(d.Schools, b.schoolRow(s))
	}
	b.ofOneSchool(d)
	d.Coverage = b.coverage(d.Schools)
	d.Levels = b.grouped(d.Schools, func(r *Row) string { return r.Level }, b.levelName, b.levelOrder)
	d.Communes = b.grouped(d.Schools, func(r *Row) string { return r.Commune }, b.name, nil)
	d.Provinces = b.grouped(d.Schools, func(r *Row) string { return r.province }, b.name, nil)
	for _, rows := range [][]Row{d.Levels, d.Communes, d.Provinces, d.Schools} {
		hideSmall(rows)
	}
	suspect(d.Schools)
	if d.tooSmall() {
		d.hideAll()
	}
	d.Compared = b.compare(d.Total)
	d.Orders = countOrders(b.spec.Orders, b.spec.Period)
	return d
}

var rankCodes = [...]string{"operator", "province", "commune", "school"}

// counts makes the counts of a report from outcomes. A unit that was not heard at all
// has no data, which is not zero.
func (b *builder) counts(t *outcomes, heard bool) Counts {
	if !heard {
		none := Figure{Sign: NoData}
		return Counts{none, none, none, none, none, none}
	}
	var of [Classes]int64
	for category, n := range t.blocked {
		of[b.census.categories[category].Class] += n
	}
	return Counts{
		Queries: Number(t.all()), Blocked: Number(of[Harmful] + of[Managed] + of[Technical]),
		Harmful: Number(of[Harmful]), Managed: Number(of[Managed]), Technical: Number(of[Technical]),
		Excepted: Number(t.excepted),
	}
}

func (b *builder) categories(total *outcomes) (list []CategoryCount) {
	for i, c := range b.census.categories {
		count := CategoryCount{Code: c.Code, Label: c.Label, Class: c.Class}
		if i < len(total.blocked) {
			count.Blocked = Number(total.blocked[i])
		}
		list = append(list, count)
	}
	slices.SortStableFunc(list, func(x, y CategoryCount) int { return cmp.Compare(x.Class, y.Class) })
	return list
}

func (b *builder) schoolRow(s schoolAt) Row {
	count := b.census.schools[s.ID]
	row := Row{
		ID: s.ID, Name: cmp.Or(s.Name, s.ID), Schools: Number(1), Students: Figure{Sign: NoData},
		Counts: b.counts(&count.outcomes, count.heard), Coverage: b.covered(s.ID),
		Level: s.level, Commune: s.commune, province: s.province,
	}
	if s.Students > 0 {
		row.Students = Number(int64(s.Students))
	}
	if !count.heard {
		row.Notes = append(row.Notes, "không có số liệu")
		row.Coverage = Ratio{Sign: NoData}
	} else if row.Coverage.Known() && row.Coverage.PerMille < completeShare {
		row.Notes = append(row.Notes, "số liệu chưa đầy đủ")
	}
	for _, was := range s.before {
		switch {
		case was.province != s.province:
			row.Notes = append(row.Notes, "trước thuộc "+b.name(was.province))
		case was.commune != s.commune:
			row.Notes = append(row.Notes, "trước thuộc "+b.name(was.commune))
		case was.level != s.level:
			row.Notes = append(row.Notes, "trước là cấp "+b.levelName(was.level))
		}
	}
	return row
}

// covered is the share of the lessons in which a school was protected; in a
// period without lessons, that of all hours.
func (b *builder) covered(school string) Ratio {
	if held := b.lessonOf[b.calendar(school)]; held > 0 {
		return Share(Number(int64(b.lessons[school]/time.Second)), Number(int64(held/time.Second)))
	}
	return b.coveredAllHours(b.census, school, b.spec.Period.Start, b.until)
}

func (b *builder) coveredAllHours(c *census, school string, from, to time.Time) Ratio {
	return Share(
		Number(int64(min(c.schools[school].protectedInAll(), to.Sub(from))/time.Second)),
		Number(int64(to.Sub(from)/time.Second)),
	)
}

func (b *builder) coverage(rows []Row) Coverage {
	c := Coverage{
		Schools:   Number(int64(len(rows))),
		Nodes:     b.nodes,
		Backwards: b.census.backwards,
		Measure:   "lessons",
		Time:      meanCoverage(rows),
		Up:        b.up(),
		Answers:   b.answers,
	}
	if !slices.ContainsFunc(b.schools, func(s schoolAt) bool { return b.lessonOf[s.Calendar] > 0 }) {
		c.Measure = "all hours"
	}
	for _, r := range rows {
		if r.Queries.Value > 0 {
			c.Asked.Value++
		}
		switch {
		case !r.Queries.Known():
			c.Silent.Value++
		case r.Coverage.PerMille >= completeShare:
			c.Full.Value++
		default:
			c.Partial.Value++
		}
	}
	return c
}

// up is the share of all hours in which a school had a node, the mean of schools.
func (b *builder) up() Ratio {
	if len(b.schools) == 0 {
		return Ratio{Sign: NoData}
	}
	return Ratio{PerMille: b.meanAllHours()}
}

// meanCoverage is the mean of schools.
func meanCoverage(rows []Row) Ratio {
	sum := int64(0)
	for _, r := range rows {
		sum += r.Coverage.PerMille
	}
	if len(rows) == 0 {
		return Ratio{Sign: NoData}
	}
	return Ratio{PerMille: (sum + int64(len(rows))/2) / int64(len(rows))}
}

// grouped adds schools up by a key. Groups are ordered by name, or by key if order is
// given.
func (b *builder) grouped(
	schools []Row,
	key func(*Row) string,
	name func(string) string,
	order func(string) int,
) []Row {
	members := make(map[string][]Row)
	for i := range schools {
		k := key(&schools[i])
		members[k] = append(members[k], schools[i])
	}
	rows := make([]Row, 0, len(members))
	for _, k := range slices.Sorted(maps.Keys(members)) {
		row := Row{ID: k, Name: name(k), Schools: Number(0), Students: Figure{Sign: NoData}}
		row.Counts = b.counts(nil, false)
		for _, m := range members[k] {
			row.Schools.Value++
			row.Students = Plus(row.Students, m.Students)
			row.Add(m.Counts)
		}
		row.Coverage = meanCoverage(members[k])
		rows = append(rows, row)
	}
	words := vietnamese()
	slices.SortStableFunc(rows, func(x, y Row) int {
		if order != nil {
			return cmp.Compare(order(x.ID), order(y.ID))
		}
		return words.CompareString(x.Name, y.Name)
	})
	return rows
}

// vietnamese orders names as people here do, and numbers in them by value.
func vietnamese() *collate.Collator { return collate.New(language.Vietnamese, collate.Numeric) }

// Add adds the known figures of another.
func (c *Counts) Add(o Counts) {
	c.Queries, c.Blocked = Plus(c.Queries, o.Queries), Plus(c.Blocked, o.Blocked)
	c.Harmful, c.Managed = Plus(c.Harmful, o.Harmful), Plus(c.Managed, o.Managed)
	c.Technical, c.Excepted = Plus(c.Technical, o.Technical), Plus(c.Excepted, o.Excepted)
}

func (sc *scope) levelName(code string) string {
	for _, l := range sc.spec.Levels {
		if l[0] == code {
			return l[1]
		}
	}
	return cmp.Or(code, "Chưa rõ cấp học")
}

func (sc *scope) levelOrder(code string) int {
	i := slices.IndexFunc(sc.spec.Levels, func(l [2]string) bool { return l[0] == code })
	if i < 0 {
		return len(sc.spec.Levels)
	}
	return i
}
