package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
)

// An exceptionsPage is what the page of exceptions shows.
type exceptionsPage struct {
	Frame               frame
	MayExcept           bool
	Unit, Effect, Names string
	Why                 string
	Units               []Named
	Rows                []exceptionRow
	Count               int
	More                string
}

type exceptionRow struct {
	admin.Exception
	Allow, MayEnd bool
}

// showExceptions is the page of what units have opened and blocked by decisions.
func showExceptions(s *Site, v *visit) (reply, error) { return drawExceptions(s, v, http.StatusOK) }

func drawExceptions(s *Site, v *visit, status int) (reply, error) {
	q := v.URL.Query()
	f := v.PostForm
	p := exceptionsPage{Unit: q.Get("unit"), Effect: f.Get("effect"), Names: f.Get("name"), Why: f.Get("why")}
	if v.Method == http.MethodPost {
		p.Unit = v.PostForm.Get("unit")
	}
	filter, page := admin.Filter{Unit: p.Unit, Ended: true}, admin.Page{After: q.Get("after"), Limit: rowsOfPage + 1}
	rows, err := s.Desk.Exceptions(v.Context(), v.who.Actor, filter, page)
	if err != nil {
		return reply{}, err
	}
	if len(rows) > rowsOfPage {
		rows = rows[:rowsOfPage]
		p.More = "/exceptions?" + url.Values{"unit": {p.Unit}, "after": {rows[rowsOfPage-1].Key}}.Encode()
	}
	for i := range rows {
		mayEnd := !rows[i].Ended && may(s, v, account.Except, rows[i].Unit)
		p.Rows = append(p.Rows, exceptionRow{rows[i], !rows[i].Block, mayEnd})
	}
	if p.Unit == "" {
		p.Unit = v.who.Unit
	}
	p.MayExcept, p.Units, p.Count = may(s, v, account.Except, p.Unit), unitsOf(s, v), len(p.Rows)
	p.Frame = v.frame(textExceptions)
	return reply{page: "exceptions", status: status, data: p}, nil
}

// rowsOfPage bounds the rows of a table on a page.
const rowsOfPage = 50

// mostNames bounds the names of one form.
const mostNames = 200

// takeExceptions takes the form of exceptions: one decision for each name. The first that is
// refused is told at its field, and those before it stay.
func takeExceptions(s *Site, v *visit) (reply, error) {
	f := v.PostForm
	names := strings.FieldsFunc(f.Get("name"), func(c rune) bool { return c == '\n' || c == '\r' || c == ',' || c == ' ' })
	if len(names) == 0 || len(names) > mostNames {
		v.wrong = []wrong{{"name", textHowManyNames.With(mostNames)}}
		return drawExceptions(s, v, http.StatusUnprocessableEntity)
	}
	var last reply
	for i, name := range names {
		what := admin.Except{
			Unit: f.Get("unit"), Name: name, Block: f.Get("effect") == "block", Until: untilOf(f.Get("for"), v.now),
		}
		rep, err := s.decide(v, what, admin.How{}, "/exceptions?unit="+url.QueryEscape(f.Get("unit")))
		if err != nil {
			v.wrong = wrongOf(err, "name")
			v.PostForm.Set("name", strings.Join(names[i:], "\n"))
			return drawExceptions(s, v, http.StatusUnprocessableEntity)
		}
		last = rep
	}
	return last, nil
}

// untilOf is how long a button says, as a decision has it.
func untilOf(choice string, now time.Time) string {
	switch choice {
	case "45m":
		return "lesson"
	case "7d":
		return now.AddDate(0, 0, 7).Format(time.DateOnly)
	case "30d":
		return now.AddDate(0, 0, 30).Format(time.DateOnly)
	case "always":
		return "never"
	}
	return ""
}

// endException ends an exception before its time.
func endException(s *Site, v *visit) (reply, error) {
	f := v.PostForm
	var how admin.How
	if seen, err := strconv.ParseUint(f.Get("seen"), 10, 64); err == nil {
		how.Expect = &seen
	}
	return s.decide(v, admin.Withdraw{Unit: f.Get("unit"), Object: f.Get("object")}, how, "/exceptions?unit="+url.QueryEscape(f.Get("unit")))
}
