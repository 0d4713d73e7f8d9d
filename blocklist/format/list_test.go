package format_test

import (
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"lachan/blocklist/format"
)

func TestEndsOfLinesAndByteOrderMarks(t *testing.T) {
	f := claims(t, format.Domains, withSubdomains)
	f("a.example\r\nb.example\r\n", "tree a.example", "tree b.example")
	f("a.example\rb.example\r", "tree a.example", "tree b.example")
	f("\ra.example\rb.example", "tree a.example", "tree b.example")
	f("a.example\n\n\nb.example", "tree a.example", "tree b.example")
	f("\xEF\xBB\xBFa.example\n", "tree a.example")
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		var text []byte
		for _, unit := range utf16.Encode([]rune("\uFEFFa.example\r\nnhà-cái.example\r\n")) {
			text = order.AppendUint16(text, unit)
		}
		f(string(text), "tree a.example", "tree xn--nh-ci-sqaj.example")
	}
	f("")
}

func TestALineThatIsTooLongIsRejectedAndNoMore(t *testing.T) {
	f := claims(t, format.Domains, withSubdomains)
	long := strings.Repeat("x", 3*format.MaxLine)
	f("a.example\n"+long+"\nb.example", "tree a.example", "- 2 long_line", "tree b.example")
	f("a.example\n"+long, "tree a.example", "- 2 long_line")
	blanks := strings.Repeat(" ", 64<<10-len("a.example\n"))
	f(blanks+"a.example\nb.example", "tree a.example", "tree b.example") // just fits
	f(blanks+" a.example\nb.example", "- 1 long_line", "tree b.example")
}

func TestTheSummaryCountsEveryLine(t *testing.T) {
	text := "# c\n\n0.0.0.0 a.example b.example\n0.0.0.0 localhost router c.example\nprose here\n"
	sum, err := format.Parse(strings.NewReader(text), format.Hosts, format.Options{}, func(format.Rule) error { return nil }, nil)
	if err != nil || sum.Format != format.Hosts || sum.Lines != 5 || sum.Comments != 2 || sum.Rules != 3 || sum.Rejected != 3 ||
		sum.ByReason[format.LocalName] != 2 || sum.ByReason[format.NotAnEntry] != 1 {
		t.Errorf("summary %+v, %v", sum, err)
	}
}

// TestFiguresOfListsAddUp: of those that make one feed.
func TestFiguresOfListsAddUp(t *testing.T) {
	one := format.Summary{
		Format: format.CSV, Lines: 1, Comments: 2, Rules: 3, Rejected: 4, Widened: 5,
		ByReason: map[format.Reason]int{format.BadName: 6, format.NoName: 7},
	}
	sum := format.Summary{
		Format: format.Hosts, Lines: 10, Comments: 20, Rules: 30, Rejected: 40, Widened: 50,
		ByReason: map[format.Reason]int{format.BadName: 60},
	}
	sum.Add(&one)
	want := format.Summary{
		Format: format.Hosts, Lines: 11, Comments: 22, Rules: 33, Rejected: 44, Widened: 55,
		ByReason: map[format.Reason]int{format.BadName: 66, format.NoName: 7},
	}
	if !reflect.DeepEqual(sum, want) {
		t.Errorf("%+v, want %+v", sum, want)
	}
}

func TestARejectCarriesItsLineFitForATerminal(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		var got format.Reject
		_, err := format.Parse(strings.NewReader("\n"+line), format.Domains, format.Options{},
			func(format.Rule) error { return nil }, func(r format.Reject) { got = r })
		if err != nil || got.Line != 2 || got.Text != want {
			t.Errorf("%q: %+v, %v; want text %q", line, got, err, want)
		}
	}
	f("$bad", "$bad")
	f("$\x1b[31mred\x07", "$ [31mred")
	f("$\xff\xfebad", "$bad")
	f(strings.Repeat("$", 300), strings.Repeat("$", 120))
	f(strings.Repeat("$", 119)+"ữ", strings.Repeat("$", 119)) // not half a letter
	var texts []string                                        // each line of a record that is not closed
	_, err := format.Parse(strings.NewReader("a.example TXT (\nb.example CNAME .\n"), format.RPZ, format.Options{},
		func(format.Rule) error { return nil }, func(r format.Reject) { texts = append(texts, r.Text) })
	if want := []string{"a.example TXT (", "b.example CNAME ."}; err != nil || !slices.Equal(texts, want) {
		t.Errorf("%q, %v, want %q", texts, err, want)
	}
}

