package watch

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A ledgerPage is what the page of decisions shows.
type ledgerPage struct {
	Frame    frame.Frame
	Verified *stateLine
	Head     uint64
	Hash     string
	Rows     []ledgerRow
	More     string
}

type ledgerRow struct {
	Seq           uint64
	At            time.Time
	Unit, Place   string // Unit by its id, Place as people call it
	By, Via, What wording.Text
	Subject       wording.Text
	Differences   []frame.Difference
	Why, Object   string // Object as the record has it
	MayUndo       bool
}

// ShowLedger is the page of what was decided.
func ShowLedger(s *frame.Site, v *frame.Visit) (frame.Reply, error) { return drawLedger(s, v, nil) }

func drawLedger(s *frame.Site, v *frame.Visit, verified *stateLine) (frame.Reply, error) {
	q := v.URL.Query()
	head, hash := s.Head()
	after, _ := strconv.ParseUint(q.Get("after"), 10, 64) // none: the newest
	if at, err := strconv.ParseUint(q.Get("at"), 10, 64); err == nil && at > 0 {
		after = at - 1
	} else if q.Get("after") == "" && head > frame.RowsOfPage {
		after = head - frame.RowsOfPage
	}
	lines, _, err := s.Desk.Ledger(v.Context(), v.Who.Actor, admin.Filter{Unit: q.Get("unit")}, after, frame.RowsOfPage)
	if err != nil {
		return frame.Reply{}, err
	}
	p := ledgerPage{Verified: verified, Head: head, Hash: hash}
	for i := len(lines) - 1; i >= 0; i-- {
		l := &lines[i]
		m := frame.Matter{Object: l.Object, Unit: l.Unit, Old: l.Old, New: l.New}
		p.Rows = append(p.Rows, ledgerRow{
			Seq: l.Seq, At: l.At, By: v.Person(l.By), Via: viaText(l.Via), Why: l.Why, Object: l.Object,
			Unit: l.Unit, Place: v.UnitName(l.Unit), What: verbText(l.What),
			Subject: v.Subject(m), Differences: v.Differences(m),
			MayUndo: undoable(l.What) && v.May(account.Except, l.Unit),
		})
	}
	if after > 0 {
		older := uint64(0)
		if after > frame.RowsOfPage {
			older = after - frame.RowsOfPage
		}
		p.More = "/ledger?" + url.Values{"after": {strconv.FormatUint(older, 10)}, "unit": {q.Get("unit")}}.Encode()
	}
	p.Frame = v.Frame(textLedger)
	return frame.Reply{Page: "ledger", Status: http.StatusOK, Data: p}, nil
}

// undoable reports whether there is something to take back: what was read or handed out stays so.
func undoable(what string) bool {
	return what != "reload" && what != "watch-device" && what != "hand-out"
}

// VerifyLedger checks the ledger and shows what came of it.
func VerifyLedger(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	if !v.May(account.Audit, v.Who.Unit) {
		return frame.Reply{}, &admin.Refusal{
			Kind: admin.NotAllowed, Text: textMayNotVerify, WhoMay: account.WhoMay(account.Audit, v.Who.Unit, s.Tree()),
		}
	}
	sound, text := s.Verify(v.Context())
	line := &stateLine{"good", "✔", text}
	if !sound {
		line = &stateLine{"bad", "✘", text}
	}
	return drawLedger(s, v, line)
}

// UndoRecord takes a decision back.
func UndoRecord(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	seq, err := strconv.ParseUint(v.PathValue("seq"), 10, 64)
	if err != nil {
		return frame.Reply{}, &admin.Refusal{Kind: admin.NotFound, Text: frame.TextNoPage}
	}
	to := "/ledger"
	if back, err := url.Parse(v.Referer()); err == nil && back.Host == v.Host {
		q := back.Query()
		q.Del("said")
		back.RawQuery = q.Encode()
		to = back.RequestURI()
	}
	return s.Decide(v, admin.Undo{Seq: seq}, admin.How{}, to)
}
