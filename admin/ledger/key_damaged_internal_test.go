package ledger

import (
	"os"
	"path/filepath"
	"testing"
)

// TestADamagedLineOfTheOwnKeyIsWrittenAgain: wherever a bit of key.pub flips, the ledger
// opens, and what it has signed is read.
func TestADamagedLineOfTheOwnKeyIsWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	before, _, _, err := openKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, publicFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(whole) {
		broken := append([]byte(nil), whole...)
		broken[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		key, keys, lost, err := openKey(dir)
		if err != nil || lost || !key.Equal(before) || !keys[len(keys)-1].Equal(before.Public()) && !keys[0].Equal(before.Public()) {
			t.Fatalf("bit %d: %d keys, lost %v, %v", bit, len(keys), lost, err)
		}
		if again, err := publicKeys(dir); err != nil || len(again) < 1 {
			t.Fatalf("bit %d: %d keys are read, %v", bit, len(again), err)
		}
	}
	if err := os.WriteFile(path, append(whole, "not a key of others\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := openKey(dir); err == nil {
		t.Error("a damaged key of others is passed over")
	}
}
