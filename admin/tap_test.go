package admin_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/account"
)

// tapped has two people decide that a collector is told, and is the record's number.
func (w *world) tapped() uint64 {
	w.t.Helper()
	w.now = time.Now() // the ledger has a clock of its own
	lan, minh := w.person("acc_tap_1", account.Operator, ""), w.person("acc_tap_2", account.Operator, "")
	return w.must(minh, admin.Confirm{Seq: w.must(lan, admin.Tap{Why: "lỗi phân giải ở Sa Pa"}).Seq}).Seq
}

// TestACollectorIsToldOnceTwoPeopleSaySo: neither one nor the machine is enough, a reason has to
// be there, and it ends by itself or by the word of one.
func TestACollectorIsToldOnceTwoPeopleSaySo(t *testing.T) {
	w := newWorld(t)
	w.now = time.Now()
	lan, minh := w.person("acc_lan", account.Operator, ""), w.person("acc_minh", account.Operator, "")
	province := is(account.Province, "tinh")
	wish := admin.Tap{Why: "lỗi phân giải", Until: w.now.Add(2 * time.Hour).Format(time.RFC3339)}

	w.refused(root, wish, admin.NotAllowed)
	w.refused(province, wish, admin.NotFound)
	w.refused(lan, admin.Tap{Why: " "}, admin.Invalid)
	for _, until := range []time.Duration{-time.Hour, 31 * 24 * time.Hour} {
		w.refused(lan, admin.Tap{Why: "x", Until: w.now.Add(until).Format(time.RFC3339)}, admin.Invalid)
	}
	w.refused(lan, admin.Tap{Why: "x", Until: "never"}, admin.Invalid)
	w.refused(lan, admin.Untap{}, admin.NotFound)

	out := w.must(lan, wish)
	if !out.Waiting || len(admin.Tapped(w.ledger.State())) != 0 {
		t.Fatalf("one person is enough: %+v", out)
	}
	w.refused(lan, admin.Confirm{Seq: out.Seq}, admin.SamePerson)
	w.refused(root, admin.Confirm{Seq: out.Seq}, admin.NotAllowed)
	twice := w.must(minh, wish)
	w.must(minh, admin.Confirm{Seq: out.Seq})
	w.refused(lan, admin.Confirm{Seq: twice.Seq}, admin.Standing)
	w.refused(minh, wish, admin.Standing)

	list := admin.Tapped(w.ledger.State())
	if len(list) != 1 || list[0].First != "acc_lan" || list[0].Second != "acc_minh" || !list[0].End.Equal(w.now.Add(2*time.Hour).Truncate(time.Second)) {
		t.Fatalf("%+v", list)
	}
	if why, ok := w.ledger.Words(list[0].Why); !ok || why != wish.Why {
		t.Errorf("the reason is %q", why)
	}
	seq := w.must(root, admin.Untap{}).Seq // one is enough, also the machine
	w.now = time.Now()
	if list = admin.Tapped(w.ledger.State()); list[0].End.After(time.Now()) {
		t.Errorf("it is on still: %+v", list)
	}
	w.refused(root, admin.Untap{}, admin.NotFound)
	w.refused(lan, admin.Undo{Seq: seq}, admin.Standing) // which would switch it on
	if unknown := w.ledger.State().Unknown(); len(unknown) > 0 {
		t.Errorf("the ledger does not know %q", unknown)
	}

	again := w.must(lan, admin.Tap{Why: "lần hai"}) // 24 hours
	w.must(minh, admin.Confirm{Seq: again.Seq})
	w.now = w.now.Add(23 * time.Hour)
	w.refused(lan, wish, admin.Invalid) // its end is over
	w.refused(lan, admin.Tap{Why: "x"}, admin.Standing)
	w.now = w.now.Add(2 * time.Hour)
	w.refused(root, admin.Untap{}, admin.NotFound) // it has ended by itself
	if list = admin.Tapped(w.ledger.State()); len(list) != 2 || !list[0].Begin.Before(list[1].Begin) {
		t.Errorf("%+v", list)
	}
	for v := range w.ledger.State().Kind("dnstap") {
		if text := string(v.New); strings.Contains(text, "phân giải") || !json.Valid(v.New) {
			t.Errorf("%s: a reason that cannot be erased: %s", v.Object, text)
		}
	}
}
