package feed_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/blocklist/publish"
)

// A version of orders is held back for what it has dropped of one document, however
// many entries of others are new.
func TestAnOrderThatVanishesHoldsTheVersionBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lenh.csv")
	rows := func(document, name string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%s%d.example,%s,\n", name, i, document)
		}
		return b.String()
	}
	const head = "ten_mien,so_van_ban,hieu_luc_den\n"
	src := fileSource(file)
	src.Format, src.First = format.CSV, true
	f := func(before, after, says string) {
		t.Helper()
		s := open(t, t.TempDir())
		write(t, file, head+before)
		update(t, s, src)
		write(t, file, head+after)
		if says == "" {
			update(t, s, src)
			return
		}
		wantRefused(t, s, src, feed.ErrShrunk, says)
		if st, err := s.Approve(t.Context(), src, "cô Lan"); err != nil || st.Held.Copy.Digest != "" {
			t.Errorf("approve: %v", err)
		}
	}
	f(rows("15/A05", "a", 5), rows("16/A05", "b", 5), "bỏ 5 trong 5 mục đang có hiệu lực của văn bản 15/A05")
	f(rows("15/A05", "a", 5)+rows("16/A05", "b", 50), rows("16/A05", "b", 80), "bỏ 5 trong 5")
	f(rows("15/A05", "a", 1)+rows("16/A05", "b", 50), rows("16/A05", "b", 50), "bỏ 1 trong 1")
	f(rows("15/A05", "a", 10), rows("15/A05", "a", 6)+rows("15/A05", "c", 10), "bỏ 4 trong 10")
	f(rows("15/A05", "a", 10), rows("15/A05", "a", 8)+rows("15/A05", "c", 2), "")
	f(rows("15/A05", "a", 5)+rows("16/A05", "b", 5), rows("15/A05", "a", 5)+rows("16/A05", "b", 5)+rows("17/A05", "c", 5), "")
	f("over.example,14/A05,01/01/2020\n"+rows("15/A05", "a", 5), rows("15/A05", "a", 5), "") // its time was over
	f(rows("", "a", 10), rows("", "c", 10), "bỏ 10 trong 10")
	f(rows("", "a", 2)+rows("16/A05", "b", 5), rows("", "c", 2)+rows("16/A05", "b", 5), "") // two without a document are few

	src.First = false // a list of no authority is compared as a whole
	f(rows("15/A05", "a", 5), rows("16/A05", "b", 5), "")
}

// What the office that signs says to have lifted is no loss, from whatever version the
// node comes; what it does not say is one, however much it says besides.
func TestWhatAnOfficeWithdrawsByWordIsNoLoss(t *testing.T) {
	o := newOffice(t)
	row := func(name, document string) string { return name + ".example,co-bac," + document + ",,,,,," }
	var first []string
	for i := range 10 {
		first = append(first, row(fmt.Sprintf("a%d", i), "15/A05"), row(fmt.Sprintf("b%d", i), "16/A05"))
	}
	step := func(p publish.Plan, err error) {
		t.Helper()
		if err == nil {
			_, err = o.feed.PublishPlan(&p)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	step(o.feed.Add(first, time.Now()))
	near, far, src := open(t, t.TempDir()), open(t, t.TempDir()), o.source()
	update(t, near, src)
	update(t, far, src)

	step(o.feed.Withdraw([]string{"15/A05"}, nil, time.Now()))
	if st := update(t, near, src); st.Copy.Entries != 10 || st.Copy.Withdrawn != 10 || len(st.Copy.Lost) != 0 {
		t.Errorf("a document that is withdrawn: %+v", st.Copy.Remarks)
	}
	step(o.feed.Replace([]string{row("b0", "16/A05"), row("c", "17/A05")}, time.Now()))
	if st := update(t, near, src); st.Copy.Entries != 2 || st.Copy.Withdrawn != 9 {
		t.Errorf("names that a table replaces: %+v", st.Copy.Remarks)
	}
	if st := update(t, far, src); st.Copy.Entries != 2 || st.Copy.Withdrawn != 19 {
		t.Errorf("two versions at once: %+v", st.Copy.Remarks)
	}
	update(t, near, src) // nor is it a loss of the day

	// A version that only looks as if it were said: of before, of another document.
	step(o.feed.Add(append(first, row("d", "18/A05")), time.Now()))
	update(t, near, src)
	o.publish([]string{row("c", "17/A05"), row("d", "18/A05")})
	wantRefused(t, near, src, feed.ErrShrunk, "bỏ 10 trong 10 mục đang có hiệu lực của văn bản 15/A05")
}
