package blocklist_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/format"
)

// shown is an entry as text: what it is of, and its tags for itself, below and without it.
func shown(e *blocklist.Entry) string {
	text := e.Prefix.String()
	if e.Name != nil {
		text = e.Name.String()
	}
	tags := func(s blocklist.Set) string { return fmt.Sprint(slices.Collect(s.Each)) }
	return strings.Join([]string{text, tags(e.Whole), tags(e.Below), tags(e.Above)}, " ")
}

// TestEveryEntryIsThereOnce: of what was compiled and what has changed since, in one order,
// with what holds for it, below it, and would hold without it.
func TestEveryEntryIsThereOnce(t *testing.T) {
	longest := strings.Repeat(strings.Repeat("x", 61)+".", 4) + "yyy" // 2 bytes are left, as a label below it needs
	tooLong := strings.Repeat(strings.Repeat("x", 61)+".", 4) + "yyyy"
	prefix := func(text string, client bool) format.Rule {
		return format.Rule{Prefix: netip.MustParsePrefix(text), Client: client}
	}
	fresh := []format.Rule{
		{Name: "tree.example"}, {Name: "exact.tree.example", Scope: format.Exact}, {Name: "only.below.example", Scope: format.Below},
		{Name: "ok.tree.example", Allow: true}, {Name: longest}, {Name: tooLong}, {Regex: "^ads"},
		prefix("192.0.2.0/24", false), prefix("192.0.2.128/25", false), prefix("2001:db8::/32", false), prefix("10.0.0.0/8", true),
	}
	other := source("b", format.Rule{Name: "tree.example", Scope: format.Exact}, format.Rule{Name: "other.test"}, prefix("192.0.2.0/24", false))
	old := append(slices.Clone(fresh[:3]), format.Rule{Name: "gone.test"}, prefix("198.51.100.0/24", false))
	want := []string{
		"tree.example [0 1] [0] []", "exact.tree.example [0] [0] [0]", "only.below.example [] [0] []", "ok.tree.example [] [] [0]",
		longest + " [0] [0] []", tooLong + " [0] [] []", "other.test [1] [1] []",
		"192.0.2.0/24 [0 1] [] []", "192.0.2.128/25 [0 1] [] [0 1]", "2001:db8::/32 [0] [] []",
	}
	slices.Sort(want)
	for what, l := range map[string]*blocklist.List{
		"compiled":                 compile(t, blocklist.Options{}, source("a", fresh...), other),
		"changed":                  overlaid(t, []blocklist.Source{source("a", old...), other}, []blocklist.Source{source("a", fresh...)}),
		"all changed":              overlaid(t, []blocklist.Source{source("a"), other}, []blocklist.Source{source("a", fresh...)}),
		"nothing changed":          overlaid(t, []blocklist.Source{source("a", fresh...), other}, []blocklist.Source{source("a", fresh...)}),
		"one after all the others": overlaid(t, []blocklist.Source{source("a"), source("b")}, []blocklist.Source{source("a", fresh...), other}),
	} {
		var got []string
		last := new(blocklist.Entry)
		l.Each(1, func(e *blocklist.Entry) bool {
			if len(got) > 0 && e.Compare(last) <= 0 {
				t.Errorf("%s: %s comes after %s", what, shown(e), shown(last))
			}
			*last = *e
			got = append(got, shown(e))
			return true
		})
		empty := func(text string) bool { return strings.HasSuffix(text, " [] [] []") } // what is gone may still be there
		all := slices.Clone(got)
		got = slices.DeleteFunc(got, empty)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for most := 1; most <= len(all); most++ {
			n := 0
			l.Each(1, func(e *blocklist.Entry) bool {
				if shown(e) != all[n] {
					t.Errorf("%s: %s is another time %s", what, all[n], shown(e))
				}
				n++
				return n < most
			})
			if n != most {
				t.Errorf("%s: whoever wants %d gets %d", what, most, n)
			}
		}
	}
	var none *blocklist.List
	none.Each(1, func(e *blocklist.Entry) bool { t.Errorf("no list has %s", shown(e)); return true })
}
