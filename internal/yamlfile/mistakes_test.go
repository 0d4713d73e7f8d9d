package yamlfile_test

import (
	"strings"
	"testing"

	"lachan/internal/yamlfile"
)

// TestMistakes has the mistakes that people make in such files, each with all
// that is said about it in English; the Vietnamese stands before it.
func TestMistakes(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		var s settings
		problems := yamlfile.Decode("x.yaml", []byte(text), &s)
		if len(problems) != len(want) {
			t.Errorf("%s\ngot  %d problems: %v\nwant %d", text, len(problems), problems, len(want))
			return
		}
		for i, p := range problems {
			before, english, both := strings.Cut(p.Error(), " | ")
			file, line, _ := strings.Cut(before, ":")
			line, vietnamese, _ := strings.Cut(line, ": ")
			if got := line + ": " + english; got != want[i] {
				t.Errorf("%s\ngot  %s\nwant %s", text, got, want[i])
			}
			if !both || file != "x.yaml" || vietnamese == "" {
				t.Errorf("%s\nwant the file and two languages: %s", text, p)
			}
		}
	}

	// Indentation and colons.
	f("cache:\n\tentries: 5", "2: this line is indented with a tab; YAML takes only spaces, so replace each tab by two spaces")
	f("cache:\n  entries: 5\n\tmax: 1B", "3: this line is indented with a tab; YAML takes only spaces, so replace each tab by two spaces")
	f("cache:\n    entries: 5\n  max: 1B\nname: b", "3: the indentation does not match the other lines of the group; put the keys of one group in the same column")
	f("  name: a\nport: 5", "2: the indentation does not match the other lines of the group; put the keys of one group in the same column")
	f("timeout:2s\nport: 5", `1: a space is missing after the colon in "timeout:2s"; write "key: value"`)
	f("name: a\ntimeout:2s", `2: a space is missing after the colon in "timeout:2s"; write "key: value"`)
	f("cache:\n  entries:5\n  max: 1B", `2: a space is missing after the colon in "entries:5"; write "key: value"`)
	f("cache: {entries:5}", `1: cache: a space is missing after the colon in "entries:5"; write "key: value"`)
	f("cache:\n  entries:5", `2: cache: wants a group of keys, each as "key: value", but here is "entries:5"; is a space missing after the colon?`)
	f("name: a\nport", `2: this line is not of the form "key: value"; put a colon and a space after the key`)
	f("name: a: b", `1: there are two colons on one line, or the line is indented deeper than the one before; put the value in quotes "..." or correct the indentation`)
	f("name: a\n  port: 5", `2: there are two colons on one line, or the line is indented deeper than the one before; put the value in quotes "..." or correct the indentation`)

	// Quotes, brackets and special characters.
	f("\nallow: [*.olm.vn]", `2: a value begins with a character that is special in YAML (* & % @ `+"`"+` !); put it in quotes, such as "*.example.vn"`)
	f("allow:\n- a\n- *olm", `3: a value begins with a character that is special in YAML (* & % @ `+"`"+` !); put it in quotes, such as "*.example.vn"`)
	f("name: @x", `1: a value begins with a character that is special in YAML (* & % @ `+"`"+` !); put it in quotes, such as "*.example.vn"`)
	f("listen: [::]:53", `1: a comma or one of [ ] { } is out of place on this line; a value that contains one must be in quotes, such as ["[::]:53"]`)
	f("allow: [a, b\nport: 5\n", `1: the list opened with "[" on this line lacks a comma between two values or its closing "]"`)
	f("name: a\n\nallow: [a, b\nport: 5\n", `3: the list opened with "[" on this line lacks a comma between two values or its closing "]"`)
	f("name: a\ncache: {entries: 5\n", `2: the group opened with "{" on this line lacks a comma between two keys or its closing "}"`)
	f("name: \"a\nport: 5\n", "1: a quote that is opened on this line is never closed")
	f("port: 5\nname: 'a\nhistory: 5d\n", "2: a quote that is opened on this line is never closed")
	f(`name: "\d"`, `1: a \ has a meaning of its own inside double quotes; use single quotes '...' or write \\`)
	f("allow: - a", `1: a list with "-" must begin on a line of its own, its items in one column`)
	f("name: Tr\xe1", "1: the file is not UTF-8 text; save it again as UTF-8")

	// Keys.
	f("cache: {entires: 5}", `1: cache: there is no key "entires" here; did you mean "entries"?`)
	f("zebra: 1", `1: there is no key "zebra" here; the keys are: name, listen, timeout, prefix, nets, cache, zones, feeds, allow, default, history, share, port, colour`)
	f("name: a\nport: 5\nname: b", `3: the key "name" is given twice (first on line 1); keep one`)
	f("zones:\n  a.example: [b]\n  a.example: [c]", `3: zones: the key "a.example" is given twice (first on line 2); keep one`)
	f("name: &x a\nlisten: [*x]", "2: listen: YAML's anchors and aliases (& * <<) are not understood here; write the value out")
	f("<<: {name: a}", "1: YAML's anchors and aliases (& * <<) are not understood here; write the value out")
	f("[a, b]: c", "1: a key must be a word, not a list or a group of keys")
	f("name: a\n---\nname: b", "2: a second document begins after ---, which is not read; delete the --- or move it to a file of its own")

	// Values.
	f("listen: 53", `1: listen: wants a list, such as ["53"], but here is the value "53"`)
	f("listen: a:53, b:53", `1: listen: wants a list, such as ["a:53", "b:53"], but here is the value "a:53, b:53"`)
	f("name: [a, b]", "1: name: wants a single value, but here is a list")
	f("name: {a: b}", "1: name: wants a single value, but here is a group of keys")
	f("- name: a", `1: wants a group of keys, each as "key: value", but here is a list`)
	f("listen:\n- a\n-\n", "3: listen: this item of the list is empty; give it a value or delete the line")
	f("cache: {max: 64 megs}", `1: cache.max: the value "64 megs" must be a size with its unit, such as 512KiB, 64MiB, 1GiB`)
	f("timeout: 5", `1: timeout: the value "5" must be a length of time with its unit, such as 500ms, 5s, 30m, 12h, 7d`)
	f("timeout: -5s", `1: timeout: the value "-5s" must be a length of time with its unit, such as 500ms, 5s, 30m, 12h, 7d`)
	f("port: 65536", `1: port: the value "65536" must be a whole number from 0 to 65535`)
	f("prefix: 10.0.0/8", `1: prefix: the value "10.0.0/8" must be a range of addresses, such as 10.20.0.0/16 or 2001:db8:20::/48`)
	f(`nets: [""]`, `1: nets: this item of the list is empty; give it a value or delete the line`)
	f("colour: blau", `1: colour: there is no such colour`)
	f("feeds: [{shrink: 30}]", `1: feeds.shrink: the value "30" must be a share from 0% to 100%, such as 30%`)
	f("allow:\n- name: a\n  until: 12/31/2026", `3: allow.until: the value "12/31/2026" must be a real day, such as 31/12/2026 or 2026-12-31`)
	f("allow:\n- name: a\n  until: 2026-02-30", `3: allow.until: the value "2026-02-30" must be a real day, such as 31/12/2026 or 2026-12-31`)

	// All of them, not the first.
	f("cache:\n  entries: many\n  prefetch: maybe\nshare: x\n",
		`2: cache.entries: the value "many" must be a whole number, such as 1000`,
		`3: cache.prefetch: the value "maybe" must be true or false`,
		`4: share: the value "x" must be a number, such as 0.5`)
}

