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
	return map[string][]any{
		"explain": {explainPage{}, explainPage{f, drawn.Hostile, drawn.Hostile, drawn.Hostile, units, &explainAnswer{
			drawn.Hostile, true, both, []explainStep{{both, both, true}, {both, both, false}}, true, both,
		}}, explainPage{f, "x.example", "", "", nil, &explainAnswer{Name: "x.example", WhoMay: both}}},
		"exceptions": {exceptionsPage{}, exceptionsPage{f, true, drawn.Hostile, "block", drawn.Hostile, drawn.Hostile, units, []exceptionRow{
			{admin.Exception{Unit: drawn.Hostile, Object: drawn.Hostile, Name: drawn.Hostile, Why: drawn.Hostile, Until: at, Ended: true, Seq: 12345}, true, true}, {},
		}, 2, "/exceptions?after=x"}},
		"units": {unitsPage{}, unitsPage{f, drawn.Hostile, drawn.Hostile, units, []unitRow{{drawn.Hostile, drawn.Hostile, both, 12, both, "warn"}, {}}, 2, "/units?after=x", true}},
		"unit":  {unitPage{}, unitPage{f, drawn.Hostile, drawn.Hostile, drawn.Hostile, drawn.Hostile, both, both, both, units, units, []frame.BlockedLabel{{Label: both, Locked: true}}, []frame.BlockedLabel{{Label: both, Locked: false}, {Label: both, Locked: true}}, []string{"10.0.0.0/8"}, 3, drawn.Hostile}},
	}
}

func TestEveryPageIsDrawnWithNothingAndWithAll(t *testing.T) { drawn.Check(t, Pages, everyPage()) }
