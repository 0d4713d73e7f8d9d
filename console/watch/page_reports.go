package watch

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A reportsPage is where reports are made, and found again.
type reportsPage struct {
	Frame        frame.Frame
	Unit, Period string
	Units        []frame.Named
	Usual        []usualRow
	Asked        []frame.Paper
	May          bool // the visitor may read them: an authority has those of its documents alone
	Proof        bool // the visitor may have an evidence pack: what stands in the ledger is in it
}

// A usualRow is a period on which a report is made at this time.
type usualRow struct {
	frame.Period
	Left wording.Text // until it is due; "" if it is not
}

// ShowReports is the page that makes reports.
func ShowReports(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawReports(s, v, http.StatusOK)
}

func drawReports(s *frame.Site, v *frame.Visit, status int) (frame.Reply, error) {
	p := reportsPage{Unit: unitOf(v, v.URL.Query()), Period: v.URL.Query().Get("period"), Units: v.Units()}
	for _, period := range s.Usual(v.Now) {
		row := usualRow{Period: period}
		if !period.Due.IsZero() {
			row.Left = dueText(period.Due, v.Now)
		}
		p.Usual = append(p.Usual, row)
	}
	p.Asked, p.May = s.Mine(v.Who.Actor), v.May(account.ReadReports, p.Unit)
	p.Proof = p.May && v.May(account.Audit, p.Unit)
	p.Frame = v.Frame(textReports)
	return frame.Reply{Page: "reports", Status: status, Data: p}, nil
}

// dueText says how long there is until the end of a day.
func dueText(due, now time.Time) wording.Text {
	days := int(due.AddDate(0, 0, 1).Sub(now).Hours() / 24)
	if days < 0 {
		return textDueOver.With(due.Format("02/01/2006"))
	}
	if days == 0 {
		return textDueToday
	}
	return textDue.With(due.Format("02/01/2006"), days)
}

// unitOf is the unit that a form or an address names; that of the visitor if it names none.
func unitOf(v *frame.Visit, q url.Values) string {
	unit := strings.TrimSpace(q.Get("unit"))
	if unit == "all" || !q.Has("unit") {
		return map[bool]string{true: "", false: v.Who.Unit}[unit == "all"]
	}
	return unit
}

// mayRead refuses an actor that may not read the reports of a unit.
func mayRead(s *frame.Site, v *frame.Visit, unit string) error {
	if v.May(account.ReadReports, unit) {
		return nil
	}
	return &admin.Refusal{
		Kind: admin.NotAllowed, Text: textMayNotReport, WhoMay: account.WhoMay(account.ReadReports, unit, s.Tree()),
	}
}

// mayProve refuses an actor that may not read the ledger of a unit, of which an evidence pack
// has a part.
func mayProve(s *frame.Site, v *frame.Visit, unit string) error {
	if v.May(account.Audit, unit) {
		return nil
	}
	return &admin.Refusal{
		Kind: admin.NotAllowed, Text: textMayNotProve, WhoMay: account.WhoMay(account.Audit, unit, s.Tree()),
	}
}

// ReportFile is a report to keep, or the page that says how far it is.
func ReportFile(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	q := v.URL.Query()
	id := q.Get("id")
	if id == "" {
		asked, err := askedFor(s, v)
		if err != nil {
			return frame.Reply{}, err
		}
		made, err := s.Ask(v.Context(), v.Who.Actor, asked)
		if err == nil && made.State == frame.PaperFailed {
			err = &admin.Refusal{Kind: admin.Invalid, Field: "period", Text: made.Why}
		}
		if err != nil {
			return refusedReport(s, v, err)
		}
		if made.State != frame.PaperMade {
			return frame.Reply{To: "/reports?" + url.Values{"unit": {asked.Unit}}.Encode() + "#r-" + made.ID}, nil
		}
		id = made.ID
	}
	file := s.File(v.Who.Actor, id)
	if file == nil {
		return frame.Reply{}, &admin.Refusal{Kind: admin.NotFound, Text: textNoReport}
	}
	return frame.Reply{File: file}, nil
}

// askedFor is which report a visitor wants: of a unit that is his to read, or the proof that
// a document that he sees is enforced, from the day on which it was received.
func askedFor(s *frame.Site, v *frame.Visit) (asked frame.PaperQuestion, err error) {
	q := v.URL.Query()
	asked = frame.PaperQuestion{Period: q.Get("period"), Document: q.Get("document"), Format: formatOf(q.Get("format"))}
	if asked.Document == "" {
		asked.Unit = unitOf(v, q)
		if err = mayRead(s, v, asked.Unit); err == nil && asked.Format == frame.Evidence {
			err = mayProve(s, v, asked.Unit)
		}
		return asked, err
	}
	if asked.Format == frame.Evidence {
		asked.Format = formatOf("") // a pack is of all that was decided
	}
	first := v.Now
	for _, o := range s.Orders(v.Who.Actor) {
		if o.Document == asked.Document && o.Received.Before(first) {
			first = o.Received
		}
	}
	if first.Equal(v.Now) {
		return asked, &admin.Refusal{Kind: admin.NotFound, Text: textNoReport}
	}
	asked.Period = first.In(v.Now.Location()).Format(time.DateOnly) + ".." + v.Now.Format(time.DateOnly)
	return asked, nil
}

