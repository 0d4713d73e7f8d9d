package report

import (
	"strings"
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

// TestAReportTellsWhenNamesWereTold: the times that reach into its period, who decided and why.
func TestAReportTellsWhenNamesWereTold(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 10, day, 9, 0, 0, 0, time.UTC) }
	b := &body{tables{&facts{spec: &figures.Spec{
		Period: figures.Period{Start: at(10), End: at(20)},
		Keeping: figures.Keeping{Taps: []figures.Tap{
			{Begin: at(1), End: at(10), Seq: 1},
			{Begin: at(8), End: at(11), First: "Lan", Second: "Minh", Why: "lỗi phân giải", Seq: 2},
			{Begin: at(19), End: at(25), First: "Lan", Second: "Minh", Seq: 3},
			{Begin: at(20), End: at(25), Seq: 4},
		}},
	}}}}
	blocks := b.taps()
	if len(blocks) != 2 {
		t.Fatalf("%d times are told: %+v", len(blocks), blocks)
	}
	for _, want := range []string{"08/10/2026", "11/10/2026", "lỗi phân giải", "Lan", "Minh", "số 2"} {
		if !strings.Contains(blocks[0].Text, want) {
			t.Errorf("%q is not in %q", want, blocks[0].Text)
		}
	}
	if !strings.Contains(blocks[1].Text, "(đã xóa)") {
		t.Errorf("a reason that was erased: %q", blocks[1].Text)
	}
}
