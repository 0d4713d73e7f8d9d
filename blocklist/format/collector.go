package format

import (
	"bytes"
	"fmt"
	"net/netip"

	"lachan/blocklist/format/lines"
	"lachan/internal/printable"
)

// A collector hands on what one call of Parse reads, as rules and as rejects, and
// counts it. It knows the entry that is being read.
type collector struct {
	emit   func(Rule) error
	reject func(Reject)
	sum    Summary
	number int    // of the current line, or of the first line of the entry
	text   []byte // of that line
	err    error  // of emit
	costs  *Costs
	may    May

	widened func(Widening) // Options.Widened
}

func newCollector(o *Options, emit func(Rule) error, reject func(Reject)) *collector {
	costs := o.Costs
	if costs == nil {
		costs = new(Costs)
	}
	return &collector{
		costs: costs, may: o.May, widened: o.Widened, emit: emit, reject: reject,
		sum: Summary{ByReason: make(map[Reason]int)},
	}
}

// comment counts the current line as one without an entry.
func (c *collector) comment() { c.sum.Comments++ }

// add emits a rule.
func (c *collector) add(r Rule) {
	if c.err != nil {
		return
	}
	if r.Regex != "" || r.Category != "" || r.Document != "" || r.Order != nil {
		var bad string
		if r, bad = judgeText(r); bad != "" {
			c.refuse(HiddenCharacter, bad)
			return
		}
	}
	if why, bound := c.costs.charge(&r); why != accepted {
		c.refuse(why, bound)
		return
	}
	if err := c.emit(r); err != nil {
		c.err = fmt.Errorf("take rule of line %d: %w", c.number, err)
		return
	}
	c.sum.Rules++
}

// judgeText finds the character, by its number, that makes people read something
// else in a rule than what it says; "" if there is none. What is merely not seen
// is taken out of what is told of the rule; in an expression it counts.
func judgeText(r Rule) (judged Rule, bad string) {
	if hidden, found := printable.Hides(r.Regex); found {
		return r, fmt.Sprintf("%U", hidden)
	}
	told := []*string{&r.Category, &r.Document}
	if r.Order != nil {
		told = append(told, &r.Order.Authority, &r.Order.Urgency, &r.Order.Note)
	}
	for _, text := range told {
		if bad, found := printable.Deceives(*text); found {
			return r, fmt.Sprintf("%U", bad)
		}
		if _, found := printable.Hides(*text); found {
			*text = printable.Line(*text, len(*text))
		}
	}
	return r, ""
}

// addName emits r for a name as the list writes it, or rejects a name that r must
// not cover.
func (c *collector) addName(name []byte, r Rule) {
	canonical, why := c.nameOf(string(name), r)
	if why != accepted {
		c.refuse(why, string(name))
		return
	}
	r.Name = canonical
	c.add(r)
}

// addRegex emits r for a regular expression, or rejects one that costs too much.
func (c *collector) addRegex(pattern string, r Rule) {
	checked, why, detail := regexOf(pattern, c.may)
	if why != accepted {
		c.refuse(why, detail)
		return
	}
	r.Regex = checked
	c.add(r)
}

// addPrefixes emits r for each prefix, or rejects them all if r would block one
// that no list may block.
func (c *collector) addPrefixes(prefixes []netip.Prefix, r Rule) {
	for _, prefix := range prefixes {
		if why := prefixReason(prefix); why != accepted && !r.Allow && !r.Client && r.Act != ActPassthru {
			c.refuse(why, prefix.String())
			return
		}
	}
	for _, prefix := range prefixes {
		r.Prefix = prefix
		c.add(r)
	}
}

// refuse rejects an entry of the current line.
func (c *collector) refuse(why Reason, detail string) {
	c.sum.Rejected++
	c.sum.ByReason[why]++
	if c.reject != nil {
		c.reject(Reject{Line: c.number, Text: display(c.text), Reason: why, Detail: display(detail)})
	}
}

// maxRecordLines bounds a record, so that one that is never closed does not
// swallow the rest of the list.
const maxRecordLines = 20

// A record gathers the lines of an entry that goes over several: parentheses
// in a zone, quotes in a csv. The zero record is empty.
type record struct {
	number int    // of the first line
	text   []byte // the lines, each followed by "\n"
	lines  int
}

// append adds a line.
func (e *record) append(number int, line []byte) {
	if e.lines == 0 {
		e.number, e.text = number, e.text[:0]
	}
	e.text = append(append(e.text, line...), '\n')
	e.lines++
}

func (e *record) full() bool { return e.lines == maxRecordLines || len(e.text) > lines.Max }

// finish makes the whole record the current line, with the number of its first
// one; its other lines count as comments.
func (c *collector) finish(e *record) {
	c.sum.Comments += e.lines - 1
	c.number, c.text = e.number, e.text
	e.lines = 0
}

// abandon rejects each line of a record that is not closed.
func (c *collector) abandon(e *record, why Reason) {
	text := e.text
	for i := range e.lines {
		c.number = e.number + i
		c.text, text, _ = bytes.Cut(text, []byte("\n"))
		c.refuse(why, "")
	}
	e.lines = 0
}
