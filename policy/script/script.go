// Package script reads and runs policy scripts: what a school expects of its
// policy, written down so that a program can tell whether it holds.
//
//	# pupils, in school hours
//	at Mon 2026-09-07 10:15
//	hs asks www.tiktok.com A -> nxdomain short-video
//	th-kim-dong/giao-vien asks www.google.com AAAA -> pass
//	10.20.8.7 asks bet.example -> refused gambling by lock unit tinh
//	hs asks www.google.com -> rewrite forcesafesearch.google.com
//
// A line is empty, a moment or a question; from a # at its beginning or after
// a blank on it is a comment.
//
//	at [DAY] DATE HH:MM
//	WHO asks NAME [TYPE] -> RESULT [by LAYER] [unit ID]
//
// A moment holds for the questions below it, in the time zone of the policy.
// DATE is 2026-09-07, 07/09/2026 or as people write it else; the day of the week (Mon,
// t2, thứ Hai) must match it. WHO is an address, the id of a unit, SCHOOL/GROUP, or the id of a group
// alone if only one school has such a group. TYPE is A if it is left out.
//
// RESULT is one of
//
//	pass             the name resolves
//	excepted         it does, by a unit's own allow, and would be blocked without
//	nxdomain, null, nodata, refused or page, and the category it counts in
//	                 it is blocked; without a category any will do. Response
//	                 policy zones block by drop, tcp-only and data too
//	rewrite NAME     it is sent to its safe face
//	local            the resolver answers by itself
//
// LAYER is the layer that decides (policy.Layer) and ID the unit whose lock or
// entry does.
package script

import (
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// A Script is the questions of one file. It is immutable.
type Script struct {
	file string
	asks []ask
}

// An ask is one question and what is expected of it.
type ask struct {
	line  int
	at    time.Time // year to minute as written; the zone is without meaning
	who   string
	name  string // canonical
	qtype uint16
	want  want
}

// Parse reads a script. It reports every line that cannot be read; the Script
// holds the others.
func Parse(file string, text []byte) (*Script, yamlfile.Problems) {
	p := parser{script: &Script{file: file}}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		p.line++
		if words := strings.Fields(withoutComment(line)); len(words) > 0 {
			p.read(words)
		}
	}
	if len(p.script.asks) == 0 && len(p.problems) == 0 {
		p.problems.Add(file, 0, textEmpty)
	}
	return p.script, p.problems
}

// Asks is how many questions the script has.
func (s *Script) Asks() int { return len(s.asks) }

// withoutComment cuts a line at a # that begins it or stands after a blank.
func withoutComment(line string) string {
	for i, c := range line {
		if c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// A parser reads a script line by line.
type parser struct {
	script   *Script
	line     int
	at       time.Time
	told     bool // a wrong or missing moment has been reported: the rest would only be consequences
	problems yamlfile.Problems
}

func (p *parser) fail(text wording.Text) { p.problems.Add(p.script.file, p.line, text) }

func (p *parser) read(words []string) {
	switch {
	case len(words) > 1 && words[1] == "asks":
		p.ask(words)
	case words[0] == "at":
		p.moment(words[1:])
	default:
		p.fail(textLine)
	}
}

// ask reads WHO asks NAME [TYPE] -> RESULT.
func (p *parser) ask(words []string) {
	a := ask{line: p.line, at: p.at, who: words[0], qtype: dns.TypeA}
	question, result := words[2:], []string(nil)
	for i, word := range question {
		if word == "->" {
			question, result = question[:i], question[i+1:]
			break
		}
	}
	if len(question) == 0 || len(question) > 2 || len(result) == 0 {
		p.fail(textLine)
		return
	}
	var err error
	if a.name, err = domain.Canonical(question[0]); err != nil {
		p.fail(textName.With(question[0]))
		return
	}
	if len(question) == 2 {
		qtype, ok := dns.StringToType[strings.ToUpper(question[1])]
		if !ok {
			p.fail(textType.With(question[1]))
			return
		}
		a.qtype = qtype
	}
	want, problem := parseWant(result)
	switch {
	case problem != nil:
		p.fail(*problem)
	case !p.at.IsZero():
		a.want = want
		p.script.asks = append(p.script.asks, a)
	case !p.told:
		p.told = true
		p.fail(textNoTime)
	}
}
