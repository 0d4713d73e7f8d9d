package policy_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/policy"
)

// A Policy is read again when something has changed, and only then.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	path, table := filepath.Join(dir, "policy.yaml"), filepath.Join(dir, "units.csv")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const yaml, csv = "units_csv: [units.csv]\n", "id,parent,name,level,networks,profile\na,,A,primary,192.0.2.0/24,thcs\n"
	write(path, yaml)
	write(table, csv)
	feeds := []policy.Feed{{Name: "bets", Category: "gambling"}}
	first, problems := policy.Load(path, feeds, time.UTC, policy.Unknown{})
	if first == nil {
		t.Fatal(problems)
	}
	f := func(what string, same bool, feeds []policy.Feed, loc *time.Location) {
		t.Helper()
		p, problems := policy.Reload(first, path, feeds, loc, policy.Unknown{})
		if p == nil {
			t.Fatal(what, problems)
		}
		if (p == first) != same {
			t.Errorf("%s: the same policy: %v, want %v", what, p == first, same)
		}
	}
	f("nothing", true, feeds, time.UTC)
	f("a feed", false, []policy.Feed{{Name: "bets", Category: "gambling", LockedBy: "a"}}, time.UTC)
	f("the time zone", false, feeds, time.FixedZone("UTC+7", 7*60*60))
	write(table, csv+"b,,B,primary,198.51.100.0/24,thcs\n")
	f("a table", false, feeds, time.UTC)
	write(table, csv)
	f("a table that is as it was", true, feeds, time.UTC)
	write(path, yaml+"canaries: false\n")
	f("the file", false, feeds, time.UTC)
	write(path, "units: [\n")
	if p, problems := policy.Reload(first, path, feeds, time.UTC, policy.Unknown{}); p != nil || len(problems) == 0 {
		t.Error("a mistake in a file was not told")
	}
}
