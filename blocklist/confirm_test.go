package blocklist_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/domain"
)

// TestAHitOfTheFilterThatIsFalseBlocksNothing asks for names that are in no list
// until the Bloom filter has taken some of them for listed ones.
func TestAHitOfTheFilterThatIsFalseBlocksNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.snap")
	if _, err := blocklist.Compile(context.Background(), path, []blocklist.Source{generated("a", 20_000)}, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	snapshot, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	l := snapshot.Bind(tags, nil)
	var n domain.Name
	for i := 0; i < 2_000_000 && snapshot.FalsePositives() < 3; i++ {
		if err := n.SetText(fmt.Sprintf("m%d.elsewhere.test", i)); err != nil {
			t.Fatal(err)
		}
		if got := l.Classify(&n, typeA, 0); !got.Empty() {
			t.Fatalf("%s is in no list and has the tags %v", n.String(), got)
		}
	}
	if snapshot.FalsePositives() < 3 {
		t.Error("the filter was never wrong: nothing was shown")
	}
}

// TestTheFilterIsSeldomWrong: each name costs four bits of sixteen, so that one of some
// hundred and fifty others is looked up in vain. Each is counted once.
func TestTheFilterIsSeldomWrong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.snap")
	if _, err := blocklist.Compile(context.Background(), path, []blocklist.Source{generated("a", 50_000)}, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	snapshot, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	l := snapshot.Bind(tags, nil)
	const asked = 200_000
	var n domain.Name
	once := false
	for i := range asked {
		if err := n.SetText(fmt.Sprintf("m%d", i)); err != nil { // one suffix
			t.Fatal(err)
		}
		before := snapshot.FalsePositives()
		l.Classify(&n, typeA, 0)
		once = once || snapshot.FalsePositives() == before+1
	}
	rate := float64(snapshot.FalsePositives()) / asked
	t.Logf("one of %.0f names that are in no list", 1/rate)
	if !once || rate > 0.0085 {
		t.Errorf("of %d names that are in no list %d are looked up", asked, snapshot.FalsePositives())
	}
}
