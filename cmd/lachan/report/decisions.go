package report

import (
	"path/filepath"
	"strings"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/fleet/late"
	"lachan/metrics/report/figures"
)

// byNode begins who decided what a node of the fleet has told.
const byNode = "node:"

// decisionsOf are the decisions of nodes of which this machine, their hub, heard in a period: those
// that it took stand in the ledger with both times, the others in files. It is none where the user
// may not read them, as with the head of the ledger.
func decisionsOf(cfg *config.Config, p figures.Period) (list []figures.NodeDecision) {
	type key struct {
		node, unit, object string
		made               int64
	}
	taken := map[key]bool{}
	for r, err := range ledger.RecordsSince(config.LedgerDir(cfg), p.Start) {
		if err != nil {
			break
		}
		node, is := strings.CutPrefix(r.By, byNode)
		if !is || r.Made.IsZero() {
			continue
		}
		d := figures.NodeDecision{
			Node: node, Unit: r.Unit, What: late.End, Made: r.Made, Came: r.At, Outcome: figures.NodeTaken, Seq: r.Seq,
		}
		if kind, _, _ := strings.Cut(r.Object, "/"); string(r.New) != "null" && len(r.New) > 0 {
			d.What = kind
		}
		taken[key{node, r.Unit, r.Object, r.Made.UnixMilli()}] = true
		list = append(list, d)
	}
	others, _ := late.Read(filepath.Join(config.FleetDir(cfg), "late")) // as above
	for _, o := range others {
		if taken[key{o.Node, o.Unit, o.Object, o.Made.UnixMilli()}] {
			continue // it was looked at twice
		}
		d := figures.NodeDecision{
			Node: o.Node, Unit: o.Unit, What: o.What, Made: o.Made, Came: o.Came, Outcome: figures.NodeRefused,
		}
		if o.Over {
			d.Outcome = figures.NodeOver
		}
		list = append(list, d)
	}
	return list
}
