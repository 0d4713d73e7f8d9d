package report_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

// TestThePeriodBeforeIsThereAndCompared lets time pass through the real recorder and its
// thinning: the report of a period is what was ticked, also when as much time has passed
// again, and so is what the next report says of it.
//
// TEST_PROOF=1 takes two years of 1,000 schools instead of two months of 3.
func TestThePeriodBeforeIsThereAndCompared(t *testing.T) {
	schools, nodes := 3, 1
	first, middle, end := day("2026-07-31"), day("2026-08-20"), day("2026-10-02")
	earlier, later := "2026-08", "2026-09"
	of := map[string]string{earlier: "08/2026", later: "09/2026"} // how their months end
	if os.Getenv("TEST_PROOF") != "" {
		schools, nodes = 1000, 4
		first, middle, end = day("2024-12-31"), day("2025-07-15"), day("2027-01-04")
		earlier, later = "2025", "2026"
		of = map[string]string{earlier: "/2025", later: "/2026"}
	}
	f := newFleet(t, first, nodes, schools, 99)
	f.run(middle)
	f.restart(f.nodes[0])
	f.run(end)
	is := func(what string, got figures.Figure, period, decision string) {
		t.Helper()
		want := int64(0)
		for month := range f.truth {
			if strings.HasSuffix(month, of[period]) {
				want += f.happened(month, func(e event) bool { return decision == "" || e.decision == decision })
			}
		}
		if got != figures.Number(want) {
			t.Errorf("%s: %s, but %d happened", what, got, want)
		}
	}
	before, m := f.report("lao-cai", earlier), f.report("lao-cai", later)
	for period, total := range map[string]figures.Counts{earlier: before.Data.Total, later: m.Data.Total} {
		is("queries of "+period, total.Queries, period, "")
		is("blocked in "+period, total.Blocked, period, "blocked")
	}
	compared := false
	for _, c := range m.Data.Compared {
		if c.With != earlier {
			continue
		}
		compared = true
		is(earlier+" beside "+later, c.Counts.Queries, earlier, "")
		is("blocked in "+earlier+" beside "+later, c.Counts.Blocked, earlier, "blocked")
		is("excepted in "+earlier+" beside "+later, c.Counts.Excepted, earlier, "excepted")
	}
	if !compared {
		t.Errorf("the report of %s is not compared with %s", later, earlier)
	}
	size := int64(0)
	for _, n := range f.nodes {
		size += sizeOf(t, n.dir)
	}
	t.Logf("%d schools from %s to %s, two ticks a day: %.1f MB", schools, first.Format(time.DateOnly), end.Format(time.DateOnly), float64(size)/1e6)
}

// sizeOf is what the files below a folder take, in bytes.
func sizeOf(t testing.TB, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return fmt.Errorf("look at %s: %w", d.Name(), err)
		}
		size += info.Size()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}
