package feed_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
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
