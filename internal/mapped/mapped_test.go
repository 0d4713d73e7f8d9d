package mapped_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"lachan/internal/mapped"
)

func TestAFileStaysReadableWhenItsNameIsGone(t *testing.T) {
	f := func(text string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := mapped.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		m.Release()
		if got := string(m.Bytes()); got != text {
			t.Errorf("%q, want %q", got, text)
		}
		runtime.KeepAlive(m)
	}
	f("text")
	f("")
	if _, err := mapped.Open(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}