func TestProblems(t *testing.T) {
	var ps yamlfile.Problems
	if ps.Err() != nil {
		t.Error("no problems are an error")
	}
	for _, p := range []yamlfile.Problem{{File: "b", Line: 1}, {File: "a", Line: 10}, {File: "a", Line: 2}} {
		p.Text.VI, p.Text.EN = "sai", "wrong"
		ps.Add(p.File, p.Line, p.Text)
	}
	ps.Add("", 0, ps[0].Text)
	ps.Sort()
	want := "sai | wrong\na:2: sai | wrong\na:10: sai | wrong\nb:1: sai | wrong"
	if got := ps.Err().Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"listen", "timeout", "max_ttl", "min_ttl", "a", "tieu-hoc"}
	f := func(name, want string) {
		t.Helper()
		if got, ok := yamlfile.Nearest(name, known); got != want || ok != (want != "") {
			t.Errorf("%q: got %q %v, want %q", name, got, ok, want)
		}
	}
	f("lisetn", "listen") // two letters swapped count as one mistake
	f("Listen", "listen")
	f("time_out", "timeout")
	f("maxttl", "max_ttl")
	f("min-ttl", "min_ttl")
	f("tieuhoc", "tieu-hoc")
	f("timeouts", "timeout")
	f("b", "") // another name altogether, however short
	f("zebra", "")
	f("", "")
}
