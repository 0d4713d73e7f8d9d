package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	// Was is the format of the version before; "" if there is none. A list of format
	// Auto keeps it, unless it has become one of another.
	Was Format
	// NamesBelow has a plain name among adblock rules cover all below it, as it did
	// in the list before there were rules in it.
	NamesBelow bool
	May
	// MayName reports whether an entry may name a category as its own; nil lets it
	// name any.
	MayName func(category string) bool
	// Widened, unless nil, is called for each entry that is a page and becomes a rule
	// for the whole site that it is on.
	Widened func(Widening)
	// Costs are shared by lists that are one feed; nil: the list is all of it.
	Costs *Costs
	// Zone is where the days of csv begin and end; nil means UTC+7.
	Zone *time.Location
}

// May says what entries may do that those of a list of strangers may not.
type May struct {
	// Suffixes: cover a public suffix, below which unrelated people register names.
	Suffixes bool `json:"suffixes,omitempty"`
	// Rewrites: put answers of their own in place of the DNS's, not only block.
	Rewrites bool `json:"rewrites,omitempty"`
}

// A Summary counts what Parse read. Every line is a comment, or gave one rule
// or reject, or several.
type Summary struct {
	Format   Format // the one that was read, never Auto
	Lines    int
	Comments int // lines without an entry: blank, comments, headers
	Rules    int // passed to emit
	Rejected int // passed to reject
	Widened  int // of the rules: for a site, of which the entry is a page
	ByReason map[Reason]int
}

// Add adds the figures of another list, but for its format.
func (s *Summary) Add(one *Summary) {
	s.Lines, s.Comments = s.Lines+one.Lines, s.Comments+one.Comments
	s.Rules, s.Rejected, s.Widened = s.Rules+one.Rules, s.Rejected+one.Rejected, s.Widened+one.Widened
	for reason, n := range one.ByReason {
		s.ByReason[reason] += n
	}
}

// Parse reads a list line by line, in memory that does not grow with it, and
// calls emit for each rule and reject (which may be nil) for each entry that
// cannot be one, in the order of the list. f may be Auto.
//
// A bad entry is never an error. The errors are ErrHTML, ErrUnknown (for Auto, or
// a Format that does not exist), ErrXLSX, ErrNoBook, ErrOldBook, ErrTCVN3, the error of r
// and that of emit; the last two name the line. The Summary counts what was read
// so far. A workbook is read as one even if f is CSV.
//
// If r is an io.ReaderAt and an io.Seeker, as files are, a workbook is read in
// place, from its beginning; else it is read into memory.
func Parse(r io.Reader, f Format, o Options, emit func(Rule) error, reject func(Reject)) (Summary, error) {
	p := &parser{collector: newCollector(&o, emit, reject), options: o}
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
		if f, err = detect(head, o.Name, o.Was); err != nil {
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
func (p *parser) grammar(f Format) (entry func(line []byte), end func()) {
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
		z := newZoneReader(p.collector)
		return z.entry, z.end
	case CSV:
		t := newTableReader(p.collector, &p.options)
		return t.entry, t.end
	case Addresses:
		return p.addresses, nothing
	}
	return nil, nil
}

// A parser reads the lines of those formats of which each line stands for itself.
type parser struct {
	*collector
	options Options
}

// each hands every line to entry until the end, or until emit returns an error.
func (p *parser) each(in lines.Reader, entry func(line []byte)) error {
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
