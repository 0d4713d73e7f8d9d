package watch

import (
	"net/http"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A nodesPage is what the page of the servers shows: this one, as long as there is no
// other.
type nodesPage struct {
	Frame  frame.Frame
	Server frame.Server
	Fleet  frame.Fleet
	Nodes  []fleetNode
	Ring   wording.Text // of the newest release
	Up     wording.Text // since when it runs
	Wrong  []troubleRow
	Lists  []nodeList
	Head   uint64
	Hash   string
	// GoOn and HoldIn are what the visitor may do with the newest release, with the ring; Who
	// may instead, if nothing of it.
	GoOn, HoldIn wording.Text
	MayRollBack  bool
	Who          wording.Text
}

// A fleetNode is a server of the fleet, with how long ago it spoke.
type fleetNode struct {
	frame.Node
	Age wording.Text
}

type troubleRow struct {
	frame.Trouble
	Age wording.Text
}

// A nodeList is a list as this server has it.
type nodeList struct {
	Name     string
	Label    wording.Text
	Age      wording.Text
	Old, Not bool // not brought up to date for days; not in force
}

// oldList is from which age on a list is marked, in days.
const oldList = 3

// ShowNodes is the page of the servers.
func ShowNodes(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	p := nodesPage{Server: s.Server()}
	var err error
	if p.Fleet, err = s.Fleet(v.Request.Context()); err != nil {
		return frame.Reply{}, err
	}
	sees := v.Who.Actor.May(account.View, "", s.Tree(), v.Now)
	for _, n := range p.Fleet.Nodes {
		if sees {
			p.Nodes = append(p.Nodes, fleetNode{n, ageText(v.Now.Sub(n.Seen))})
		}
	}
	p.Ring, p.Up = ringText(p.Fleet.Ring), ageText(v.Now.Sub(p.Server.Began))
	for _, wrong := range p.Server.Wrong {
		p.Wrong = append(p.Wrong, troubleRow{wrong, ageText(v.Now.Sub(wrong.Since))})
	}
	for _, f := range s.Feeds(v.Who.Actor) {
		row := nodeList{Name: f.Name, Label: f.Label, Age: textNotInForce, Not: f.InForce.IsZero()}
		if !row.Not {
			row.Age, row.Old = ageText(v.Now.Sub(f.Succeeded)), f.Succeeded.Before(v.Now.AddDate(0, 0, -oldList))
		}
		p.Lists = append(p.Lists, row)
	}
	if len(p.Nodes) > 0 && p.Fleet.Release > 0 {
		p.offer(s, v)
	}
	p.Head, p.Hash = s.Head()
	p.Frame = v.Frame(textNodes)
	return frame.Reply{Page: "nodes", Status: http.StatusOK, Data: p}, nil
}

// offer says what the visitor may decide on the newest release.
func (p *nodesPage) offer(s *frame.Site, v *frame.Visit) {
	may := func(what admin.Decision) (admin.Outcome, bool) {
		out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, admin.How{Preview: true})
		return out, err == nil
	}
	if out, ok := may(admin.Advance{}); ok {
		p.GoOn = textGoOn.With(ringText(out.Object[strings.LastIndexByte(out.Object, '/')+1:]))
	}
	if _, ok := may(admin.Hold{}); ok && p.Fleet.Held == "" {
		p.HoldIn = textHoldIn.With(ringText(p.Fleet.Ring))
	}
	if _, p.MayRollBack = may(admin.RollBack{}); !p.MayRollBack {
		p.Who = v.WhoMay(account.Release, "")
	}
}

// DecideRelease has the newest release go on, go no further, or be replaced by the one
// before.
func DecideRelease(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	var what admin.Decision
	switch v.PostForm.Get("do") {
	case "advance":
		what = admin.Advance{}
	case "hold":
		what = admin.Hold{}
	case "roll-back":
		what = admin.RollBack{}
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	return s.Decide(v, what, admin.How{}, "/nodes")
}

// ringText is what people call a ring.
func ringText(ring string) wording.Text {
	switch ring {
	case "canary":
		return wording.Text{VI: "thử trước", EN: "canary"}
	case "early":
		return wording.Text{VI: "sớm", EN: "early"}
	case "all":
		return wording.Text{VI: "tất cả", EN: "all"}
	}
	return wording.Text{VI: ring}
}
