package feed_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
)

const header = "ten_mien,so_van_ban,ngay_van_ban,co_quan,hieu_luc_tu,hieu_luc_den,muc_khan\n"

// documentsOf are those that a table names.
func documentsOf(t *testing.T, rows string) []feed.Document {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bang.csv")
	write(t, path, header+rows)
	src := fileSource(path)
	src.Format = format.CSV
	src.MaxBytes = 64 << 20
	return update(t, open(t, t.TempDir()), src).Copy.Documents
}

func TestOrdersThatEntriesName(t *testing.T) {
	docs := documentsOf(t, `a.example,12/A05,19/11/2026,A05,21/11/2026,30/11/2026,Hỏa tốc
b.example,12/A05,19/11/2026,A05,20/11/2026,31/12/2026,
c.example,7/SGD,01/10/2026,Sở GD&ĐT,,,thường
d.example,,,,,,
`)
	if len(docs) != 2 {
		t.Fatalf("%+v", docs)
	}
	zone := time.FixedZone("UTC+7", 7*60*60)
	a, b := docs[0], docs[1]
	if a.Number != "12/A05" || a.Authority != "A05" || !a.Urgent || a.Entries != 2 ||
		!a.Issued.Equal(time.Date(2026, 11, 19, 0, 0, 0, 0, zone)) ||
		!a.From.Equal(time.Date(2026, 11, 20, 0, 0, 0, 0, zone)) || !a.Until.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, zone)) {
		t.Errorf("%+v", a)
	}
	if b.Number != "7/SGD" || b.Urgent || b.Entries != 1 || !b.From.IsZero() || !b.Until.IsZero() {
		t.Errorf("%+v", b)
	}
}

func TestTheDigestOfAnOrderIsThatOfItsEntries(t *testing.T) {
	first := documentsOf(t, "a.example,1,,,,,\nb.example,1,,,,,\nc.example,2,,,,,\n")
	moved := documentsOf(t, "c.example,2,,,,,\nb.example,1,,,,,\na.example,1,,,,,\n")
	more := documentsOf(t, "a.example,1,,,,,\nb.example,1,,,,,\nd.example,1,,,,,\nc.example,2,,,,,\n")
	if first[0].Digest != moved[1].Digest || first[1].Digest != moved[0].Digest {
		t.Error("the order of the rows changes a digest")
	}
	if first[0].Digest == more[0].Digest || first[1].Digest != more[1].Digest {
		t.Error("another entry changes the wrong digest")
	}
}

func TestOfManyOrdersTheNewestAreTold(t *testing.T) {
	var rows strings.Builder
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 1500 {
		fmt.Fprintf(&rows, "site%d.example,%d/%s,%s,A05,,,\n", i, i, strings.Repeat("x", 500), day.AddDate(0, 0, i).Format("02/01/2006"))
	}
	docs := documentsOf(t, rows.String())
	if len(docs) != 1000 || !strings.HasPrefix(docs[0].Number, "500/") || len(docs[0].Number) != 120 {
		t.Errorf("%d, the first %.20s with %d octets", len(docs), docs[0].Number, len(docs[0].Number))
	}
}
