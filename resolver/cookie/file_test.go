package cookie_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/resolver/cookie"
)

// Secrets that cannot be read are told of with their file: without any, every cookie
// would be refused.
func TestAFileOfSecrets(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cookies.key")
	if _, err := cookie.ReadFile(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	for text, secrets := range map[string]int{
		"": 0, "nonsense": 0, strings.Repeat("01", 15) + "\n": 0,
		strings.Repeat("01", 16) + "\n":                                   1,
		strings.Repeat("01", 16) + "\n" + strings.Repeat("02", 16) + "\n": 2,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := cookie.ReadFile(name)
		if len(got) != secrets || (err == nil) != (secrets > 0) || err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("%q: %d secrets, %v", text, len(got), err)
		}
	}
}
