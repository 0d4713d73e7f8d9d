package schools

import (
	"net/http"
	"strings"

	"lachan/admin"
	"lachan/console/frame"
)

// An adoptPage is the page on which a unit of a file is taken over.
type adoptPage struct {
	Frame       frame.Frame
	ID, Name    string
	Place, Text string // the lines that have to be deleted, and what stands there
	Adopted     bool
	Why         string
}

// AdoptUnit takes the form that takes a unit of a file over: it shows the lines first,
// which have to be deleted there once it is done.
func AdoptUnit(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := adoptPage{ID: f.Get("unit"), Why: f.Get("why"), Adopted: f.Get("do") == "save"}
	u, err := s.Desk.Unit(v.Context(), v.Who.Actor, p.ID)
	if err != nil {
		return frame.Reply{}, err
	}
	p.Name = nameOf(&u)
	how := admin.How{Why: p.Why, Preview: !p.Adopted}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, admin.Adopt{Unit: p.ID}, how)
	if err != nil {
		return frame.Reply{}, err
	}
	p.Place, p.Text, _ = strings.Cut(out.Text, "\n")
	p.Frame = v.Frame(textAdopt.With(frame.Line(p.Name)))
	return frame.Reply{Page: "adopt", Status: http.StatusOK, Data: p}, nil
}
