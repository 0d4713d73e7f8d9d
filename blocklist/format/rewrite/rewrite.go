// Package rewrite reads what adblock's modifier dnsrewrite asks to be answered.
package rewrite

import (
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
)

// A Kind is what an answer is.
type Kind uint8

// The kinds.
const (
	Any      Kind = iota // nothing was given: of an exception, every answer
	NXDomain             // the name does not exist
	Refused              // REFUSED
	NoData               // the name exists without data
	Record               // Answer.Data
)

// An Answer is what one rule asks for.
type Answer struct {
	Kind Kind
	Data string // with Record: type and rdata, "A 192.0.2.1"
}

// Parse reads the value of the modifier:
//
//	NXDOMAIN, REFUSED, NOERROR       a code alone, also with ";;" behind it
//	192.0.2.1, 2001:db8::1, x.example an address, or a name to lead to
//	NOERROR;TYPE;VALUE               a record of A, AAAA, CNAME, HTTPS, MX, PTR, SRV, SVCB or TXT
//
// It is not ok for anything else.
func Parse(value string) (a Answer, ok bool) {
	parts := strings.SplitN(value, ";", 3)
	switch {
	case value == "":
		return Answer{}, true
	case len(parts) == 2:
		return Answer{}, false
	case len(parts) == 3 && (parts[1] != "" || parts[2] != ""):
		if !strings.EqualFold(parts[0], "NOERROR") {
			return code(parts[0]) // data beside an error say nothing
		}
		return record(strings.ToUpper(parts[1]), parts[2])
	}
	if a, ok := code(parts[0]); ok || len(parts) == 3 {
		return a, ok
	}
	if address, err := netip.ParseAddr(value); err == nil && address.Zone() == "" {
		return Answer{Record, Address(address)}, true
	}
	if strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" { // a code that is not known
		return Answer{}, false
	}
	return record("CNAME", value)
}

// Address is the record of an address, as Answer.Data has it.
func Address(a netip.Addr) string {
	if a.Unmap().Is4() {
		return "A " + a.Unmap().String()
	}
	return "AAAA " + a.String()
}

// code reads a response code; a keyword is in capitals.
func code(word string) (a Answer, ok bool) {
	switch word {
	case "NXDOMAIN":
		return Answer{Kind: NXDomain}, true
	case "REFUSED":
		return Answer{Kind: Refused}, true
	case "NOERROR":
		return Answer{Kind: NoData}, true
	}
	return Answer{}, false
}

// record reads a record of a type. Its names are absolute.
func record(kind, value string) (a Answer, ok bool) {
	fields := strings.Fields(value)
	name := -1 // the index of the field that is a name
	switch kind {
	case "A", "AAAA":
		address, err := netip.ParseAddr(value)
		if err != nil || address.Zone() != "" || address.Is4() != (kind == "A") {
			return Answer{}, false
		}
		return Answer{Record, kind + " " + address.String()}, true
	case "TXT":
		return text(value)
	case "CNAME", "PTR":
		name = 0
	case "MX", "SVCB", "HTTPS":
		name = 1
	case "SRV":
		name = 3
	}
	if name < 0 || name >= len(fields) {
		return Answer{}, false
	}
	if fields[name] != "." {
		canonical, err := domain.Canonical(fields[name])
		if err != nil {
			return Answer{}, false
		}
		fields[name] = canonical + "."
	}
	rr, err := dns.NewRR(". 0 IN " + kind + " " + strings.Join(fields, " "))
	if err != nil || rr == nil {
		return Answer{}, false
	}
	return Answer{Record, data(rr)}, true
}

// text is a TXT record of strings of at most 255 bytes.
func text(value string) (a Answer, ok bool) {
	const most = 255
	rr := &dns.TXT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeTXT, Class: dns.ClassINET}}
	for len(value) > most {
		rr.Txt, value = append(rr.Txt, value[:most]), value[most:]
	}
	rr.Txt = append(rr.Txt, value)
	return Answer{Record, data(rr)}, true
}

// data is the type and the rdata of a record.
func data(rr dns.RR) string {
	h := rr.Header()
	return dns.TypeToString[h.Rrtype] + " " + strings.TrimPrefix(rr.String(), h.String())
}
