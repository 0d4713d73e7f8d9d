package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"lachan/blocklist/format/lines"
)

// MaxLine bounds a line, in bytes; a longer one is rejected.
const MaxLine = lines.Max

// Errors that refuse a whole list.
var (
	ErrHTML    = errors.New("a web page, not a list")
	ErrUnknown = errors.New("format of the list not recognised")
)

// Options say how a list is to be read.
type Options struct {
	// Subdomains: an entry of hosts and domains covers all names below it too.
	// The other formats say it themselves.
	Subdomains bool
	// Name is that of the file or URL, a hint for Detect; may be "".
	Name string
	// Zone is where the days of csv begin and end; nil means UTC+7.
	Zone *time.Location
}

// A Summary counts what Parse read. Every line is a comment, or gave one rule
// or reject, or several.
type Summary struct {
	Format   Format // the one that was read, never Auto
	Lines    int
	Comments int // lines without an entry: blank, comments, headers
	Rules    int // passed to emit
	Rejected int // passed to reject
	ByReason map[Reason]int
}

// Parse reads a list line by line, in memory that does not grow with it, and
// calls emit for each rule and reject (which may be nil) for each entry that
// cannot be one, in the order of the list. f may be Auto.
//
// A bad entry is never an error. The errors are ErrHTML, ErrUnknown (for Auto, or
// a Format that does not exist), ErrXLSX, ErrNoBook, ErrOldBook, the error of r
// and that of emit; the last two name the line. The Summary counts what was read
// so far. A workbook is read as one even if f is CSV.
//
// If r is an io.ReaderAt and an io.Seeker, as files are, a workbook is read in
// place, from its beginning; else it is read into memory.
func Parse(r io.Reader, f Format, o Options, emit func(Rule) error, reject func(Reject)) (Summary, error) {
	p := &run{options: o, emit: emit, reject: reject}
	p.sum.ByReason = make(map[Reason]int)
	in := lines.NewReader(r)
	head := in.Head()
	if isHTML(head) {
		return p.sum, ErrHTML
	}
	if bytes.HasPrefix(head, []byte(oldMark)) {
		return p.sum, ErrOldBook
	}
	if f == Auto {
		var err error
		if f, err = Detect(head, o.Name); err != nil {
			return p.sum, err
		}
	}
	if f == CSV && bytes.HasPrefix(head, []byte(zipMark)) {
		f = XLSX
	}
	p.sum.Format = f
	if f == XLSX {
		err := p.workbook(r, in)
		return p.sum, err
	}
	entry, end := p.grammar(f)
	if entry == nil {
		return p.sum, fmt.Errorf("read list as %q: %w", f, ErrUnknown)
	}
	err := p.each(in, entry)
	if err == nil {
		end()
		err = p.err
	}
	return p.sum, err
}

// grammar returns what reads one line in format f, and what ends the list.
func (p *run) grammar(f Format) (entry func(line []byte), end func()) {
	nothing := func() {}
	switch f {
	case Hosts:
		return p.hosts, nothing
	case Domains:
		return p.domains, nothing
	case Wildcard:
		return p.wildcard, nothing
	case Adblock:
		return p.adblock, nothing
	case Regex:
		return p.regex, nothing
	case Dnsmasq:
		return p.dnsmasq, nothing
	case Unbound:
		return p.unbound, nothing
	case RPZ:
		z := newZoneReader(p)
		return z.entry, z.end
	case CSV:
		t := newTableReader(p)
		return t.entry, t.end
	case Addresses:
		return p.addresses, nothing
	}
	return nil, nil
}

// A run is one call of Parse: the current line and what has been counted.
type run struct {
	options Options
	emit    func(Rule) error
	reject  func(Reject)
	sum     Summary
	number  int    // of the current line, or of the first line of the entry
	text    []byte // of that line
	err     error  // of emit
}

// each hands every line to entry until the end, or until emit returns an error.
func (p *run) each(in lines.Reader, entry func(line []byte)) error {
	for p.err == nil {
		line, whole, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read list, line %d: %w", p.sum.Lines+1, err)
		}
		p.sum.Lines++
		p.number, p.text = p.sum.Lines, line
		if !whole {
			p.refuse(LongLine, "")
			continue
		}
		entry(bytes.TrimSpace(line))
	}
	return p.err
}

// comment counts the current line as one without an entry.
func (p *run) comment() { p.sum.Comments++ }

// add emits a rule.
func (p *run) add(r Rule) {
	if p.err != nil {
		return
	}
	if err := p.emit(r); err != nil {
		p.err = fmt.Errorf("take rule of line %d: %w", p.number, err)
		return
	}
	p.sum.Rules++
}

// addName emits r for a name as the list writes it, or rejects a name that r must
// not cover.
func (p *run) addName(name []byte, r Rule) {
	canonical, why := nameOf(string(name), r)
	if why != accepted {
		p.refuse(why, string(name))
		return
	}
	r.Name = canonical
	p.add(r)
}

// addRegex emits r for a regular expression, or rejects one that costs too much.
func (p *run) addRegex(pattern string, r Rule) {
	checked, why, detail := regexOf(pattern)
	if why != accepted {
		p.refuse(why, detail)
		return
	}
	r.Regex = checked
	p.add(r)
}

// addPrefixes emits r for each prefix, or rejects them all if r would block one
// that no list may block.
func (p *run) addPrefixes(prefixes []netip.Prefix, r Rule) {
	for _, prefix := range prefixes {
		if why := prefixReason(prefix); why != accepted && !r.Allow && !r.Client && r.Act != ActPassthru {
			p.refuse(why, prefix.String())
			return
		}
	}
	for _, prefix := range prefixes {
		r.Prefix = prefix
		p.add(r)
	}
}

// refuse rejects an entry of the current line.
func (p *run) refuse(why Reason, detail string) {
	p.sum.Rejected++
	p.sum.ByReason[why]++
	if p.reject != nil {
		p.reject(Reject{Line: p.number, Text: printable(p.text), Reason: why, Detail: printable(detail)})
	}
}
