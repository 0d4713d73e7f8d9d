package format

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"

	"lachan/blocklist/format/lines"
)

// A list is recognised by a vote of its lines. Each line votes for the format
// that it is most typical of; comments and lines that fit no format do not vote.
// Some formats allow lines of others among theirs; they get the votes of those
// if a tenth as many lines are typical of them.

// Detect recognises the format of a list by its first bytes; 64 KiB are plenty.
// The name of its file or URL decides only between formats that fit
// equally well. It returns ErrHTML or ErrUnknown if no format fits. Every zip
// file is a workbook until it is opened.
func Detect(head []byte, name string) (Format, error) { return detect(head, name, "") }

// detect is Detect for a list whose version before was of the format was, "" if
// there was none. That format stays unless the list has become one of another: a
// rule that somebody pasted among names does not change what the names mean.
func detect(head []byte, name string, was Format) (Format, error) {
	if isHTML(head) {
		return "", ErrHTML
	}
	if bytes.HasPrefix(head, []byte(zipMark)) {
		return XLSX, nil
	}
	b := poll(head)
	switch {
	case was != "" && b.remains(was):
		return was, nil
	case b.sure != "":
		return b.sure, nil
	}
	return b.winner(hintOf(name))
}

// A ballot is what the lines of a list say of its format.
type ballot struct {
	sure  Format // that one line proves; "" if none does
	votes map[Format]int
}

// poll asks the lines of the beginning of a list.
func poll(head []byte) ballot {
	if end := bytes.LastIndexByte(head, '\n'); len(head) >= lines.Max && end > 0 {
		head = head[:end] // the last line may be cut
	}
	b := ballot{votes: make(map[Format]int)}
	in := lines.NewReader(bytes.NewReader(head))
	for row := 0; ; row++ {
		line, whole, err := in.Next()
		if err != nil {
			return b
		}
		if b.sure = surely(line, row); b.sure != "" {
			return b
		}
		if f, ok := typical(bytes.TrimSpace(line)); ok && whole {
			b.votes[f]++
		}
	}
}

// reads lists the formats whose lines mean the same in a list of another one, or
// are read there as what they are.
var reads = map[Format][]Format{
	Hosts:    {Domains, Wildcard, Adblock},
	Domains:  {Hosts, Wildcard, Adblock},
	Wildcard: {Hosts, Domains, Adblock},
	Adblock:  {Hosts, Domains},
	CSV:      {Domains},
	Regex:    {Domains},
}

// remains reports whether a list that was of a format still is: it has lines that
// are typical of it, and together with those that it reads too they are most.
func (b *ballot) remains(was Format) bool {
	if b.sure != "" {
		return b.sure == was
	}
	own, all, total := b.votes[was], b.votes[was], 0
	for _, f := range reads[was] {
		all += b.votes[f]
		if Alike(f, was) {
			own += b.votes[f]
		}
	}
	for _, n := range b.votes {
		total += n
	}
	return total == 0 || own > 0 && all*2 > total
}

// Alike reports whether a list means the same read as either format: one of names
// with sinks before them or not, a table as text or as a workbook.
func Alike(a, b Format) bool {
	return a == b || kindOf(a) == kindOf(b)
}

func kindOf(f Format) Format {
	switch f {
	case Hosts:
		return Domains
	case XLSX:
		return CSV
	}
	return f
}

// unknown is the vote of a line that fits no format.
const unknown Format = ""

// mayContain lists the formats whose lines may occur in a list of another one.
var mayContain = map[Format][]Format{
	Adblock: {Hosts, Domains},
	Hosts:   {Domains},
	CSV:     {Domains},
}

// winner returns the format with most votes; of several the hint, else the first
// of all.
func (b *ballot) winner(hint Format) (Format, error) {
	votes := b.votes
	final := make(map[Format]int)
	total := 0
	for f, n := range votes {
		final[f] += n
		total += n
		compatible := 0
		for _, other := range mayContain[f] {
			compatible += votes[other]
		}
		if n*10 >= compatible {
			final[f] += compatible
		}
	}
	if total == 0 && hint != "" {
		return hint, nil
	}
	if votes[unknown]*2 >= total && hint == CSV {
		return CSV, nil // a table whose headings are not known: its reader says so
	}
	if votes[unknown]*2 >= total {
		return "", ErrUnknown
	}
	delete(final, unknown)
	most := 0
	for _, n := range final {
		most = max(most, n)
	}
	if hint != "" && final[hint] == most {
		return hint, nil
	}
	winner := slices.IndexFunc(all, func(f Format) bool { return final[f] == most })
	return all[winner], nil
}

// isHTML reports whether a text begins as a web page does.
func isHTML(head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")))
	head = bytes.ToLower(head[:min(len(head), 1024)])
	if !bytes.HasPrefix(head, []byte("<")) {
		return false
	}
	return bytes.Contains(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html"))
}

// hints are the words in file names that name a format.
var hints = map[string]Format{
	"hosts": Hosts, "domains": Domains, "wildcard": Wildcard, "adblock": Adblock, "abp": Adblock,
	"regex": Regex, "dnsmasq": Dnsmasq, "unbound": Unbound, "rpz": RPZ, "zone": RPZ, "csv": CSV,
	"addresses": Addresses, "ips": Addresses, "ip": Addresses, "netset": Addresses,
}

// hintOf returns the format that the name of a file or URL suggests, "" if none.
// The extension counts first.
func hintOf(name string) Format {
	name, _, _ = strings.Cut(name, "?")
	words := strings.FieldsFunc(strings.ToLower(path.Base(name)), func(c rune) bool { return !unicode.IsLetter(c) })
	for _, word := range slices.Backward(words) {
		if f, ok := hints[word]; ok {
			return f
		}
	}
	return ""
}
