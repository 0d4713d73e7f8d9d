package entrance

import (
	"testing"

	"lachan/admin/account"
	"lachan/admin/account/session"
	"lachan/console/frame"
	"lachan/console/frame/drawn"
	"lachan/internal/wording"
)

// everyPage is each page with nothing on it and with all that can be on it.
func everyPage() map[string][]any {
	f, both, at := drawn.Full(), drawn.Both(), drawn.At()
	return map[string][]any{
		"login":   {loginPage{}, loginPage{f, "/units", drawn.Hostile, drawn.Hostile, "", true}},
		"school":  {schoolPage{}, schoolPage{f, drawn.Hostile, "primary", []frame.Level{{ID: "primary", Name: both}}, drawn.Hostile}},
		"filter":  {filterPage{}, filterPage{f, drawn.Hostile, []frame.BlockedLabel{{Label: both, Locked: true}}, []frame.BlockedLabel{{Label: both, Locked: false}}, true}},
		"devices": {devicesPage{}, devicesPage{f, drawn.Hostile, []string{drawn.Hostile}, true}},
		"second":  {loginPage{}, loginPage{Frame: f, Next: drawn.Hostile}},
		"invited": {loginPage{}, loginPage{f, "", drawn.Hostile, "", drawn.Hostile, false}},
		"account": {accountPage{}, accountPage{
			Frame: f, Name: drawn.Hostile, Told: &told{drawn.Hostile, "en", "never"}, Roles: []roleRow{{both, drawn.Hostile, "28/11/2026"}}, MustEnroll: []wording.Text{both}, TOTP: true, Codes: 8, Passkeys: []account.Passkey{{ID: drawn.Hostile, Name: drawn.Hostile, Made: at}, {}}, MayPasskey: true, By: drawn.Hostile,
			Recovery: []string{drawn.Hostile}, Password: true, Sessions: []session.Session{{ID: drawn.Hostile, Begun: at}}, Current: drawn.Hostile,
		}, accountPage{Frame: f, Made: &account.NewTOTP{Secret: drawn.Hostile, URL: drawn.Hostile}}, accountPage{
			Frame: f, Made: &account.NewTOTP{}, Picture: pictureOf("otpauth://totp/a:b?secret=JBSWY3DPEHPK3PXP"),
		}},
		"passkey": {passkeyPage{}, passkeyPage{f, "/account/passkey", "create", drawn.Hostile, drawn.Hostile, drawn.Hostile}},
		"start":   {loginPage{}, loginPage{f, "", drawn.Hostile, "", drawn.Hostile, false}},
	}
}

func TestEveryPageIsDrawnWithNothingAndWithAll(t *testing.T) { drawn.Check(t, Pages, everyPage()) }
