package compile

import (
	"errors"
	"net/netip"
	"strings"

	"lachan/blocklist/domain"
	hosts "lachan/blocklist/format/site"
	"lachan/internal/printable"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A parsedEntry is an entry that has been checked: either a name, or the tag of a
// category or service.
type parsedEntry struct {
	name        string // canonical
	bit         uint8
	from, until int64 // as of compiled.OwnEntry
	note        uint32
}

// entry reads an entry as written and reports what is wrong with it.
func (t *terms) entry(file string, text *source.Entry) (e parsedEntry, ok bool) {
	line := int(text.Line)
	if _, known := t.tags.ByKey[text.Short]; text.Plain && !known {
		e.name = text.Short
		return t.entryTimes(file, text, e)
	}
	name, code := text.Name, text.Category
	if text.Service != "" {
		code = compiled.ServicePrefix + strings.TrimPrefix(text.Service, compiled.ServicePrefix)
	}
	given := 0
	for _, s := range []string{text.Name, text.Category, text.Service, text.Short} {
		if s != "" {
			given++
		}
	}
	if given != 1 {
		t.fail(file, line, textEntryOne)
		return e, false
	}
	if text.Short != "" {
		if word, by := strings.CutPrefix(text.Short, source.NamePrefix); by {
			name = word
		} else if t.isCode(text.Short) {
			code = strings.TrimPrefix(text.Short, source.CategoryPrefix)
		} else if isSuffix(text.Short) {
			t.fail(file, line, textPublicSuffix.With(text.Short, text.Short))
			return e, false
		} else {
			name = text.Short
		}
	}
	if code != "" {
		bit, known := t.tags.ByKey[code]
		if !known {
			t.fail(file, line, t.meant(textUnknownCode.With(code), code))
			return e, false
		}
		e.bit = uint8(bit)
	} else if e.name, ok = t.entryName(file, line, name); !ok {
		return e, false
	}
	return t.entryTimes(file, text, e)
}

// isCode reports whether a plain value is a category or service, known or not,
// and not a name: names have dots, but for those of the top level.
func (t *terms) isCode(s string) bool {
	_, known := t.tags.ByKey[s]
	return known || strings.HasPrefix(s, compiled.ServicePrefix) || !strings.Contains(s, ".") && !isSuffix(s)
}

// isSuffix reports whether a plain value is a public suffix. What covers so many
// names is written as {name: SUFFIX}.
func isSuffix(s string) bool {
	canonical, err := domain.Canonical(s)
	return err == nil && domain.IsPublicSuffix(canonical)
}

// entryName canonicalises the name of an entry.
func (t *terms) entryName(file string, line int, name string) (string, bool) {
	canonical, err := domain.Canonical(strings.TrimSpace(name))
	if err == nil {
		return canonical, true
	}
	host, _ := hosts.SplitURL(name)
	canonical, notHost := domain.Canonical(host)
	_, notAddress := netip.ParseAddr(name)
	text := textName.With(name)
	switch {
	case strings.HasPrefix(name, "*."):
		text = textNameStar.With(name)
	case errors.Is(err, domain.ErrAddress), notAddress == nil:
		text = textNameAddress.With(name)
	case strings.ContainsAny(name, "/:") && notHost == nil:
		text = textNameURL.With(name, canonical)
	}
	t.fail(file, line, text)
	return "", false
}

// entryTimes reads since when and until when an entry counts, and its note.
func (t *terms) entryTimes(file string, text *source.Entry, e parsedEntry) (parsedEntry, bool) {
	e.until = compiled.Forever
	if !text.From.IsZero() {
		e.from = text.From.Begin(t.zone).Unix()
	}
	if !text.Until.IsZero() {
		e.until = text.Until.End(t.zone).Unix()
	}
	if e.from >= e.until {
		t.fail(file, int(text.Line), textUntilBeforeFrom.With(text.From, text.Until))
		return e, false
	}
	e.note = t.notes.number(note{text.Who, text.Why, text.Document})
	return e, true
}

// addOwn adds an entry for a name.
func (t *terms) addOwn(e parsedEntry, owner uint32, line int, allow bool) {
	entry := compiled.NewOwnEntry(owner, line, allow)
	entry.From, entry.Until, entry.Note = e.from, e.until, e.note
	t.own.Add(e.name, entry)
}

// A note is what is written beside an entry.
type note struct{ who, why, document string }

// shown is the note as it is shown.
func (n note) shown() note {
	return note{
		printable.Line(n.who, mostWords), printable.Line(n.why, mostWords), printable.Line(n.document, mostWords),
	}
}

// notes are notes by number; those that are shown alike have one number.
type notes struct {
	list    []note          // as they are shown; the first is empty
	numbers map[note]uint32 // of those in list
	written map[note]uint32 // as they are written: the same is written beside many entries
}

func newNotes() notes {
	empty := note{}
	return notes{
		list: []note{empty}, numbers: map[note]uint32{empty: 0}, written: map[note]uint32{},
	}
}

// number returns the number of a note as it is written, a new one if it is new.
func (all *notes) number(written note) uint32 {
	if written == (note{}) {
		return 0
	}
	if id, ok := all.written[written]; ok {
		return id
	}
	n := written.shown()
	id, ok := all.numbers[n]
	if !ok {
		id = uint32(len(all.list))
		all.numbers[n] = id
		all.list = append(all.list, n)
	}
	all.written[written] = id
	return id
}
