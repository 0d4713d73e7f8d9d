package late_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/fleet/late"
)

// TestWhatNodesDecidedIsKept: each decision once, by its node, and what is damaged left out.
func TestWhatNodesDecidedIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "late")
	if list, err := late.Read(dir); err != nil || len(list) != 0 {
		t.Fatal(list, err)
	}
	made := time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC)
	one := late.Decision{Seq: 1, Unit: "kim-dong", What: late.Block, Made: made, Came: made.Add(time.Hour)}
	two := one
	two.Made = made.Add(time.Minute) // by the node of that name that was invited again
	two.Unit = strings.Repeat("x", 400)
	for _, d := range []late.Decision{one, one, two} {
		if err := late.Add(dir, "nut-1", d); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "nut-1.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte("{\"seq\":\n{}\n"), text...), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := late.Read(dir)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if is := list[0]; is.Node != "nut-1" || is.Unit != "kim-dong" || !is.Made.Equal(made) || !is.Came.Equal(one.Came) || is.Over {
		t.Errorf("%+v", is)
	}
	if len(list[1].Unit) != 300 {
		t.Errorf("a unit of %d bytes", len(list[1].Unit))
	}
}

// TestOfMuchTheNewestIsKept, whole lines of it.
func TestOfMuchTheNewestIsKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "nut-1.jsonl")
	line := `{"seq":1,"unit":"a","what":"end","made":"2026-09-07T08:00:00Z","came":"2026-09-08T08:00:00Z"}` + "\n"
	if err := os.WriteFile(path, []byte(strings.Repeat(line, 4<<20/len(line))), 0o600); err != nil {
		t.Fatal(err)
	}
	made := time.Date(2026, 10, 7, 8, 0, 0, 0, time.UTC)
	if err := late.Add(dir, "nut-1", late.Decision{Seq: 9, Unit: "b", What: late.Allow, Made: made, Came: made, Over: true}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 4<<20 {
		t.Fatal(info.Size(), err)
	}
	list, err := late.Read(dir)
	if err != nil || len(list) != 2 || list[1].Seq != 9 || !list[1].Over {
		t.Errorf("%+v, %v", list, err)
	}
}
