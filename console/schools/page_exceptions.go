package schools

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
)

// An exceptionsPage is what the page of exceptions shows.
type exceptionsPage struct {
	Frame               frame.Frame
	MayExcept           bool
	Unit, Effect, Names string
	Why                 string
	Units               []frame.Named
	Rows                []exceptionRow
	Count               int
	More                string
}

type exceptionRow struct {
	admin.Exception
	Allow, MayEnd bool
}

// ShowExceptions is the page of what units have opened and blocked by decisions.
func ShowExceptions(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawExceptions(s, v, http.StatusOK)
}

func drawExceptions(s *frame.Site, v *frame.Visit, status int) (frame.Reply, error) {
	q := v.URL.Query()
	f := v.PostForm
	p := exceptionsPage{Unit: q.Get("unit"), Effect: f.Get("effect"), Names: f.Get("name"), Why: f.Get("why")}
	if v.Method == http.MethodPost {
		p.Unit = v.PostForm.Get("unit")
	}
	filter, page := admin.Filter{Unit: p.Unit, Ended: true}, admin.Page{After: q.Get("after"), Limit: frame.RowsOfPage + 1}
	rows, err := s.Desk.Exceptions(v.Context(), v.Who.Actor, filter, page)
	if err != nil {
		return frame.Reply{}, err
	}
	if len(rows) > frame.RowsOfPage {
		rows = rows[:frame.RowsOfPage]
		p.More = "/exceptions?" + url.Values{"unit": {p.Unit}, "after": {rows[frame.RowsOfPage-1].Key}}.Encode()
	}
	for i := range rows {
		mayEnd := !rows[i].Ended && v.May(account.Except, rows[i].Unit)
		p.Rows = append(p.Rows, exceptionRow{rows[i], !rows[i].Block, mayEnd})
	}
	if p.Unit == "" {
		p.Unit = v.Who.Unit
	}
	p.MayExcept, p.Units, p.Count = v.May(account.Except, p.Unit), v.Units(), len(p.Rows)
	p.Frame = v.Frame(textExceptions)
	return frame.Reply{Page: "exceptions", Status: status, Data: p}, nil
}

// mostNames bounds the names of one form.
const mostNames = 200

// TakeExceptions takes the form of exceptions: one decision for each name. The first that is
// refused is told at its field, and those before it stay.
func TakeExceptions(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	names := strings.FieldsFunc(f.Get("name"), func(c rune) bool { return c == '\n' || c == '\r' || c == ',' || c == ' ' })
	if len(names) == 0 || len(names) > mostNames {
		v.Wrong = []frame.Wrong{{Field: "name", Text: textHowManyNames.With(mostNames)}}
		return drawExceptions(s, v, http.StatusUnprocessableEntity)
	}
	var last frame.Reply
	for i, name := range names {
		what := admin.Except{
			Unit: f.Get("unit"), Name: name, Block: f.Get("effect") == "block", Until: frame.Until(f.Get("for"), v.Now),
		}
		rep, err := s.Decide(v, what, admin.How{}, "/exceptions?unit="+url.QueryEscape(f.Get("unit")))
		if err != nil {
			v.Wrong = frame.WrongOf(err, "name")
			v.PostForm.Set("name", strings.Join(names[i:], "\n"))
			return drawExceptions(s, v, http.StatusUnprocessableEntity)
		}
		last = rep
	}
	return last, nil
}

// EndException ends an exception before its time.
func EndException(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	var how admin.How
	if seen, err := strconv.ParseUint(f.Get("seen"), 10, 64); err == nil {
		how.Expect = &seen
	}
	return s.Decide(v, admin.Withdraw{Unit: f.Get("unit"), Object: f.Get("object")}, how, "/exceptions?unit="+url.QueryEscape(f.Get("unit")))
}
