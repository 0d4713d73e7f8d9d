package feed

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A meddler does something to the file while it is copied.
type meddler struct{ do func() }

func (m meddler) Write(p []byte) (int, error) {
	m.do()
	return len(p), nil
}

func TestAFileThatIsBeingSavedIsNotTaken(t *testing.T) {
	f := func(change func(path string) error) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "list.txt")
		if err := os.WriteFile(path, []byte("a.example\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		w := meddler{do: func() {
			if err := change(path); err != nil {
				t.Fatal(err)
			}
		}}
		if err := copyLocal(path, 1<<20, w); !errors.Is(err, ErrUnstable) {
			t.Errorf("error %v, want ErrUnstable", err)
		}
	}
	f(func(path string) error { return os.WriteFile(path, []byte("a.example\nb.example\n"), 0o600) })
	f(func(path string) error { return os.Truncate(path, 3) })
	f(os.Remove)
	f(func(path string) error {
		return errors.Join(os.WriteFile(path+".new", []byte("b.example\n"), 0o600), os.Rename(path+".new", path))
	})
}
