// Command confusables makes the table of characters that look like letters, digits or '-' of
// ASCII out of confusables.txt of Unicode's UTS 39, which it reads from standard input:
//
//	go run ./policy/lookalike/confusables < confusables.txt > policy/lookalike/data/confusables.txt
//
// Left out is what no label of an international name can have: what IDNA maps to something else
// or forbids.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

func main() {
	if err := reduce(os.Stdout, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "confusables:", err)
		os.Exit(1)
	}
}

// reduce writes the rows of confusables.txt that count, sorted, as the character and what it
// looks like.
func reduce(out io.Writer, in io.Reader) error {
	var version string
	var rows []string
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		line := lines.Text()
		if text, ok := strings.CutPrefix(line, "# Version: "); ok {
			version = text
		}
		fields := strings.Split(line, ";")
		if len(fields) < 2 || strings.HasPrefix(line, "#") {
			continue
		}
		from, err := characters(fields[0])
		if err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
		to, err := characters(fields[1])
		if err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
		if shown := plain(to); shown != "" && allowed(from) {
			rows = append(rows, from+" "+shown)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	slices.Sort(rows)
	fmt.Fprintf(out, "# Characters that look like others, of Unicode Security Mechanisms (UTS 39), version %s.\n"+
		"# Made by policy/lookalike/confusables; not to be edited.\n%s\n", version, strings.Join(rows, "\n"))
	return nil
}

// characters are those of code points in hexadecimal.
func characters(field string) (string, error) {
	var b strings.Builder
	for code := range strings.FieldsSeq(strings.TrimPrefix(field, "\ufeff")) {
		point, err := strconv.ParseUint(code, 16, 32)
		if err != nil {
			return "", err
		}
		b.WriteRune(rune(point))
	}
	return b.String(), nil
}

// plain is a text in small letters and without marks, "" if that is not ASCII as labels have it.
func plain(text string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-':
			b.WriteRune(c)
		default:
			return ""
		}
	}
	return b.String()
}

// allowed reports whether a label of an international name may have a character as it is.
func allowed(text string) bool {
	if len([]rune(text)) != 1 || text[0] < 0x80 {
		return false
	}
	mapped, err := idna.Lookup.ToUnicode(text)
	return err == nil && mapped == text
}
