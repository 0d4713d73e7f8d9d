package compile

import (
	"fmt"
	"os"
	"strings"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// Rows are rows of tables of units by key.
type Rows map[string]source.Row

// rows are the rows of all tables while a policy is compiled. One with a mistake is
// put back as it was when it was last good; the others count.
type rows struct {
	strict   bool
	before   Rows
	list     []row
	byKey    map[string]int // how many rows that count have a key
	at       map[site]int   // index into list
	rejected yamlfile.Problems
	remarks  yamlfile.Problems
	inputs   []compiled.Input
	whole    yamlfile.Problems // because of which no table counts
}

// A row is one as it counts now.
type row struct {
	source.Row
	asWas bool // it says what it said when it was last good
	gone  bool // it does not count
}

// mostTold bounds what a policy keeps of rows that were not taken.
const mostTold = 200

// readRows reads the tables. Rows that cannot be read are rejected at once, but for
// a strict job.
func readRows(c *compiler, files []yamlfile.At[string]) *rows {
	r := &rows{strict: c.job.Strict, before: c.job.Before, byKey: map[string]int{}, at: map[site]int{}}
	nameless := false
	var mistakes yamlfile.Problems
	for _, name := range files {
		path := c.beside(name.V)
		data, err := os.ReadFile(path)
		if err != nil {
			r.whole.Add(c.path, name.Line, textUnreadable.With(err))
			continue
		}
		r.inputs = append(r.inputs, compiled.NewInput(path, data))
		table := source.ReadTable(path, data)
		r.whole = append(r.whole, table.Whole...)
		r.remarks = append(r.remarks, table.Remarks...)
		mistakes = append(mistakes, table.Mistakes...)
		for i := range table.Rows {
			r.add(&table.Rows[i])
		}
		nameless = nameless || table.Nameless
	}
	if r.strict {
		r.whole = append(r.whole, mistakes...)
		return r
	}
	for _, p := range mistakes {
		if at, is := r.at[site{p.File, p.Line}]; is {
			p.Text = wording.Join(p.Text, r.putBack(at))
		}
		r.rejected = append(r.rejected, p)
	}
	for i := range r.list {
		if r.list[i].Mistake {
			r.putBack(i)
		}
	}
	if nameless {
		r.keepMissing()
	}
	return r
}

// add takes a row as its table has it.
func (r *rows) add(from *source.Row) {
	before, known := r.before[from.Key()]
	r.at[site{from.File, from.Line}] = len(r.list)
	r.byKey[from.Key()]++
	r.list = append(r.list, row{Row: *from, asWas: known && before.Text() == from.Text()})
}

// putBack makes a row what it was, or nothing if nothing is known of that or another
// row has its key. It returns what is to be said of it.
func (r *rows) putBack(at int) wording.Text {
	row := &r.list[at]
	if row.asWas && !row.gone {
		return textRowKept
	}
	if row.gone {
		return textRowLeftOut
	}
	key := row.Key()
	before, known := r.before[key]
	if !known || r.byKey[key] > 1 {
		row.gone = true
		r.byKey[key]--
		return textRowLeftOut
	}
	before.File, before.Line = row.File, row.Line
	row.Row, row.asWas = before, true
	return textRowKept
}

// keepMissing takes the rows that were there and are missing: a line that cannot be
// read may be one of them.
func (r *rows) keepMissing() {
	for key, before := range r.before {
		if r.byKey[key] == 0 {
			r.byKey[key]++
			r.list = append(r.list, row{Row: before, asWas: true})
		}
	}
}

// takeRows adds the units of the tables.
func (c *compiler) takeRows(r *rows) {
	c.rows = r
	c.inputs = append(c.inputs, r.inputs...)
	c.problems = append(c.problems, r.whole...)
	for i := range r.list {
		if !r.list[i].gone {
			unit := r.list[i].Unit()
			c.takeUnit(&unit, compiled.NoUnit)
		}
	}
}

// reject puts back the rows that the problems are about. It returns false if one is
// about none, or about one that is as it was.
func (r *rows) reject(from *report) bool {
	var rejected yamlfile.Problems
	back := map[int]bool{}
	for i, p := range from.problems {
		at, ok := r.blamed(site{p.File, p.Line})
		if other, both := from.others[i]; both && !ok {
			at, ok = r.blamed(other)
			p.File, p.Line = other.file, other.line
		}
		if !ok {
			return false
		}
		back[at] = true
		rejected = append(rejected, p)
	}
	said := map[site]wording.Text{}
	for at := range r.list { // in the order of the tables
		if back[at] {
			where := site{r.list[at].File, r.list[at].Line}
			said[where] = r.putBack(at)
		}
	}
	for _, p := range rejected {
		p.Text = wording.Join(p.Text, said[site{p.File, p.Line}])
		r.rejected = append(r.rejected, p)
	}
	return true
}

// blamed is the row at a place that can be put back.
func (r *rows) blamed(where site) (at int, ok bool) {
	at, ok = r.at[where]
	return at, ok && !r.list[at].asWas && !r.list[at].gone
}

// good are the rows that count.
func (r *rows) good() Rows {
	good := Rows{}
	for i := range r.list {
		if row := &r.list[i]; !row.gone {
			good[row.Key()] = row.Row
		}
	}
	return good
}

// told is what is said of the rows that were not taken.
func (r *rows) told() yamlfile.Problems {
	r.rejected.Sort()
	told := source.Condense(r.rejected)
	if more := len(told) - mostTold; more > 0 {
		told = append(told[:mostTold:mostTold], yamlfile.Problem{File: told[0].File, Text: textRowsMore.With(more)})
	}
	return told
}

// remarksOf returns what is worth knowing of the tables: what their readers say,
// schools that no client belongs to, and schools without a parent where there are units that
// could be it.
func remarksOf(c *compiler) yamlfile.Problems {
	reached, above := reachedOf(c), false
	for u := 1; u < len(c.units); u++ {
		above = above || c.units[u].kind < source.School
	}
	var unreached, alone []*source.Row
	for i := range c.rows.list {
		row := &c.rows.list[i]
		u, known := c.byID[row.ID]
		if row.gone || !known || c.units[u].kind != source.School {
			continue
		}
		if !reached[u] {
			unreached = append(unreached, &row.Row)
		}
		if above && c.parent[u] == compiled.NoUnit {
			alone = append(alone, &row.Row)
		}
	}
	remarks := c.rows.remarks[:len(c.rows.remarks):len(c.rows.remarks)]
	for _, about := range []struct {
		rows []*source.Row
		text wording.Text
	}{{unreached, textRowsUnreached}, {alone, textRowsAlone}} {
		if len(about.rows) > 0 {
			first := about.rows[0]
			remarks.Add(first.File, first.Line, about.text.With(len(about.rows), firstIDs(about.rows)))
		}
	}
	return remarks
}

// reachedOf reports of each unit whether some client may belong to it, or to a group
// of it.
func reachedOf(c *compiler) []bool {
	reached := make([]bool, len(c.units))
	mark := func(u uint32) {
		reached[u] = true
		for c.units[u].kind == source.GroupKind && c.parent[u] != compiled.NoUnit {
			u = c.parent[u]
			reached[u] = true
		}
	}
	for _, claim := range c.claims {
		mark(claim.unit)
	}
	for _, of := range []map[[32]byte]uint32{c.links, c.tokens, c.sessions} {
		for _, u := range of {
			mark(u)
		}
	}
	for _, u := range c.devices {
		mark(u)
	}
	return reached
}

// firstIDs are the ids of the first rows.
func firstIDs(rows []*source.Row) string {
	var ids []string
	for i, row := range rows {
		if i == 3 {
			ids = append(ids, "…")
			break
		}
		ids = append(ids, fmt.Sprintf("%s (%d)", row.ID, row.Line))
	}
	return strings.Join(ids, ", ")
}