// formatOf is how a report is written: as it was asked for, or as most are.
func formatOf(name string) string {
	switch name {
	case "pdf", "xlsx", "html", frame.Evidence:
		return name
	}
	return "docx"
}

// refusedReport shows the page again with what is wrong with the question.
func refusedReport(s *frame.Site, v *frame.Visit, err error) (frame.Reply, error) {
	var r *admin.Refusal
	if !errors.As(err, &r) || r.Kind == admin.NotFound {
		return frame.Reply{}, err
	}
	v.Wrong = frame.WrongOf(err, "period")
	return drawReports(s, v, http.StatusUnprocessableEntity)
}

// A draftPage is a report while an officer writes in it.
type draftPage struct {
	Frame      frame.Frame
	Unit, Name string
	Period     frame.Period
	Parts      []partField
	MayNot     wording.Text // who may write; "" if the visitor may
	Paper      frame.Paper
}

// A partField is a part of a report as it is in the form.
type partField struct {
	frame.Part
	Typed  string
	Theirs string // another account's text, written meanwhile; "" if there is none
}

// ShowDraft is a report with its preview and with what an officer may write in it.
func ShowDraft(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawDraft(s, v, v.URL.Query(), http.StatusOK)
}

// drawDraft shows the form with what was typed in it, or with what stands.
func drawDraft(s *frame.Site, v *frame.Visit, form url.Values, status int) (frame.Reply, error) {
	p := draftPage{Unit: unitOf(v, form)}
	if err := mayRead(s, v, p.Unit); err != nil {
		return frame.Reply{}, err
	}
	var err error
	if p.Period, err = s.Period(form.Get("period")); err != nil {
		return refusedReport(s, v, err)
	}
	p.MayNot = v.WhoMay(account.Report, p.Unit)
	for _, part := range s.Parts(p.Unit, p.Period.Code) {
		f := partField{Part: part, Typed: part.Text}
		if form.Has(part.Key) {
			f.Typed = unixLines(form.Get(part.Key))
			if seen := form.Get("seen-" + part.Key); seen != strconv.FormatUint(part.Seq, 10) && f.Typed != part.Text {
				f.Theirs = part.Text
			}
		}
		p.Parts = append(p.Parts, f)
	}
	asked := frame.PaperQuestion{Unit: p.Unit, Period: p.Period.Code}
	if p.Paper, err = s.Ask(v.Context(), v.Who.Actor, asked); err != nil {
		p.Paper = frame.Paper{State: frame.PaperFailed, Why: wording.Of(err)}
	}
	p.Name = p.Unit
	if u, err := s.Desk.Unit(v.Context(), v.Who.Actor, p.Unit); err == nil && u.Name != "" {
		p.Name = u.Name
	}
	p.Frame = v.Frame(textDraft.With(p.Period.Label))
	return frame.Reply{Page: "draft", Status: status, Data: p}, nil
}

// unixLines is a text of a form with the ends of lines as they are kept.
func unixLines(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// WriteWords keeps what an officer has typed: a decision for each part that has changed. If
// one cannot be kept, the form is there again with all that was typed.
func WriteWords(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	form := v.PostForm
	unit := unitOf(v, form)
	period, err := s.Period(form.Get("period"))
	if err != nil {
		return frame.Reply{}, err
	}
	parts := s.Parts(unit, period.Code)
	for _, part := range parts { // all of it before any of it is kept
		if wrong := s.Mistake(part.Key, unixLines(form.Get(part.Key))); wrong.VI != "" {
			return refusedWords(s, v, part.Key, &admin.Refusal{Kind: admin.Invalid, Text: wrong})
		}
	}
	last := admin.Outcome{}
	for _, part := range parts {
		text := unixLines(form.Get(part.Key))
		if !form.Has(part.Key) || text == part.Text {
			continue
		}
		seen, err := strconv.ParseUint(form.Get("seen-"+part.Key), 10, 64)
		if err != nil {
			return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
		}
		what := admin.SetWords{Unit: unit, Period: period.Code, Part: part.Key, Text: text}
		out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, admin.How{Expect: &seen})
		if err != nil {
			return refusedWords(s, v, part.Key, err)
		}
		last = out
	}
	to := "/reports/write?" + url.Values{"unit": {unit}, "period": {period.Code}}.Encode()
	if last.Seq == 0 {
		return frame.Reply{To: to}, nil
	}
	return frame.Reply{To: frame.SaidAt(to, last)}, nil
}

// refusedWords shows the form again with all that was typed.
func refusedWords(s *frame.Site, v *frame.Visit, part string, err error) (frame.Reply, error) {
	var r *admin.Refusal
	if !errors.As(err, &r) || r.Kind == admin.NotAllowed || r.Kind == admin.NotFound {
		return frame.Reply{}, err
	}
	v.Wrong = frame.WrongOf(err, part)
	v.Wrong[0].Field = part
	status := http.StatusUnprocessableEntity
	if r.Kind == admin.Conflict {
		v.Wrong[0].Text, status = textWordsMeanwhile, http.StatusConflict
	}
	return drawDraft(s, v, v.PostForm, status)
}
