package watch

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// An ordersPage is the page of the documents of authorities, on which they hand over new
// ones.
type ordersPage struct {
	Frame     frame.Frame
	Rows      []orderRow
	May       bool   // hand over tables
	Authority string // whose
	Document  string
	Report    *admin.TableReport // of a table that is looked at before it is handed over
	File      string             // its name
	Again     string             // the table as it is sent again, in base64; "" if it is too large
}

// An orderRow is a document, or a version of one.
type orderRow struct {
	frame.Order
	Clock   wording.Text
	Kind    string
	Proof   bool       // that a version of it is enforced
	Earlier []orderRow // versions of it, the newest first
}

// ShowOrders is the page of the documents, each with its clock.
func ShowOrders(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return (&ordersPage{Authority: v.URL.Query().Get("authority")}).draw(s, v, http.StatusOK), nil
}

func (p *ordersPage) draw(s *frame.Site, v *frame.Visit, status int) frame.Reply {
	for _, o := range s.Orders(v.Who.Actor) {
		row := orderRow{Order: o, Kind: "good", Clock: textInForceAfter.With(inHours(o.InForce.Sub(o.Received)))}
		switch {
		case o.InForce.IsZero() && v.Now.After(o.Due):
			row.Kind, row.Clock = "bad", textOrderLate.With(inHours(v.Now.Sub(o.Due)))
		case o.InForce.IsZero():
			row.Kind, row.Clock = "warn", textOrderLeft.With(inHours(o.Due.Sub(v.Now)))
		}
		row.Proof = !o.InForce.IsZero()
		same := func(r orderRow) bool { return r.Authority == o.Authority && r.Document == o.Document }
		if i := slices.IndexFunc(p.Rows, same); i >= 0 {
			p.Rows[i].Earlier, p.Rows[i].Proof = append(p.Rows[i].Earlier, row), p.Rows[i].Proof || row.Proof
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	for _, g := range v.Who.Actor.Grants {
		if p.Authority == "" && v.May(account.Order, g.Unit) {
			p.Authority = g.Unit
		}
	}
	p.May = v.May(account.Order, p.Authority)
	p.Frame = v.Frame(textOrders)
	return frame.Reply{Page: "orders", Status: status, Data: p}
}

// mostAgain bounds a table that a page sends again after it was looked at, in bytes.
const mostAgain = 1 << 20

// HandOver takes the table of an order: what becomes of its rows is shown first, then it is
// handed over.
func HandOver(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := ordersPage{Authority: f.Get("authority"), Document: strings.TrimSpace(f.Get("document")), File: f.Get("name")}
	data, err := base64.StdEncoding.DecodeString(f.Get("again"))
	if err != nil {
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	if file, header, err := v.FormFile("file"); err == nil {
		p.File = header.Filename
		data, err = io.ReadAll(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return frame.Reply{}, err
		}
	}
	what := admin.HandOver{Authority: p.Authority, Document: p.Document, File: p.File, Table: data}
	how := admin.How{Why: f.Get("why"), Preview: f.Get("do") != "send"}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, how)
	var r *admin.Refusal
	switch {
	case errors.As(err, &r) && r.Kind == admin.Invalid:
		v.Wrong = []frame.Wrong{{Field: "document", Text: r.Text}}
		if r.Field == "table" {
			v.Wrong[0].Field = "file"
		}
		return p.draw(s, v, http.StatusUnprocessableEntity), nil
	case err != nil:
		return frame.Reply{}, err
	case how.Preview:
		if p.Report = out.Table; len(data) <= mostAgain {
			p.Again = base64.StdEncoding.EncodeToString(data)
		}
		return p.draw(s, v, http.StatusOK), nil
	}
	return frame.Reply{To: frame.SaidAt("/orders?"+url.Values{"authority": {p.Authority}}.Encode(), out)}, nil
}
