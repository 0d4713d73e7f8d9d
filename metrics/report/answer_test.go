package report_test

import (
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

// TestAnswersAndUptimeAreThoseOfTheNodes: of the nodes that the unit has, in the
// period alone.
func TestAnswersAndUptimeAreThoseOfTheNodes(t *testing.T) {
	w := small(t, day("2026-08-30"), time.Hour)
	w.run(day("2026-09-11"))
	w.silent["nut-2"] = true
	w.run(day("2026-09-26"))
	w.silent["nut-2"] = false
	w.run(day("2026-10-02"))
	build := func(unit string) figures.Coverage { return w.build(w.spec(unit, "2026-09")).Data.Coverage }
	month := int64(30 * 24 * 60 * 60)
	first := figures.Answers{Count: figures.Number(month * 100), P50: "5ms", P95: "25ms"}
	if c := build("sa-pa"); len(c.Nodes) != 1 || c.Answers != first || c.Nodes[0].Answers != first || c.Up.PerMille != 1000 || c.Nodes[0].Up.PerMille != 1000 {
		t.Errorf("of one node it says %+v", c)
	}
	c := build("lao-cai")
	if c.Answers.Count != figures.Number(month*150) || c.Nodes[1].Answers.Count != figures.Number(month*50) || c.Nodes[1].Up.PerMille != 500 || c.Up.PerMille != 750 {
		t.Errorf("of a node that was off for half of the month it says %+v", c)
	}
}
