package site

import (
	"context"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/cmd/lachan/manage/attendance"
	"lachan/cmd/lachan/tested"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A node is this server, as the pages show it.
type node struct {
	src   *Sources
	began time.Time
}

// states are what is wrong, or that nothing is.
func (n node) states() (list []frame.State) {
	is := n.server()
	for _, wrong := range is.Wrong {
		list = append(list, frame.State{Wrong: true, Text: wrong.Text})
	}
	if test := is.Test; test.Text.VI != "" && !test.Failed { // else a condition tells
		list = append(list, frame.State{Text: test.Text})
	}
	return append(list, frame.State{Text: textFiltering.With(wording.Count(is.Names), wording.Count(is.Units))})
}

// server is what this one is.
func (n node) server() frame.Server {
	cfg, rules, entries, _ := n.src.InForce()
	is := frame.Server{
		Name: cfg.NodeName(), Version: n.src.Build.Version, Revision: n.src.Build.Revision, Began: n.began,
		Policy: rules.Time(), Units: rules.Policy().NumGroups(),
	}
	is.Test.Running = n.src.Testing()
	if run := n.src.Tested(); run.Day != "" {
		is.Test.Text, is.Test.Failed = tested.Sentence(&run), run.Failed > 0
		for i := range run.Failures {
			f := &run.Failures[i]
			is.Test.Failures = append(is.Test.Failures, frame.TestFailure{
				Door: f.Door, Unit: f.Unit, What: tested.What(f), Times: f.Times,
			})
		}
	}
	for _, names := range entries {
		is.Names += names
	}
	for _, c := range n.src.Conditions() {
		is.Wrong = append(is.Wrong, frame.Trouble{Code: c.Name, Since: c.Since, Text: wording.Twofold(c.Text)})
	}
	return is
}

// test has the server test itself at once.
func (n node) test() error {
	if err := n.src.TestNow(); err != nil {
		return &admin.Refusal{Kind: admin.Standing, Text: wording.Of(err)}
	}
	return nil
}

// fleet is that of which this one is.
func (n node) fleet(ctx context.Context) (f frame.Fleet, err error) {
	f.Hub = n.src.Hub()
	release, err := n.src.Fleet.Release(ctx)
	if err != nil {
		return f, err
	}
	f.Release, f.Ring, f.Held = release.Release, release.Ring, release.Held
	orders, err := n.src.Fleet.Orders(ctx)
	if err != nil {
		return f, err
	}
	for i := range orders {
		o := &orders[i]
		f.Orders = append(f.Orders, frame.FleetOrder{
			Name: o.Name, Ring: o.Ring, Held: o.Held, Linked: o.Linked, Confirmed: o.Confirmed, Refused: o.Refused,
		})
	}
	nodes, err := n.src.Fleet.List(ctx)
	for _, one := range nodes {
		shown := frame.Node{
			Name: one.Name, Area: one.Area, Joined: one.Joined != nil, Behind: one.Behind, Refused: one.Refused,
			Conditions: len(one.Conditions),
		}
		if one.Own != nil {
			shown.Taken, shown.Left, shown.Why = one.Own.Taken, one.Own.Left, one.Own.Why
		}
		if one.Seen != nil {
			shown.Seen = *one.Seen
		}
		f.Nodes = append(f.Nodes, shown)
	}
	return f, err
}

// quiet are the schools that somebody may see which asked far less than usual.
func (s *Site) quiet(by account.Actor) (list []frame.QuietSchool) {
	_, rules, _, _ := s.src.InForce()
	p, tree, now := rules.Policy(), s.src.Office.Tree(), time.Now()
	j := s.src.Quiet()
	day, err := time.ParseInLocation(time.DateOnly, j.Day, p.Location())
	if err != nil {
		return nil // none was judged
	}
	for i := range j.Found {
		f := &j.Found[i]
		if !by.May(account.View, f.School, tree, now) {
			continue
		}
		list = append(list, frame.QuietSchool{
			ID: f.School, Name: named(p, f.School).Name, Day: day, Asked: f.Asked, Usual: f.Usual, Run: f.Run,
			Checks: f.Checks, Few: f.Few, Sure: attendance.Sure(f),
		})
	}
	return list
}
