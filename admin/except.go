package admin

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/blocklist/domain"
	"lachan/internal/printable"
	"lachan/internal/wording"
	"lachan/policy"
	"lachan/policy/source"
)

// An ExceptionValue is what a record says of an exception.
type ExceptionValue struct {
	From     string `json:"from"` // RFC 3339
	Until    string `json:"until,omitempty"`
	Document string `json:"document,omitempty"`
}

// Verbs of records.
const (
	verbExcept   = "except"
	verbWithdraw = "withdraw"
)

// lessonTime is how long one lesson lasts.
const lessonTime = 45 * time.Minute

func (o Except) plan(d *Desk, q *asking) (plan, error) {
	if err := q.may(account.Except, o.Unit); err != nil {
		return plan{}, err
	}
	group, ok := q.tree.group(o.Unit)
	if !ok {
		return plan{}, q.noUnit(o.Unit)
	}
	name, term, err := subject(q, o.Name)
	if err != nil {
		return plan{}, err
	}
	if !o.Block {
		if err := q.unlocked(group, name, term); err != nil {
			return plan{}, err
		}
	}
	value, until, err := d.ending(q, group, o)
	if err != nil {
		return plan{}, err
	}
	object, opposite := objectOf(o.Block, name), objectOf(!o.Block, name)
	p := planOf(names, q.draft(account.Except, verbExcept, o.Unit, object, value))
	p.field = "name"
	if term {
		p.effect = structure
	}
	if old, ok := q.state.Get(o.Unit, opposite); ok && old.New != nil {
		// An allow comes before a block of the same unit: the one before may not stay.
		p = p.then(q.draft(account.Except, verbWithdraw, o.Unit, opposite, nil))
	}
	entry := policy.OverlayEntry{Unit: o.Unit, Name: name, Allow: !o.Block, From: q.now, Until: until}
	if !term {
		p.outcome.VoidBy = voidBy(q, &entry)
		p.impact = func() Impact { return d.impact(q, o.Unit, name, &entry, opposite) }
	}
	return p, nil
}

// MostNames bounds how many names one decision is about, mostLinesTold how many of the lines
// with mistakes are told.
const (
	MostNames     = 1000
	mostLinesTold = 20
)

func (o ExceptMany) plan(d *Desk, q *asking) (p plan, err error) {
	if err := q.may(account.Except, o.Unit); err != nil {
		return p, err
	}
	if !q.tree.has(o.Unit) {
		return p, q.noUnit(o.Unit)
	}
	seen, wrong := map[string]bool{}, []wording.Text(nil)
	number := 0
	for text := range strings.Lines(o.Text) {
		number++
		text, _, _ = strings.Cut(text, "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		one := o.Except
		one.Name = text
		made, err := one.plan(d, q)
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) && (refusal.Field == "name" || refusal.Kind == Locked) {
			wrong = append(wrong, textLine.With(number, refusal.Text))
			continue
		}
		switch {
		case err != nil:
			return plan{}, err
		case len(seen) == 0:
			p = made
			p.impact, p.field = nil, "text" // it is that of one name
		case !seen[made.outcome.Object]:
			p = p.then(made.drafts...)
			p.effect = max(p.effect, made.effect)
			p.outcome.VoidBy = cmp.Or(p.outcome.VoidBy, made.outcome.VoidBy)
		}
		if seen[made.outcome.Object] = true; len(seen) > MostNames {
			return plan{}, invalid("text", textHowManyNames.With(MostNames))
		}
	}
	switch {
	case len(wrong) > 0:
		return plan{}, invalid("text", linesOf(wrong))
	case len(seen) == 0:
		return plan{}, invalid("text", textHowManyNames.With(MostNames))
	}
	p.outcome.Names = len(seen)
	return p, nil
}

// linesOf are the sentences on the first lines, and how many more there are.
func linesOf(lines []wording.Text) wording.Text {
	text := lines[0]
	for _, t := range lines[1:min(len(lines), mostLinesTold)] {
		text = wording.Text{VI: text.VI + "; " + t.VI, EN: text.EN + "; " + t.EN}
	}
	if more := len(lines) - mostLinesTold; more > 0 {
		rest := textMoreLines.With(more)
		text = wording.Text{VI: text.VI + "; " + rest.VI, EN: text.EN + "; " + rest.EN}
	}
	return text
}

// objectOf is the object of an exception.
func objectOf(block bool, name string) string {
	if block {
		return "block/" + name
	}
	return "allow/" + name
}

// subject is the name, or the category or service, of an exception as records have it.
func subject(q *asking, text string) (subject string, term bool, err error) {
	text = strings.TrimSpace(text)
	p := q.rules.Policy()
	if code, ok := strings.CutPrefix(text, "category:"); ok {
		if _, known := p.Counted(code); !known || !policy.HasCode(p, code) {
			return "", true, invalid("name", textNoCategory.With(shown(code)))
		}
		return text, true, nil
	}
	if code, ok := strings.CutPrefix(text, "service:"); ok {
		if !policy.HasCode(p, text) {
			return "", true, invalid("name", textNoService.With(shown(code)))
		}
		return text, true, nil
	}
	for _, meant := range [...]string{"category:", "service:"} {
		if policy.HasCode(p, strings.TrimPrefix(meant+text, "category:")) {
			return "", false, invalid("name", textIsCode.With(shown(text), meant+text))
		}
	}
	name, err := domain.Canonical(text)
	switch {
	case errors.Is(err, domain.ErrAddress):
		return "", false, invalid("name", textAddress.With(shown(text)))
	case err != nil:
		return "", false, invalid("name", textNoName.With(shown(text)))
	case domain.IsPublicSuffix(name):
		return "", false, invalid("name", textSuffix.With(name))
	}
	return name, false, nil
}

