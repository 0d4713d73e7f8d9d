package policy

import (
	"errors"
	"strings"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
)

// A parsedEntry is an entry that says what it should: either a name or the tag
// of a category or service.
type parsedEntry struct {
	name        string // canonical
	bit         uint8
	from, until int64 // as of ownEntry
	note        uint32
}

// entry reads an entry as written and reports what is wrong with it.
func (l *loader) entry(file string, text *entryText) (e parsedEntry, ok bool) {
	line := int(text.Line)
	name, code := text.Name, text.Category
	if text.Service != "" {
		code = servicePrefix + strings.TrimPrefix(text.Service, servicePrefix)
	}
	given := 0
	for _, s := range []string{text.Name, text.Category, text.Service, text.short} {
		if s != "" {
			given++
		}
	}
	if given != 1 {
		l.fail(file, line, wording.PolicyEntryOne)
		return e, false
	}
	if text.short != "" {
		if l.isCode(text.short) {
			code = text.short
		} else {
			name = text.short
		}
	}
	if code != "" {
		bit, known := l.tags.byKey[code]
		if !known {
			l.fail(file, line, l.unknownCode(code))
			return e, false
		}
		e.bit = uint8(bit)
	} else if e.name, ok = l.entryName(file, line, name); !ok {
		return e, false
	}
	return l.entryTimes(file, text, e)
}

// isCode tells whether a plain value is a category or service, known or not,
// and not a name: names have dots.
func (l *loader) isCode(s string) bool {
	_, known := l.tags.byKey[s]
	return known || strings.HasPrefix(s, servicePrefix) || !strings.Contains(s, ".")
}

// entryName canonicalises the name of an entry.
func (l *loader) entryName(file string, line int, name string) (string, bool) {
	canonical, err := domain.Canonical(strings.TrimSpace(name))
	if err == nil && !domain.IsPublicSuffix(canonical) {
		return canonical, true
	}
	text := wording.PolicyName
	switch {
	case err == nil:
		text = wording.PolicyPublicSuffix
	case strings.HasPrefix(name, "*."):
		text = wording.PolicyNameStar
	case strings.ContainsAny(name, "/:"):
		text = wording.PolicyNameURL
	case errors.Is(err, domain.ErrAddress):
		text = wording.PolicyNameAddress
	}
	l.fail(file, line, text.With(name))
	return "", false
}

// entryTimes reads since when and until when an entry counts, and its note.
func (l *loader) entryTimes(file string, text *entryText, e parsedEntry) (parsedEntry, bool) {
	e.until = forever
	if !text.From.IsZero() {
		e.from = text.From.In(l.loc).Unix()
	}
	if !text.Until.IsZero() {
		e.until = text.Until.In(l.loc).AddDate(0, 0, 1).Unix()
	}
	if e.from >= e.until {
		l.fail(file, int(text.Line), wording.PolicyUntilBeforeFrom.With(text.From, text.Until))
		return e, false
	}
	e.note = l.note(note{text.Who, text.Why, text.Document})
	return e, true
}

// note gives equal notes one number.
func (l *loader) note(n note) uint32 {
	id, ok := l.notes[n]
	if !ok {
		id = uint32(len(l.notes))
		l.notes[n] = id
		l.policy.notes = append(l.policy.notes, n)
	}
	return id
}
