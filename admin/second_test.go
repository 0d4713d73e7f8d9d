package admin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/account"
)

// person makes an account with a role, as the machine does, and is whoever comes in by it.
func (w *world) person(id string, role account.Role, unit string) account.Actor {
	w.t.Helper()
	w.must(root, admin.AddAccount{ID: id, Unit: unit, Name: id})
	w.must(root, admin.GrantRole{Account: id, Role: role, Unit: unit})
	return account.Actor{ID: id, Name: id, Via: "api", Grants: []account.Grant{{Account: id, Role: role, Unit: unit}}}
}

// TestTwoPeopleAreTwo: an account that the first person was just told the code of is no
// second one, nor is the first one's token; and the first one has to have the right still.
func TestTwoPeopleAreTwo(t *testing.T) {
	w := newWorld(t)
	w.now = time.Now() // the ledger has a clock of its own
	w.must(root, admin.SetUnit{ID: "tren", Unit: json.RawMessage(`{"kind":"province","lock":["gambling"]}`)})
	lan, minh := w.person("acc_lan", account.Operator, ""), w.person("acc_minh", account.Operator, "")
	lift := admin.Lift{Unit: "tren", Category: "gambling"}
	seq := w.must(lan, lift).Seq

	token := lan
	token.Scopes = account.Rights()
	w.refused(token, admin.Confirm{Seq: seq}, admin.SamePerson)

	w.must(lan, admin.ResetAccount{ID: "acc_minh"}) // and comes in by the code
	w.refused(minh, admin.Confirm{Seq: seq}, admin.SamePerson)
	w.must(minh, admin.AddAccount{ID: "acc_minh", Name: "Minh"}) // which another name hides not
	w.refused(minh, admin.Confirm{Seq: seq}, admin.SamePerson)
	w.now = w.now.Add(100 * time.Hour) // the owner would have missed the account
	w.refused(minh, admin.Confirm{Seq: seq}, admin.NotFound)
	w.now = time.Now()
	w.must(root, admin.ResetAccount{ID: "acc_minh"}) // the machine tells its owner the code

	w.must(root, admin.RevokeRole{Account: "acc_lan", Role: account.Operator})
	if r := w.refused(minh, admin.Confirm{Seq: seq}, admin.NotAllowed); !strings.Contains(r.Text.EN, "has not that right any more") {
		t.Error(r)
	}
	w.must(root, admin.GrantRole{Account: "acc_lan", Role: account.Operator, Until: "2099-12-31"})
	w.must(root, admin.RemoveAccount{ID: "acc_lan"})
	w.refused(minh, admin.Confirm{Seq: seq}, admin.NotAllowed)
	w.wantAction("tren", "bet.example", "block")

	hoa := w.person("acc_hoa", account.Operator, "")
	w.must(minh, admin.Confirm{Seq: w.must(hoa, lift).Seq}) // two who are two
	if held := w.action("tren", "bet.example"); held == "block" && strings.Contains(w.layer("tren", "bet.example"), "lock") {
		t.Error("it is locked still")
	}
}

// TestATokenOfAnotherReadsOnly: else the first person would decide in the second one's name.
func TestATokenOfAnotherReadsOnly(t *testing.T) {
	w := newWorld(t)
	lan := w.person("acc_lan", account.Commune, "xa")
	w.must(root, admin.AddAccount{ID: "acc_be", Unit: "kim-dong", Name: "Bé"})
	for _, right := range account.Rights() {
		issue := admin.IssueToken{Account: "acc_be", Name: "x", Scopes: []account.Right{right}}
		switch right {
		case account.View, account.ReadOrders, account.ReadReports, account.Audit:
			w.must(lan, issue)
		default:
			w.refused(lan, issue, admin.Invalid)
		}
		issue.Account = ""
		w.must(lan, issue)
	}
	out := w.must(lan, admin.IssueToken{Name: "x", Scopes: []account.Right{}})
	if !strings.Contains(string(out.New), `"view"`) || strings.Contains(string(out.New), `"except"`) {
		t.Errorf("no scopes are %s", out.New)
	}
}

