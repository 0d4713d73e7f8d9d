package format

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"
)

// A list is recognised by a vote of its lines. Each line votes for the format
// that it is most typical of; comments and what fits nowhere do not vote. Some
// formats allow lines of others among theirs, and a tenth of typical lines is
// enough for them to get the votes of those.

// Detect recognises the format of a list by its first octets; 64 KiB are
// plenty. The name of its file or URL decides only between formats that fit
// equally well. It returns ErrHTML or ErrUnknown if no format fits. Every zip
// file is a workbook until it is opened.
func Detect(head []byte, name string) (Format, error) {
	if isHTML(head) {
		return "", ErrHTML
	}
	if bytes.HasPrefix(head, []byte(zipMark)) {
		return XLSX, nil
	}
	if end := bytes.LastIndexByte(head, '\n'); len(head) >= MaxLine && end > 0 {
		head = head[:end] // the last line may be cut
	}
	votes := make(map[Format]int)
	in := newLines(bytes.NewReader(head))
	for row := 0; ; row++ {
		line, whole, err := in.next()
		if err != nil {
			break
		}
		if sure := surely(line, row); sure != "" {
			return sure, nil
		}
		if f, ok := typical(bytes.TrimSpace(line)); ok && whole {
			votes[f]++
		}
	}
	return elect(votes, hintOf(name))
}

// stranger is what a line votes for that fits nowhere.
const stranger Format = ""

// guests are the formats whose lines may stand in a list of another one.
var guests = map[Format][]Format{
	Adblock: {Hosts, Domains},
	Hosts:   {Domains},
	CSV:     {Domains},
}

// elect picks the format with most votes; of several the hint, else the one
// that stands first in all.
func elect(votes map[Format]int, hint Format) (Format, error) {
	final := make(map[Format]int)
	total := 0
	for f, n := range votes {
		final[f] += n
		total += n
		invited := 0
		for _, guest := range guests[f] {
			invited += votes[guest]
		}
		if n*10 >= invited {
			final[f] += invited
		}
	}
	if total == 0 && hint != "" {
		return hint, nil
	}
	if votes[stranger]*2 >= total {
		return "", ErrUnknown
	}
	delete(final, stranger)
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

// isHTML tells whether a text begins as a web page does.
func isHTML(head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")))
	head = bytes.ToLower(head[:min(len(head), 1024)])
	if !bytes.HasPrefix(head, []byte("<")) {
		return false
	}
	return bytes.Contains(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html"))
}

// hints are the words in names of files that tell a format.
var hints = map[string]Format{
	"hosts": Hosts, "domains": Domains, "wildcard": Wildcard, "adblock": Adblock, "abp": Adblock,
	"regex": Regex, "dnsmasq": Dnsmasq, "unbound": Unbound, "rpz": RPZ, "zone": RPZ, "csv": CSV,
	"addresses": Addresses, "ips": Addresses, "ip": Addresses, "netset": Addresses,
}

// hintOf is the format that the name of a file or URL tells, the extension
// first, or "".
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
