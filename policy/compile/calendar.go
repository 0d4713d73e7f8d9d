package compile

import (
	"fmt"
	"time"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// calendars gives equal calendars one number.
type calendars struct {
	*report
	numbers map[string]int32
	list    []*compiled.Calendar // the first is nil: no calendar
}

func newCalendars(r *report) calendars {
	return calendars{r, map[string]int32{calendarKey(nil): 0}, []*compiled.Calendar{nil}}
}

// intern is the number of a calendar.
func (c *calendars) intern(calendar *compiled.Calendar) int32 {
	key := calendarKey(calendar)
	id, ok := c.numbers[key]
	if !ok {
		id = int32(len(c.list))
		c.numbers[key] = id
		c.list = append(c.list, calendar)
	}
	return id
}

// calendarKey is equal for calendars that say the same of every day.
func calendarKey(c *compiled.Calendar) string {
	if c == nil {
		return ""
	}
	return fmt.Sprint(c.Terms, c.Terms == nil, c.Holidays, c.Exams, c.MakeUps)
}

// compile lays a calendar as written over the one above it, key by key.
func (c *calendars) compile(above *compiled.Calendar, file string, text *source.Calendar) *compiled.Calendar {
	if text == nil {
		return above
	}
	result := &compiled.Calendar{}
	if above != nil {
		*result = *above
	}
	if text.Terms != nil {
		result.Terms = c.spans(file, text.Terms)
	}
	if text.Holidays != nil {
		result.Holidays = c.spans(file, text.Holidays)
	}
	if text.Exams != nil {
		result.Exams = c.spans(file, text.Exams)
	}
	if text.MakeUp != nil {
		result.MakeUps = c.makeUps(file, text.MakeUp)
	}
	return result
}

func (c *calendars) spans(file string, written []source.Span) []compiled.DateSpan {
	spans := make([]compiled.DateSpan, 0, len(written))
	for _, text := range written {
		if text.To.IsZero() {
			text.To = text.From
		}
		s := compiled.DateSpan{From: dateOf(text.From), To: dateOf(text.To)}
		switch {
		case text.From.IsZero() && c.told(file, int(text.Line)):
			continue // a day that was not understood
		case text.From.IsZero():
			c.fail(file, int(text.Line), textSpanFrom)
			continue
		case s.To < s.From:
			c.fail(file, int(text.Line), textSpanBackwards.With(dayText(text.To), dayText(text.From)))
			continue
		}
		spans = append(spans, s)
	}
	return spans
}

func (c *calendars) makeUps(file string, written []source.MakeUp) map[compiled.Date]time.Weekday {
	days := make(map[compiled.Date]time.Weekday, len(written))
	for _, text := range written {
		if text.Date.IsZero() && text.As.Line != 0 && c.told(file, int(text.Line)) {
			continue
		}
		if text.Date.IsZero() || text.As.Line == 0 {
			c.fail(file, int(text.Line), textMakeUp)
			continue
		}
		days[dateOf(text.Date)] = time.Weekday(text.As.V)
	}
	return days
}

// dayText is a day as people write it in each language.
func dayText(d yamlfile.Date) wording.Text {
	return wording.Text{VI: d.In(time.UTC).Format("02/01/2006"), EN: d.String()}
}

func dateOf(d yamlfile.Date) compiled.Date { return compiled.DateOf(d.In(time.UTC)) }
