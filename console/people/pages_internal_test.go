package people

import (
	"testing"

	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/console/frame/drawn"
	"lachan/internal/wording"
)

// everyPage is each page with nothing on it and with all that can be on it.
func everyPage() map[string][]any {
	f, both, at := drawn.Full(), drawn.Both(), drawn.At()
	units := []frame.Named{{ID: "truong-a", Name: drawn.Hostile}}
	is := frame.Known{Name: drawn.Hostile, Language: "en", Notify: "never", Mail: drawn.Hostile, Webhook: drawn.Hostile}
	roles := []roleRow{{account.School, both, drawn.Hostile, at, true, true}, {}}
	tokens := []tokenRow{{drawn.Hostile, drawn.Hostile, drawn.Hostile, drawn.Hostile, []wording.Text{both, both}, at}, {}}
	return map[string][]any{
		"known": nil, // a part of the pages
		"accounts": {accountsPage{}, accountsPage{
			f, drawn.Hostile, []accountRow{{drawn.Hostile, drawn.Hostile, drawn.Hostile, roles}, {}}, "/accounts?after=x", both, is,
			drawn.Hostile, units,
		}, accountsPage{Frame: f, Add: is, Unit: drawn.Hostile, Units: units}},
		"secret": {secretPage{}, secretPage{f, drawn.Hostile, drawn.Hostile, "", "/accounts/x"}, secretPage{Frame: f, Token: drawn.Hostile}},
		"person": {personPage{}, personPage{
			f, drawn.Hostile, drawn.Hostile, 7, is, true, both, roles, []roleChoice{{account.Operator, both, true}}, "operator",
			drawn.Hostile, drawn.Hostile, tokens, []scopeChoice{{account.View, both, true, true}, {}}, units,
		}, personPage{Frame: f, ID: drawn.Hostile, Is: is, Roles: roles, Tokens: tokens, MayGive: []roleChoice{{account.School, both, false}}}},
		"proposals": {proposalsPage{}, proposalsPage{f, []proposalRow{
			{7, both, drawn.Hostile, drawn.Hostile, both, both, []frame.Difference{{What: both, Old: both, New: both}}, drawn.Hostile, at, at, true, true, true},
			{Seq: 8, Own: true}, {Seq: 9, Dropped: true},
		}, true, tapForm{drawn.Hostile, drawn.Hostile}}, proposalsPage{MayTap: true}},
	}
}

func TestEveryPageIsDrawnWithNothingAndWithAll(t *testing.T) { drawn.Check(t, Pages, everyPage()) }
