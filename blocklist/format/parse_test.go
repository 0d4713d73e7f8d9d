package format_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// wellFormed checks what the comment of Rule promises.
func wellFormed(r format.Rule, may format.May) error {
	kinds := 0
	for _, set := range []bool{r.Name != "", r.Prefix.IsValid(), r.Regex != ""} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return fmt.Errorf("rule %+v: exactly one of name, prefix and regex must be set", r)
	}
	for _, name := range append(r.DenyAllow, r.Name) {
		if canonical, err := domain.Canonical(name); name != "" && name != format.Every && (err != nil || canonical != name) {
			return fmt.Errorf("rule %+v: name %q is not canonical: %q, %v", r, name, canonical, err)
		}
	}
	fromZone := r.Act != format.ActBlock
	if r.Name != "" && (r.Scope != format.Exact || r.Allow) && domain.IsPublicSuffix(r.Name) && !fromZone && !may.Suffixes {
		return fmt.Errorf("rule %+v: a public suffix", r)
	}
	if r.Prefix.IsValid() && r.Prefix != r.Prefix.Masked() {
		return fmt.Errorf("rule %+v: host bits in the prefix", r)
	}
	if _, err := regexp.Compile(r.Regex); err != nil || len(r.Regex) > format.MaxRegex+len("(?i)") {
		return fmt.Errorf("rule %+v: regex: %v", r, err)
	}
	if r.NotTypes && len(r.Types) == 0 || !slices.IsSorted(r.Types) || !slices.IsSorted(r.DenyAllow) {
		return fmt.Errorf("rule %+v: types or exceptions out of order", r)
	}
	if !r.Until.IsZero() && !r.From.Before(r.Until) {
		return fmt.Errorf("rule %+v: never holds", r)
	}
	return nil
}

// wellFormedReject checks what the comment of Reject promises.
func wellFormedReject(r format.Reject, lines int) error {
	printable := func(s string) bool {
		return len(s) <= format.MaxRejectText && utf8.ValidString(s) &&
			strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }) < 0
	}
	if r.Line < 1 || r.Line > lines || !printable(r.Text) || !printable(r.Detail) || r.Reason.String() == "" {
		return fmt.Errorf("reject %+v of %d lines", r, lines)
	}
	return nil
}

// read parses text and writes every rule and reject in one line each:
//
//	tree x, name x, below x, prefix p, regex re   with what else is set behind it
//	- 3 reason: detail
func read(t *testing.T, f format.Format, o format.Options, text string) []string {
	t.Helper()
	var got []string
	sum, err := format.Parse(strings.NewReader(text), f, o,
		func(r format.Rule) error {
			got = append(got, show(r))
			return wellFormed(r, o.May)
		},
		func(r format.Reject) {
			s := fmt.Sprintf("- %d %s", r.Line, r.Reason)
			if r.Detail != "" {
				s += ": " + r.Detail
			}
			got = append(got, s)
		})
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	if err := consistent(sum); err != nil {
		t.Errorf("Parse(%q): %v", text, err)
	}
	return got
}

func show(r format.Rule) string {
	s := []string{"tree", "name", "below"}[r.Scope] + " " + r.Name
	if r.Prefix.IsValid() {
		s = "prefix " + r.Prefix.String()
	}
	if r.Regex != "" {
		s = "regex " + r.Regex
	}
	if r.Client {
		s = "client " + s
	}
	if r.Rewrite {
		s += " rewrite"
	}
	if r.Nearer {
		s += " nearer"
	}
	if r.Act != format.ActBlock {
		s += strings.TrimRight(" "+r.Act.String()+" "+r.Data, " ")
	}
	if r.Allow {
		s += " allow"
	}
	if r.Important {
		s += " important"
	}
	if r.Bad {
		s += " bad"
	}
	if len(r.Types) > 0 {
		s += fmt.Sprintf(" types %v", r.Types)
	}
	if r.NotTypes {
		s += " not"
	}
	if len(r.DenyAllow) > 0 {
		s += " but " + strings.Join(r.DenyAllow, " ")
	}
	if r.Category != "" {
		s += " category " + r.Category
	}
	if r.Document != "" {
		s += " document " + r.Document
	}
	if !r.From.IsZero() {
		s += " from " + r.From.Format(time.RFC3339)
	}
	if !r.Until.IsZero() {
		s += " until " + r.Until.Format(time.RFC3339)
	}
	return s
}

// consistent checks that a Summary accounts for every line.
func consistent(sum format.Summary) error {
	byReason := 0
	for _, n := range sum.ByReason {
		byReason += n
	}
	if byReason != sum.Rejected || sum.Comments > sum.Lines || sum.Lines > sum.Comments+sum.Rules+sum.Rejected {
		return fmt.Errorf("summary does not add up: %+v", sum)
	}
	return nil
}

// claims gives the f-test of one format: text gives want.
func claims(t *testing.T, f format.Format, o format.Options) func(text string, want ...string) {
	return func(text string, want ...string) {
		t.Helper()
		if got := read(t, f, o, text); !slices.Equal(got, want) {
			t.Errorf("%s: %q\ngot  %q\nwant %q", f, text, got, want)
		}
	}
}

// plainlyFormed is wellFormed of a list of strangers.
func plainlyFormed(r format.Rule) error { return wellFormed(r, format.May{}) }
