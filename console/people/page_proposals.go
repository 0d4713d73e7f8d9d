package people

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A proposalsPage is what the page of decisions shows that wait for a second person.
type proposalsPage struct {
	Frame  frame.Frame
	Rows   []proposalRow
	MayTap bool // decide about dnstap
	Tap    tapForm
}

type proposalRow struct {
	Seq                 uint64
	What                wording.Text
	Unit, Place         string // Unit by its id, Place as people call it
	By, Subject         wording.Text
	Differences         []frame.Difference
	Why                 string
	At, Until           time.Time
	Own                 bool
	MayConfirm, Dropped bool // Dropped: the visitor may drop it
}

// ShowProposals is the page of what two people decide, until the second one has.
func ShowProposals(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawProposals(s, v, tapForm{}, http.StatusOK)
}

func drawProposals(s *frame.Site, v *frame.Visit, tap tapForm, status int) (frame.Reply, error) {
	list, err := s.Desk.Proposals(v.Context(), v.Who.Actor)
	if err != nil {
		return frame.Reply{}, err
	}
	p := proposalsPage{MayTap: v.May(account.Structure, ""), Tap: tap}
	for i := range list {
		pr := &list[i]
		m := frame.Matter{Object: pr.Object, Unit: pr.Unit, Old: pr.Old, New: pr.New}
		row := proposalRow{
			Seq: pr.Seq, What: whatText(pr.What), Unit: pr.Unit, By: v.Person(pr.By), Why: pr.Why,
			Subject: v.Subject(m), Differences: v.Differences(m), At: pr.At, Until: pr.Until,
			Own: pr.By == v.Who.Actor.ID, MayConfirm: pr.MayConfirm,
		}
		if pr.Unit != "" {
			row.Place = v.UnitName(pr.Unit)
		}
		row.Dropped = row.Own || row.MayConfirm
		p.Rows = append(p.Rows, row)
	}
	p.Frame = v.Frame(textProposals)
	return frame.Reply{Page: "proposals", Status: status, Data: p}, nil
}

// DecideProposal takes the word of the second person.
func DecideProposal(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	seq, err := strconv.ParseUint(v.PathValue("seq"), 10, 64)
	if err != nil {
		return frame.Reply{}, &admin.Refusal{Kind: admin.NotFound, Text: frame.TextNoPage}
	}
	var what admin.Decision
	switch v.PostForm.Get("do") {
	case "confirm":
		what = admin.Confirm{Seq: seq}
	case "decline":
		what = admin.Decline{Seq: seq}
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	rep, err := s.Decide(v, what, admin.How{}, "/proposals")
	var r *admin.Refusal
	if errors.As(err, &r) && (r.Kind == admin.SamePerson || r.Kind == admin.Conflict || r.Kind == admin.NotFound) {
		v.Wrong = []frame.Wrong{{Text: r.Text}}
		return drawProposals(s, v, tapForm{}, http.StatusConflict)
	}
	return rep, err
}
