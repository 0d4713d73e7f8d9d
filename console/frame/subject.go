package frame

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// What a record is about, as people call it. Records name their objects by ids that stay;
// pages say whose and what these are.

// A Matter is what a record, or a proposal, sets.
type Matter struct {
	Object, Unit string
	Old, New     json.RawMessage
}

// Subject is what people call it.
func (v *Visit) Subject(m Matter) wording.Text {
	kind, rest, _ := strings.Cut(m.Object, "/")
	value := m.New
	if isNone(value) {
		value = m.Old
	}
	switch kind {
	case "allow":
		return textOpens.With(printable.Name(Line(rest)))
	case "block":
		return textBlocks.With(printable.Name(Line(rest)))
	case "account", "watch":
		return plainText(v.Site.Who(rest))
	case "grant":
		id, role, _ := strings.Cut(rest, "/")
		return textIsRole.With(Line(v.Site.Who(id)), account.Role(role).Text())
	case "token":
		return plainText(field(value, "name"))
	case "request":
		if _, name, open := strings.Cut(field(value, "exception"), "/"); open {
			return plainText(printable.Name(name))
		}
		return plainText(printable.Name(v.askedName(rest)))
	case "unit":
		return plainText(v.UnitName(rest))
	case "profile", "timetable", "feed", "list", "node", "order", "carried":
		return plainText(rest)
	case "calendar":
		return plainText("")
	case "policy":
		return textFiles
	case "words":
		period, part, _ := strings.Cut(rest, "/")
		for _, p := range v.Site.Parts(m.Unit, period) {
			if p.Key == part {
				return textPart.With(p.Title, v.Site.labelOfPeriod(period))
			}
		}
		return plainText(v.Site.labelOfPeriod(period))
	case "release":
		if rest == "held" {
			return textHeldRing
		}
		return textRing.With(rest)
	case "proposal":
		var inner struct {
			Object   string
			Old, New json.RawMessage
		}
		if json.Unmarshal(value, &inner) == nil && !strings.HasPrefix(inner.Object, "proposal/") {
			return v.Subject(Matter{inner.Object, m.Unit, inner.Old, inner.New})
		}
	}
	return plainText(m.Object)
}

// askedName is the name that a request is about; "" if it is not among the latest.
func (v *Visit) askedName(id string) string {
	if v.asked == nil {
		v.asked = map[string]string{}
		all, page := admin.Filter{Ended: true}, admin.Page{Limit: mostAsked}
		rows, err := v.Site.Desk.Requests(v.Context(), v.Who.Actor, all, page)
		for i := range rows {
			for _, one := range rows[i].IDs {
				v.asked[one] = rows[i].Name
			}
		}
		if err != nil {
			return "" // the record is shown without it
		}
	}
	return v.asked[id]
}

// mostAsked bounds the requests that are looked through for names.
const mostAsked = 1000

// Person is who decided something, as people call them.
func (v *Visit) Person(id string) wording.Text {
	if user, machine := strings.CutPrefix(id, "uid:"); machine {
		return textOnMachine.With(Line(user))
	}
	return plainText(v.Site.Who(id))
}

// labelOfPeriod is what people call a period.
func (s *Site) labelOfPeriod(code string) string {
	if p, err := s.Period(code); err == nil {
		return p.Label
	}
	return code
}

// plainText is what has a name of its own, the same in each language.
func plainText(text string) wording.Text { return wording.Text{VI: Line(text), EN: Line(text)} }

// read reads a value of several fields; none has none.
func read(value json.RawMessage, into *map[string]json.RawMessage) (ok bool) {
	return isNone(value) || json.Unmarshal(value, into) == nil
}

func isNone(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }

// field is a text in a value; "" if there is none.
func field(value json.RawMessage, key string) string {
	var all map[string]json.RawMessage
	var text string
	if json.Unmarshal(value, &all) != nil || json.Unmarshal(all[key], &text) != nil {
		return ""
	}
	return text
}

// A Difference is something that a record changes: before, and after.
type Difference struct {
	What     wording.Text // as people call it
	Old, New wording.Text // empty if there was or is none
}

// mostDifferences bounds those of a record on a page.
const mostDifferences = 30

// Differences are what is not the same before and after, in the order of their names.
func (v *Visit) Differences(m Matter) (list []Difference) {
	var before, after map[string]json.RawMessage
	if !read(m.Old, &before) || !read(m.New, &after) {
		return []Difference{{textValue, v.valueText("", m.Old), v.valueText("", m.New)}}
	}
	keys := maps.Clone(before)
	if keys == nil {
		keys = map[string]json.RawMessage{}
	}
	maps.Copy(keys, after)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if string(before[key]) == string(after[key]) || slices.Contains(unsaid[:], key) {
			continue
		}
		what, known := fields[key]
		if !known {
			what = plainText(key)
		}
		list = append(list, Difference{what, v.valueText(key, before[key]), v.valueText(key, after[key])})
		if len(list) == mostDifferences {
			return list
		}
	}
	return list
}

// unsaid are fields of values that are for programs: names of what the record is about
// already, digests, numbers of records.
var unsaid = [...]string{"id", "object", "old", "new", "seen", "table", "told", "sha", "digest", "decision", "exception", "what"}

// valueText is a value as people read it: days and times as here, lists with commas.
func (v *Visit) valueText(key string, value json.RawMessage) wording.Text {
	var is any
	if isNone(value) || json.Unmarshal(value, &is) != nil {
		return wording.Text{}
	}
	switch is := is.(type) {
	case string:
		return v.said(key, is)
	case bool:
		if is {
			return textYes
		}
		return textNo
	case []any:
		text := wording.Text{}
		for i, one := range is {
			part, plain := one.(string) // of numbers and more the text as it is
			if !plain {
				return plainText(string(value))
			}
			if i > 0 {
				text = wording.Join(text, wording.Text{VI: ", ", EN: ", "})
			}
			text = wording.Join(text, twice(v.said(key, part)))
		}
		return text
	}
	return plainText(string(value))
}

// said is a text in a value as people read it.
func (v *Visit) said(key, text string) wording.Text {
	switch key {
	case "by", "account", "code_by":
		return v.Person(text)
	case "parent", "at", "unit":
		return plainText(v.UnitName(text))
	case "lock", "category":
		return v.Site.labelOf(text)
	case "level":
		for _, l := range v.Site.Levels() {
			if l.ID == text {
				return l.Name
			}
		}
	}
	if at, err := time.ParseInLocation(time.DateOnly, text, v.Site.Zone()); err == nil {
		return plainText(at.Format("02/01/2006"))
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return plainText(at.In(v.Site.Zone()).Format("15:04 02/01/2006"))
	}
	if word, known := codes[text]; known {
		return word
	}
	return plainText(text)
}

// twice is a text that both languages have, so that it can be joined.
func twice(t wording.Text) wording.Text {
	if t.EN == "" {
		t.EN = t.VI
	}
	return t
}