// unlocked is nil if no lock shuts a name for a unit, or a category or service if it is a
// term, else a refusal that says whose lock.
func (q *asking) unlocked(group policy.GroupID, name string, term bool) error {
	var n domain.Name
	var held policy.Held
	var locked bool
	if term {
		held, locked = policy.TermLock(q.rules.Policy(), group, name)
	} else if err := n.SetText(name); err != nil {
		return invalid("name", textNoName.With(shown(name)))
	} else {
		held, locked = policy.LockOf(q.rules, group, &n)
	}
	if !locked {
		return nil
	}
	return &Refusal{
		Kind: Locked, Field: "name", Text: textLocked.With(name, held.Label, place(held.Unit), held.Place),
		Place: held.Place, WhoMay: account.WhoMay(account.Lock, held.Unit, q.tree),
	}
}

// ending is the value of an exception, and the moment at which it ends, zero for never.
func (d *Desk) ending(q *asking, group policy.GroupID, o Except) (v ExceptionValue, until time.Time, err error) {
	from := q.now
	if !o.From.IsZero() {
		from = o.From.In(q.now.Location())
	}
	v = ExceptionValue{From: from.Format(time.RFC3339), Document: printable.Line(o.Document, mostWords)}
	if _, err := Moment(v.From, q.now.Location()); err != nil { // then nobody could read it either
		return v, until, invalid("from", textFrom.With(shown(o.From.Format(time.RFC3339))))
	}
	day := func(t time.Time) {
		v.Until = t.Format(time.DateOnly)
		until = dayAfter(t)
	}
	end := o.Until
	if end == "" && d.parts.Settings.Term {
		end = untilTerm
	}
	switch end {
	case "never":
	case "":
		day(from.AddDate(0, 0, d.parts.Settings.Days))
	case "lesson":
		until = from.Add(lessonTime)
		v.Until = until.Format(time.RFC3339)
	case untilTerm:
		day(endOfTerm(q, group, from))
	default:
		if until, err = Moment(o.Until, q.now.Location()); err != nil {
			return v, until, invalid("until", textUntil.With(shown(o.Until)))
		}
		v.Until = o.Until
	}
	if !until.IsZero() && (!until.After(from) || !until.After(q.now)) {
		return v, until, invalid("until", textEndsBefore.With(shown(o.Until)))
	}
	return v, until, nil
}

// Moment is when something ends that is written as its last day or as a time; zero if
// there is no text.
func Moment(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	var end source.Moment
	if err := end.UnmarshalText([]byte(text)); err != nil {
		return time.Time{}, err
	}
	return end.End(zone), nil
}

// dayAfter is the midnight with which the day of a moment ends.
func dayAfter(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}

// untilTerm is the end of what ends with the term.
const untilTerm = "term"

// What a term is, where only days of lessons are known: it ends before so long a time
// without any, and is looked for no further than this.
const (
	breakDays = 12
	termDays  = 200
)

// endOfTerm is the last day of lessons before a long time without them.
func endOfTerm(q *asking, group policy.GroupID, from time.Time) time.Time {
	p := q.rules.Policy()
	calendar := p.Calendar(group)
	last, free := from, 0
	for day := range termDays {
		at := from.AddDate(0, 0, day)
		if p.LessonsOn(calendar, at) {
			last, free = at, 0
		} else if free++; free > breakDays {
			break
		}
	}
	return last
}

func (o Withdraw) plan(_ *Desk, q *asking) (plan, error) {
	if err := q.may(account.Except, o.Unit); err != nil {
		return plan{}, err
	}
	if err := q.known(o.Unit); err != nil {
		return plan{}, err
	}
	old, ok := q.state.Get(o.Unit, o.Object)
	if !ok || old.New == nil || !isException(o.Object) {
		return plan{}, &Refusal{Kind: NotFound, Field: "object", Text: textNoException.With(shown(o.Object), place(o.Unit))}
	}
	p := planOf(effectOf(o.Object), q.draft(account.Except, verbWithdraw, o.Unit, o.Object, nil))
	return p, nil
}

// isException reports whether an object is an exception.
func isException(object string) bool {
	return strings.HasPrefix(object, "allow/") || strings.HasPrefix(object, "block/")
}

// nameOf is the name of an exception, and whether it blocks.
func nameOf(object string) (name string, block bool) {
	kind, name, _ := strings.Cut(object, "/")
	return name, kind == "block"
}

// IsName reports whether an object is an exception for a name, and not for a category or
// a service.
func IsName(object string) bool {
	name, _ := nameOf(object)
	return isException(object) && !strings.Contains(name, ":")
}

// effectOf is what a change of an object has to put in force.
func effectOf(object string) effect {
	kind, _, _ := strings.Cut(object, "/")
	switch {
	case IsName(object):
		return names
	case isException(object), kind == "unit", kind == "profile", kind == "timetable", kind == "calendar":
		return structure
	}
	return none
}