func TestAWebPageIsRefusedWhole(t *testing.T) {
	f := func(text string, want error) {
		t.Helper()
		for _, as := range []format.Format{format.Auto, format.Hosts, format.Domains, format.CSV} {
			_, err := format.Parse(strings.NewReader(text), as, format.Options{}, func(format.Rule) error { return nil }, nil)
			if !errors.Is(err, want) {
				t.Errorf("Parse(%q) as %s: %v, want %v", text, as, err, want)
			}
		}
	}
	f("<!DOCTYPE html>\n<html><a href=x>a.example</a>", format.ErrHTML)
	f("\xEF\xBB\xBF \r\n <HTML lang=vi>", format.ErrHTML)
	f("<?xml version=1.0?>\n<!-- x -->\n<html>", format.ErrHTML)
	f("a.example\nb.example\n<html>\n", nil)
}

func TestErrorsNameTheLine(t *testing.T) {
	full := errors.New("disk full")
	rules := 0
	sum, err := format.Parse(strings.NewReader("# c\na.example\nb.example\nc.example\n"), format.Domains, format.Options{},
		func(format.Rule) error {
			if rules++; rules == 2 {
				return full
			}
			return nil
		}, nil)
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "line 3") || sum.Rules != 1 || sum.Lines != 3 {
		t.Errorf("emit failed: %v, %+v", err, sum)
	}
	rules = 0
	_, err = format.Parse(strings.NewReader("0.0.0.0 a.example b.example c.example\n"), format.Hosts, format.Options{},
		func(format.Rule) error { rules++; return full }, nil)
	if !errors.Is(err, full) || rules != 1 {
		t.Errorf("emit failed at the first of three names, and was called %d times: %v", rules, err)
	}
	broken := io.MultiReader(strings.NewReader("a.example\n"), iotest.ErrReader(full))
	_, err = format.Parse(broken, format.Domains, format.Options{}, func(format.Rule) error { return nil }, nil)
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("read failed: %v", err)
	}
	_, err = format.Parse(strings.NewReader("a.example"), "sonnet", format.Options{}, nil, nil)
	if !errors.Is(err, format.ErrUnknown) {
		t.Errorf("no such format: %v", err)
	}
}

func TestFormatsByName(t *testing.T) {
	f := func(text string, want format.Format, says ...string) {
		t.Helper()
		var got format.Format
		err := got.UnmarshalText([]byte(text))
		if got != want || (err != nil) != (len(says) > 0) {
			t.Errorf("UnmarshalText(%q) = %q, %v; want %q", text, got, err, want)
		}
		for _, s := range says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("UnmarshalText(%q): %v; want %q in it", text, err, s)
			}
		}
	}
	f("", format.Auto)
	f("auto", format.Auto)
	f(" RPZ ", format.RPZ)
	f("ips", format.Addresses)
	f("domain", "", `"domains"`, "có phải là", "did you mean")
	f("adbloc", "", `"adblock"`)
	f("dnsmask", "", `"dnsmasq"`)
	f("host", "", `"hosts"`)
}

func TestEveryReasonHasACodeAndWordsOfItsOwn(t *testing.T) {
	var codes, words []string
	for r := format.NotAnEntry; r.String() != ""; r++ {
		code := r.String()
		if strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" || format.ReasonOf(code) != r {
			t.Errorf("code %q is of reason %d, want %d", code, format.ReasonOf(code), r)
		}
		codes = append(codes, code)
		words = append(words, r.Text().VI, r.Text().EN)
	}
	slices.Sort(codes)
	slices.Sort(words)
	if len(codes) < 20 || len(slices.Compact(codes))*2 != len(slices.Compact(words)) || words[0] == "" {
		t.Errorf("codes %q, words %q", codes, words)
	}
}

func TestALineCostsFewAllocations(t *testing.T) {
	const lines = 1000
	f := func(as format.Format, line string, most float64) {
		t.Helper()
		text := strings.Repeat(line+"\n", lines)
		in := strings.NewReader(text)
		got := testing.AllocsPerRun(5, func() {
			in.Reset(text)
			if _, err := format.Parse(in, as, withSubdomains, func(format.Rule) error { return nil }, nil); err != nil {
				t.Fatal(err)
			}
		}) / lines
		if got > most+0.1 {
			t.Errorf("%s %q: %.2f allocations a line, want at most %v", as, line, got, most)
		}
	}
	f(format.Hosts, "0.0.0.0 www.a.vn.example", 2) // the name, and the error of a look for an address in it
	f(format.Domains, "www.a.vn.example", 2)
	f(format.Adblock, "||www.a.vn.example^", 2)
	f(format.Hosts, "# comment", 0)
}