// TestWhatIsNotThereIsNamed: also to those who may do everything.
func TestWhatIsNotThereIsNamed(t *testing.T) {
	w := newWorld(t)
	operator := is(account.Operator, "")
	for _, by := range []account.Actor{root, operator} {
		w.refused(by, admin.AddAccount{ID: "lan", Unit: "kim-dnog", Name: "Lan"}, admin.NotFound)
		w.refused(by, admin.SetWords{Unit: "kim-dnog", Period: "2026-Q4", Part: "vi", Text: "x"}, admin.NotFound)
		w.refused(by, admin.Except{Unit: "kim-dnog", Name: "a.example"}, admin.NotFound)
		w.refused(by, admin.Lock{Unit: "kim-dnog", Category: "games"}, admin.NotFound)
		w.refused(by, admin.HandOver{Authority: "a06", Document: "1", File: "a.csv", Table: []byte("x")}, admin.Invalid)
		w.refused(by, admin.HandOver{Authority: "xa", Document: "1", File: "a.csv", Table: []byte("x")}, admin.Invalid)
	}
	w.refused(root, admin.SetUnit{ID: "a05", Unit: json.RawMessage(`{"parent":"xa"}`)}, admin.Invalid)
	w.must(root, admin.AddAccount{ID: "lan", Unit: "kim-dong", Name: "Lan"})
	w.refused(root, admin.IssueToken{Account: "lan", Unit: "kim-dnog"}, admin.NotFound)
}

// TestTheTextOfAUnitIsNoWayAround: neither to lock what is below, nor to remove a unit alone.
func TestTheTextOfAUnitIsNoWayAround(t *testing.T) {
	w := newWorld(t)
	w.console("commune")
	province := is(account.Province, "tinh")
	w.refused(province, admin.SetUnit{ID: "nha", Unit: json.RawMessage(`{"parent":"tinh","kind":"commune","lock":["games"]}`)}, admin.NotAllowed)
	for _, kind := range []string{"test", "thu-nghiem", "Thử nghiệm"} {
		out := w.must(province, admin.SetUnit{ID: "nha", Unit: json.RawMessage(fmt.Sprintf(`{"parent":"tinh","type":%q}`, kind))})
		if !out.Waiting {
			t.Errorf("one person makes it %q, and may then remove it", kind)
		}
	}
	if out := w.must(province, admin.RemoveUnit{ID: "nha"}); !out.Waiting {
		t.Error("one person removes it")
	}
}

// TestARecordThatIsTooLongIsRefused: before it is written, with what to do. A node of a fleet
// would not take it.
func TestARecordThatIsTooLongIsRefused(t *testing.T) {
	w := newWorld(t)
	unit := func(names int) json.RawMessage {
		var list []string
		for i := range names {
			list = append(list, fmt.Sprintf("ten-dai-nhu-that-%05d.example", i))
		}
		text, err := json.Marshal(map[string]any{"parent": "xa", "block": list})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, how := range []admin.How{{}, {Preview: true}} {
		r := w.refused(root, admin.SetUnit{ID: "lon", Unit: unit(1900)}, admin.Invalid, how)
		if !strings.Contains(r.Text.EN, "60 KiB") || !strings.Contains(r.Text.VI, "60 KiB") {
			t.Error(r)
		}
	}
	w.must(root, admin.SetUnit{ID: "lon", Unit: unit(1700)})
	w.refused(root, admin.SetUnit{ID: "lon", Unit: unit(1701)}, admin.Invalid) // with what was before
	longest := 0
	for rec, err := range w.ledger.Records(0) {
		text, failed := json.Marshal(rec)
		if err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		longest = max(longest, len(text))
	}
	t.Logf("the longest record has %d bytes", longest)
	if longest > 64<<10 {
		t.Errorf("a record of %d bytes was written", longest)
	}
}
