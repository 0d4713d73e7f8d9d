package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/policy"
)

// However long policy.yaml is, a mistake is named with its line, whether it shows
// in one unit or only beside another.
func TestMistakesOfALongPolicyHaveTheirLines(t *testing.T) {
	const wrong = 1717
	f := func(what, mistake string) {
		t.Helper()
		var text strings.Builder
		text.WriteString("# a long one\nunits:\n")
		for i := range 2000 {
			switch i % 100 {
			case 17:
				text.WriteString("\n# - no unit\n")
			case 71:
				text.WriteString("# none either\n\n\n")
			}
			fmt.Fprintf(&text, "  - id: th-%04d\n    name: \"Trường Tiểu học số %d, phường – xã\"\n    kind: school\n    level: primary\n", i, i)
			if i == wrong {
				text.WriteString(mistake)
			} else {
				fmt.Fprintf(&text, "    networks:\n    - 10.%d.%d.0/24\n", i/250, i%250)
			}
		}
		path := filepath.Join(t.TempDir(), "policy.yaml")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		_, problems := policy.Load(path, nil, time.UTC, policy.Unknown{})
		if mistake == "" {
			if len(problems) > 0 {
				t.Errorf("%s: %v", what, problems)
			}
			return
		}
		before, _, _ := strings.Cut(text.String(), mistake)
		if want := 1 + strings.Count(before, "\n"); len(problems) != 1 || problems[0].Line != want {
			t.Errorf("%s: %v, want one mistake in line %d", what, problems, want)
		}
	}
	f("none", "")
	f("a network that another has", "    networks: [10.3.3.0/24]\n")
	f("a key that nobody knows", "    netwrks: [10.200.0.0/24]\n")
	f("a list that is not closed", "    networks: [10.200.0.0/24\n")
	f("a value that is no network", "    networks: [10.200.0/24]\n")
}
