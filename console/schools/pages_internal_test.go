package schools

import (
	"testing"

	"lachan/admin"
	"lachan/console/frame"
	"lachan/console/frame/drawn"
)

// everyPage is each page with nothing on it and with all that can be on it.
func everyPage() map[string][]any {
	f, both, at := drawn.Full(), drawn.Both(), drawn.At()
	units := []frame.Named{{ID: "truong-a", Name: drawn.Hostile}}
	locks := []lockRow{{drawn.Hostile, both}}
	fields := unitFields{drawn.Hostile, "school", drawn.Hostile, "primary", drawn.Hostile, drawn.Hostile, drawn.Hostile}
	rows := []changeRow{{Field: both, Before: both}, {Field: both, After: both}}
	levels := []frame.Level{{ID: "primary", Name: both}}
	return map[string][]any{
		"edit": {editPage{}, editPage{
			f, drawn.Hostile, "7", false, fields, drawn.Hostile, levels, units, &preview{rows, true}, &theirs{drawn.Hostile, at, rows},
		}, editPage{
			Frame: f, New: true, Unit: fields, Levels: levels, Preview: &preview{}, Theirs: &theirs{},
		}},
		"explain": {explainPage{}, explainPage{f, drawn.Hostile, drawn.Hostile, drawn.Hostile, units, &explainAnswer{
			drawn.Hostile, true, both, []explainStep{{both, both, true}, {both, both, false}}, true, both,
		}}, explainPage{f, "x.example", "", "", nil, &explainAnswer{Name: "x.example", WhoMay: both}}},
		"exceptions": {exceptionsPage{}, exceptionsPage{f, true, drawn.Hostile, "block", drawn.Hostile, drawn.Hostile, units, []exceptionRow{
			{admin.Exception{Unit: drawn.Hostile, Object: drawn.Hostile, Name: drawn.Hostile, Why: drawn.Hostile, Until: at, Ended: true, Seq: 12345}, true, true}, {},
		}, 2, "/exceptions?after=x"}},
		"units": {unitsPage{}, unitsPage{f, drawn.Hostile, drawn.Hostile, units, []unitRow{{drawn.Hostile, drawn.Hostile, both, 12, both, "warn"}, {}}, 2, "/units?after=x", drawn.Hostile, both}, unitsPage{Frame: f, Parent: drawn.Hostile}},
		"unit":  {unitPage{}, unitPage{f, drawn.Hostile, drawn.Hostile, drawn.Hostile, drawn.Hostile, both, both, both, units, units, []frame.BlockedLabel{{Label: both, Locked: true}}, []frame.BlockedLabel{{Label: both, Locked: false}, {Label: both, Locked: true}}, []string{"10.0.0.0/8"}, 3, drawn.Hostile, true, both, both, locks, locks}, unitPage{Frame: f, ID: drawn.Hostile, Name: drawn.Hostile, Ours: true, Locks: locks, MayBeLocked: locks}},
	}
}

func TestEveryPageIsDrawnWithNothingAndWithAll(t *testing.T) { drawn.Check(t, Pages, everyPage()) }
