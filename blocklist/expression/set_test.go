package expression_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"lachan/blocklist/expression"
)

func set(t *testing.T, exprs ...string) *expression.Set {
	t.Helper()
	s, err := expression.Compile(exprs)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A set matches what its expressions match one by one.
func TestASetMatchesAsItsExpressionsDo(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	parts := []string{
		"a", "ab", "bc", "abc", ".", `\.`, "(?:ab|bc|cd)", "(a|b)*", "c+", "d?", "[a-c]", "(?:abc){2}", "^", "$", "(?i:AbD)", "(?i:sky)", "(?i:ks)", "\u017f",
		".*", "x(?:yz|y)", "\x00", "é",
	}
	letters := []rune("abcdxyzsk.é\x00\u017f\u212a")
	for range 1000 {
		exprs := make([]string, 1+random.IntN(6))
		var compiled []*regexp.Regexp
		for i := range exprs {
			for range 1 + random.IntN(4) {
				exprs[i] += parts[random.IntN(len(parts))]
			}
			compiled = append(compiled, regexp.MustCompile(exprs[i]))
		}
		s, seen := set(t, exprs...), make([]bool, len(exprs))
		for range 20 {
			text := make([]rune, random.IntN(12))
			for i := range text {
				text[i] = letters[random.IntN(len(letters))]
			}
			candidates := s.Candidates(nil, seen, []byte(string(text)))
			if slices.Contains(seen, true) {
				t.Fatalf("%q leaves marks", exprs)
			}
			for i, one := range compiled {
				want := one.MatchString(string(text))
				got := slices.Contains(candidates, int32(i)) && s.Match(int32(i), []byte(string(text)))
				if got != want {
					t.Fatalf("%q on %q: %v, want %v", exprs[i], string(text), got, want)
				}
			}
		}
	}
}

// Thousands of expressions cost a question one pass: only those are tried whose
// text the name has.
func TestOnePassFindsTheExpressionsToTry(t *testing.T) {
	const most = 2000
	var exprs []string
	for i := range most {
		exprs = append(exprs, fmt.Sprintf(`^(?:.*\.)?bet%04d-[a-z0-9]+\.example$`, i))
	}
	s, seen := set(t, exprs...), make([]bool, most)
	f := func(name string, want int) {
		t.Helper()
		got := len(s.Candidates(nil, seen, []byte(name)))
		if got != want {
			t.Errorf("%s: %d of %d expressions are tried, want %d", name, got, most, want)
		}
	}
	f("www.wikipedia.test", 0)
	f("bet0007-abc.example", 1)
	room := make([]int32, 0, most)
	if n := testing.AllocsPerRun(100, func() { s.Candidates(room, seen, []byte("www.bet0007-abc.example")) }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
	t.Logf("of %d expressions at most one is tried on a name", most)
}

func TestWhichExpressionsAreRare(t *testing.T) {
	f := func(expr string, want bool) {
		t.Helper()
		if expression.Rare(expr) != want {
			t.Errorf("%q: %v, want %v", expr, !want, want)
		}
	}
	f(`^bet[0-9]+\.example$`, true)
	f(`(?i)^CASINO[0-9]+\.`, true)
	f(`(^|\.)(?:casino|poker)[0-9]`, true)
	f(`^[a-z]{8}\.com$`, false)
	f(`^www\.[0-9]+`, false)
	f(`^google[0-9]`, false)
	f(`^ab`, false)
	f(`(casino|[0-9]+)`, false)
	f(`.*`, false)
	f(`(`, false)
}
