package schools

import (
	"testing"
	"time"

	"lachan/admin"
	"lachan/console/frame"
	"lachan/console/frame/drawn"
	"lachan/internal/wording"
	"lachan/policy"
)

// everyPage is each page with nothing on it and with all that can be on it.
func everyPage() map[string][]any {
	f, both, at := drawn.Full(), drawn.Both(), drawn.At()
	units := []frame.Named{{ID: "truong-a", Name: drawn.Hostile}}
	locks := []lockRow{{drawn.Hostile, both}}
	fields := unitFields{drawn.Hostile, "school", drawn.Hostile, "primary", drawn.Hostile, drawn.Hostile, drawn.Hostile}
	rows := []changeRow{{Field: both, Before: both}, {Field: both, After: both}}
	levels := []frame.Level{{ID: "primary", Name: both}}
	profiles := []frame.Profile{{Name: drawn.Hostile}, {Name: "thcs", Ready: true, Label: both, Own: []byte("{}")}, {Name: "x", Own: []byte("{}")}}
	effect := &frame.Effect{
		Blocked: []frame.Reached{{Name: both, Units: 1204}, {Name: both}}, Opened: []frame.Reached{{Name: both, Units: 1}}, Units: 1204,
		Now: admin.Change{Blocked: 3}, First: at, Who: units, Others: 1184,
	}
	return map[string][]any{
		"edit": {editPage{}, editPage{
			f, drawn.Hostile, "7", false, fields, drawn.Hostile, levels, units, &preview{rows, true, effect}, &theirs{drawn.Hostile, at, rows}, profiles, true,
		}, editPage{
			Frame: f, New: true, Unit: fields, Levels: levels, Preview: &preview{}, Theirs: &theirs{},
		}},
		"calendar": {calendarPage{}, calendarPage{
			Frame: f, Unit: drawn.Hostile, Name: drawn.Hostile, Units: units, Now: both, Grid: grid(), Before: "/calendar", This: "2026-11-23", Next: "/calendar",
			Runs: []runRow{{frame.Run{Kind: "exams", Name: drawn.Hostile, From: at, To: at, Own: true}, both, true}, {frame.Run{Kind: "make_up", As: "mon", From: at}, both, false}, {}},
			Seen: "7", Add: runFields{"terms", drawn.Hostile, "2026-11-23", "2026-11-24", "tue"}, Why: drawn.Hostile,
			Preview: &calendarPreview{at, at, []wording.Text{both, both}, []wording.Text{both}, effect}, Theirs: true,
			Windows: []windowRow{{drawn.Hostile, []wording.Text{both, both}, []wording.Text{both, both}, "07:00", "17:00", nil}, {}}, MayHours: true,
		}, calendarPage{Frame: f, Who: both, Home: both, Runs: []runRow{{Label: both}}}},
		"adopt": {adoptPage{}, adoptPage{f, drawn.Hostile, drawn.Hostile, drawn.Hostile, drawn.Hostile, true, drawn.Hostile}, adoptPage{Frame: f, Why: drawn.Hostile}},
		"hours": {hoursPage{}, hoursPage{
			Frame: f, Name: drawn.Hostile, New: true, Seen: "7", Days: []hoursChoice{{"mon", both, true}, {"tue", both, false}}, On: []hoursChoice{{"study", both, true}},
			From: "07:00", To: drawn.Hostile, Why: drawn.Hostile, Here: true, Preview: &preview{Rows: rows}, Theirs: &windowRow{From: "07:00", Days: []wording.Text{both, both}, On: []wording.Text{both, both}},
		}, hoursPage{Frame: f, Preview: &preview{}}},
		"profile": {profilePage{}, profilePage{
			f, drawn.Hostile, "thcs", both, drawn.Hostile, false, true, "7", drawn.Hostile, profiles, []profileRow{{"games", both, held{true, false}}, {"social", both, held{}}},
			choices("page", replies), choices("", strictness[:2]), choices("moderate", strictness), 3, &preview{rows, false, effect}, true, rows,
		}, profilePage{Frame: f, Preview: &preview{}}, profilePage{Frame: f, Both: true}},
		"rules": {rulesPage{}, rulesPage{
			Frame: f, ID: drawn.Hostile, Name: drawn.Hostile, Seen: "7", Why: drawn.Hostile, Rule: ruleFields{drawn.Hostile, "allow", "games"},
			Rows:    []ruleRow{{0, drawn.Hostile, []wording.Text{both, both}, []wording.Text{both, both}, []wording.Text{both, both}, drawn.Hostile}, {When: "gio-hoc"}, {When: "ngoai-gio-hoc"}},
			Outside: true, Windows: []windowRow{{Name: drawn.Hostile}, {Name: "gio-hoc"}}, Categories: []frame.Choice{{Code: "games", Name: both}, {}},
			Services: []frame.Choice{{Code: "service:x", Name: both}}, Preview: &rulePreview{effect, 1, true}, Theirs: true,
		}, rulesPage{Frame: f, Preview: &rulePreview{}}},
		"table": {tablePage{}, tablePage{
			Frame: f, Who: both, Text: drawn.Hostile, Why: drawn.Hostile, Read: true, New: 1234, Changed: 1, Same: 1, Cut: 7,
			Mistakes: []frame.TableNote{{Line: 3, Text: both}}, Remarks: []frame.TableNote{{Line: 3, Text: both}, {Text: both}},
			Effect: &frame.Effect{}, Rows: []tableRow{{2, drawn.Hostile, drawn.Hostile, drawn.Hostile, true, false, nil}, {Changed: true, Changes: rows}, {Changed: true}},
		}},
		"explain": {explainPage{}, explainPage{f, drawn.Hostile, drawn.Hostile, drawn.Hostile, units, &explainAnswer{
			drawn.Hostile, true, both, []explainStep{{both, both, true}, {both, both, false}}, true, both,
		}, &ownDevice{frame.DeviceSeen{Names: []frame.AskedName{{Name: drawn.Hostile, Blocked: true, Times: 1234, Last: at}, {}}, More: 1234, Until: at}, both, drawn.Hostile}, both},
			explainPage{f, "x.example", "", "", nil, &explainAnswer{Name: "x.example", WhoMay: both}, nil, both},
			explainPage{Device: &ownDevice{DeviceSeen: frame.DeviceSeen{Shared: true}}}, explainPage{Device: &ownDevice{}}},
		"exceptions": {exceptionsPage{}, exceptionsPage{f, true, drawn.Hostile, "block", drawn.Hostile, drawn.Hostile, units, []exceptionRow{
			{admin.Exception{Unit: drawn.Hostile, Object: drawn.Hostile, Name: drawn.Hostile, Why: drawn.Hostile, Until: at, Ended: true, Seq: 12345}, true, true}, {},
		}, 2, "/exceptions?after=x"}},
		"units": {unitsPage{}, unitsPage{f, drawn.Hostile, drawn.Hostile, units, []unitRow{{drawn.Hostile, drawn.Hostile, both, 12, both, "warn"}, {}}, 2, "/units?after=x", drawn.Hostile, both}, unitsPage{Frame: f, Parent: drawn.Hostile}},
		"unit":  {unitPage{}, unitPage{f, drawn.Hostile, drawn.Hostile, drawn.Hostile, drawn.Hostile, both, both, both, both, units, units, []frame.BlockedLabel{{Label: both, Locked: true}}, []frame.BlockedLabel{{Label: both, Locked: false}, {Label: both, Locked: true}}, []string{"10.0.0.0/8"}, 3, drawn.Hostile, true, true, both, both, locks, locks}, unitPage{Frame: f, ID: drawn.Hostile, Name: drawn.Hostile, Ours: true, Locks: locks, MayBeLocked: locks}},
	}
}

// grid is a week in which lessons block more, and a night less.
func grid() *weekGrid {
	base := policy.Blocked{Codes: []string{"games"}, Labels: []wording.Text{drawn.Both()}}
	more := policy.Blocked{Codes: []string{"games", "social"}, Labels: []wording.Text{drawn.Both(), drawn.Both()}, Names: []string{drawn.Hostile}}
	day := policy.HeldDay{Day: drawn.At(), Parts: []policy.HeldPart{
		{To: 7 * time.Hour, Blocked: base}, {From: 7 * time.Hour, To: 17 * time.Hour, Blocked: more},
		{From: 17 * time.Hour, To: 22 * time.Hour, Blocked: base}, {From: 22 * time.Hour, To: 24 * time.Hour, Blocked: policy.Blocked{Only: true}},
	}}
	return gridOf([]policy.HeldDay{day, day}, drawn.At(), func(time.Time) string { return "/calendar" })
}

func TestEveryPageIsDrawnWithNothingAndWithAll(t *testing.T) { drawn.Check(t, Pages, everyPage()) }
