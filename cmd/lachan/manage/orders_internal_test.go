package manage

import (
	"testing"
	"time"

	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
)

// TestADocumentCountsItsOwnEntries: of a feed that stands for a document as a whole, a
// version counts for it by the entries that are its own, and not at all if it has none.
func TestADocumentCountsItsOwnEntries(t *testing.T) {
	cfg := &config.Config{}
	cfg.Timezone.Location = time.UTC
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name      string
		entries   int
		documents []feed.Document
		want      map[string]int // entries, by document
	}{
		{"a list without numbers", 5, nil, map[string]int{"15/A05": 5}},
		{"its own entries and others", 5, []feed.Document{{Number: "15/A05", Entries: 2}, {Number: "17/A05", Entries: 3}}, map[string]int{"15/A05": 2, "17/A05": 3}},
		{"entries without a number and others", 5, []feed.Document{{Number: "17/A05", Entries: 3}}, map[string]int{"15/A05": 2, "17/A05": 3}},
		{"others alone", 3, []feed.Document{{Number: "17/A05", Entries: 3}}, map[string]int{"": 3, "17/A05": 3}},
	} {
		f := &config.Feed{Name: "a05"}
		f.Authority.Name, f.Authority.Document = "Cục A05", "15/A05"
		published := now.Add(-time.Hour)
		copied := &feed.Copy{
			Digest: "d", Entries: c.entries, Documents: c.documents, Fetched: now,
			Release: feed.Release{Version: 3, Created: published},
		}
		got := map[string]int{}
		for _, r := range feedOrders(f, copied, cfg, now) {
			got[r.Document] = r.Entries
			if r.Version != 3 || !r.Published.Equal(published) {
				t.Errorf("%s: the record has version %d, published %s", c.name, r.Version, r.Published)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: orders %v, want %v", c.name, got, c.want)
		}
		for document, n := range c.want {
			if got[document] != n {
				t.Errorf("%s: order %q has %d entries, want %d", c.name, document, got[document], n)
			}
		}
	}
}
