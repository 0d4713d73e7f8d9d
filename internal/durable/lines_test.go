package durable_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lachan/internal/durable"
)

// What a power cut tore, what is too long and what is not understood costs no other line.
func TestALogIsReadPastWhatIsDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	read := func(wantDamaged int, want ...string) {
		t.Helper()
		var got []string
		damaged, err := durable.ReadLines(path, 64, func(line []byte) bool {
			if strings.HasPrefix(string(line), "?") {
				return false
			}
			got = append(got, string(line))
			return true
		})
		if err != nil || damaged != wantDamaged || !slices.Equal(got, want) {
			t.Errorf("%d damaged, %q, %v; want %d, %q", damaged, got, err, wantDamaged, want)
		}
	}
	read(0)
	if err := durable.AppendLines(path, []byte("one\ntwo\n")); err != nil {
		t.Fatal(err)
	}
	read(0, "one", "two")
	text := "\n one \n" + strings.Repeat("x", 200) + "\n?\n\ntwo\n?torn"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	read(3, "one", "two")
	if err := durable.AppendLines(path, []byte("three\n")); err != nil {
		t.Fatal(err)
	}
	read(3, "one", "two", "three")
	if _, err := durable.ReadLines(t.TempDir(), 64, nil); err == nil {
		t.Error("a folder is read")
	}
}
