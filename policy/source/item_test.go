package source_test

import (
	"testing"

	"lachan/policy/source"
)

// An item of the list of units ends where the next one begins, the list, or the file; blank
// lines and comments behind it are not its.
func TestAnItemEndsWithItsLastLine(t *testing.T) {
	const text = "units:\n- id: a\n  name: A\n\n# about b\n- id: b\n  name: B\n# the end\nprofiles: {}\n"
	f := func(text string, line int, want string, last int) {
		t.Helper()
		item, got, ok := source.ItemAt([]byte(text), line)
		if ok != (want != "") || string(item) != want || got != last {
			t.Errorf("line %d: %q to line %d (%v), want %q to line %d", line, item, got, ok, want, last)
		}
	}
	f(text, 2, "- id: a\n  name: A\n", 3)
	f(text, 6, "- id: b\n  name: B\n", 7)
	f(text, 3, "", 0)
	f("units:\n- id: a\n- id: b\n", 3, "- id: b\n", 3)
	f("units:\n- id: b\n  name: B\n\n# the end", 2, "- id: b\n  name: B\n", 3)
	f("units:\n- id: b", 2, "- id: b", 2)
	f("units:\n", 9, "", 0)
}

// TestTheListsOfAConsoleAreNothingOfThePolicy: their lines are empty to it, so that all
// others keep their numbers, wherever the file ends.
func TestTheListsOfAConsoleAreNothingOfThePolicy(t *testing.T) {
	for text, want := range map[string]string{
		"lists:\n- a\n- b\nunits:\n- c\n":   "\n\n\nunits:\n- c\n",
		"# made\nlists:\n- a\ndecisions:\n": "# made\n\n\ndecisions:\n",
		"lists:\n- a\n":                     "\n\n",
		"lists:\n- a\n-":                    "\n\n",
		"lists:\n":                          "\n",
		"units:\nlists:\n- a\n":             "units:\nlists:\n- a\n",
		"":                                  "",
	} {
		if got := source.WithoutLists([]byte(text)); string(got) != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
