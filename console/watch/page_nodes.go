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
	MayTest      bool // have the server test itself
	Who          wording.Text
	Orders       []orderOnWay
}

// An orderOnWay is the list of an authority on its way, and what the visitor may do with it.
type orderOnWay struct {
	frame.FleetOrder
	In                          wording.Text // the ring
	MayGoOn, MayHold, MayGoBack bool
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
	p.MayTest = v.May(account.Structure, "")
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
	if sees {
		p.Orders = ordersOf(s, v, p.Fleet.Orders)
	}
	p.Head, p.Hash = s.Head()
	p.Frame = v.Frame(textNodes)
	return frame.Reply{Page: "nodes", Status: http.StatusOK, Data: p}, nil
}

// ordersOf are the lists of authorities on their way, with what the visitor may decide on them.
func ordersOf(s *frame.Site, v *frame.Visit, orders []frame.FleetOrder) (list []orderOnWay) {
	for _, o := range orders {
		may := func(what admin.Decision) bool {
			_, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, admin.How{Preview: true})
			return err == nil
		}
		list = append(list, orderOnWay{
			o, ringText(o.Ring), may(admin.AdvanceOrder{Name: o.Name}),
			o.Held == "" && may(admin.HoldOrder{Name: o.Name}), may(admin.RollBackOrder{Name: o.Name}),
		})
	}
	return list
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

// DecideRelease has the newest release, or the list of an authority, go on, go no further, or be
// replaced by the one before; or the server test itself.
func DecideRelease(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	var what admin.Decision
	order := v.PostForm.Get("order") // "" is the release of the policy
	switch do := v.PostForm.Get("do"); {
	case do == "advance" && order != "":
		what = admin.AdvanceOrder{Name: order}
	case do == "hold" && order != "":
		what = admin.HoldOrder{Name: order}
	case do == "roll-back" && order != "":
		what = admin.RollBackOrder{Name: order}
	case do == "advance":
		what = admin.Advance{}
	case do == "hold":
		what = admin.Hold{}
	case do == "roll-back":
		what = admin.RollBack{}
	case do == "test":
		if !v.May(account.Structure, "") {
			return frame.Reply{}, &admin.Refusal{
				Kind: admin.NotAllowed, Text: textMayNotTest, WhoMay: account.WhoMay(account.Structure, "", s.Tree()),
			}
		}
		return frame.Reply{To: "/nodes#self-test"}, s.TestNow()
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
