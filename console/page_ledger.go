package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/internal/wording"
)

// A ledgerPage is what the page of decisions shows.
type ledgerPage struct {
	Frame    frame
	Verified *stateLine
	Head     uint64
	Hash     string
	Rows     []ledgerRow
	More     string
}

type ledgerRow struct {
	Seq                   uint64
	At                    time.Time
	By, Via, Unit, Object string
	What                  wording.Text
	Old, New, Why         string
	MayUndo               bool
}

// showLedger is the page of what was decided.
func showLedger(s *Site, v *visit) (reply, error) { return drawLedger(s, v, nil) }

func drawLedger(s *Site, v *visit, verified *stateLine) (reply, error) {
	q := v.URL.Query()
	head, hash := s.Head()
	after, _ := strconv.ParseUint(q.Get("after"), 10, 64) // none: the newest
	if at, err := strconv.ParseUint(q.Get("at"), 10, 64); err == nil && at > 0 {
		after = at - 1
	} else if q.Get("after") == "" && head > rowsOfPage {
		after = head - rowsOfPage
	}
	lines, _, err := s.Desk.Ledger(v.Context(), v.who.Actor, admin.Filter{Unit: q.Get("unit")}, after, rowsOfPage)
	if err != nil {
		return reply{}, err
	}
	p := ledgerPage{Verified: verified, Head: head, Hash: hash}
	for i := len(lines) - 1; i >= 0; i-- {
		l := &lines[i]
		p.Rows = append(p.Rows, ledgerRow{
			Seq: l.Seq, At: l.At, By: s.Who(l.By), Via: l.Via, Unit: l.Unit, Object: l.Object, What: verbText(l.What),
			Old: textOf(l.Old), New: textOf(l.New), Why: l.Why,
			MayUndo: l.What != "reload" && may(s, v, account.Except, l.Unit),
		})
	}
	if after > 0 {
		older := uint64(0)
		if after > rowsOfPage {
			older = after - rowsOfPage
		}
		p.More = "/ledger?" + url.Values{"after": {strconv.FormatUint(older, 10)}, "unit": {q.Get("unit")}}.Encode()
	}
	p.Frame = v.frame(textLedger)
	return reply{page: "ledger", status: http.StatusOK, data: p}, nil
}

// textOf is a value of a record as a page shows it; "" of none.
func textOf(value []byte) string {
	if string(value) == "null" {
		return ""
	}
	return line(string(value))
}

// verifyLedger checks the ledger and shows what came of it.
func verifyLedger(s *Site, v *visit) (reply, error) {
	if !may(s, v, account.Audit, v.who.Unit) {
		return reply{}, &admin.Refusal{
			Kind: admin.NotAllowed, Text: textMayNotVerify, WhoMay: account.WhoMay(account.Audit, v.who.Unit, s.Tree()),
		}
	}
	sound, text := s.Verify(v.Context())
	line := &stateLine{"good", "✔", text}
	if !sound {
		line = &stateLine{"bad", "✘", text}
	}
	return drawLedger(s, v, line)
}

// undoRecord takes a decision back.
func undoRecord(s *Site, v *visit) (reply, error) {
	seq, err := strconv.ParseUint(v.PathValue("seq"), 10, 64)
	if err != nil {
		return reply{}, &admin.Refusal{Kind: admin.NotFound, Text: textNoPage}
	}
	to := "/ledger"
	if back, err := url.Parse(v.Referer()); err == nil && back.Host == v.Host {
		q := back.Query()
		q.Del("said")
		back.RawQuery = q.Encode()
		to = back.RequestURI()
	}
	return s.decide(v, admin.Undo{Seq: seq}, admin.How{}, to)
}
