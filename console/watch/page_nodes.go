package watch

import (
	"net/http"

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
	Up     wording.Text // since when it runs
	Wrong  []troubleRow
	Lists  []nodeList
	Head   uint64
	Hash   string
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
	p.Up = ageText(v.Now.Sub(p.Server.Began))
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
	p.Head, p.Hash = s.Head()
	p.Frame = v.Frame(textNodes)
	return frame.Reply{Page: "nodes", Status: http.StatusOK, Data: p}, nil
}
