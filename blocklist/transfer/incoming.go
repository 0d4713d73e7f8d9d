package transfer

import (
	"fmt"
	"io"
	"slices"

	"github.com/miekg/dns"
)

// An incoming transfer takes records one by one and checks their order:
//
//	AXFR  SOA(new) record... SOA(new)
//	IXFR  SOA(new) [SOA(from) deleted... SOA(to) added...]... SOA(new)
//
// An IXFR may be answered as an AXFR, or with SOA(from) alone if nothing is newer.
type incoming struct {
	zone string
	from *SOA // of the copy; nil asks for the whole zone
	max  int64

	newest *dns.SOA
	count  int   // of records
	size   int64 // of text

	lines  []string // of the whole zone
	change *change  // nil while it is, or may be, the whole zone
	adding bool     // not deleting
	serial uint32   // that the changes lead to so far
}

func (in *incoming) take(rr dns.RR) (last bool, err error) {
	h := rr.Header()
	if h.Class != dns.ClassINET || !dns.IsSubDomain(in.zone, dns.CanonicalName(h.Name)) {
		return false, fmt.Errorf("%w: record outside the zone", ErrBroken)
	}
	soa, isSOA := rr.(*dns.SOA)
	if isSOA && dns.CanonicalName(h.Name) != in.zone {
		return false, fmt.Errorf("%w: SOA record below the zone", ErrBroken)
	}
	in.count++
	switch {
	case in.count == 1 && !isSOA:
		return false, fmt.Errorf("%w: does not begin with SOA", ErrBroken)
	case in.count == 1:
		in.newest = soa
		return in.from != nil && !newer(soa.Serial, in.from.Serial), nil
	case in.count == 2 && isSOA && in.from != nil && soa.Serial == in.from.Serial:
		in.change, in.serial = newChange(), soa.Serial
		return false, nil
	case isSOA && in.change != nil:
		return in.step(soa)
	case isSOA && soa.Serial != in.newest.Serial:
		return false, fmt.Errorf("%w: ends with another serial", ErrBroken)
	case isSOA:
		return true, nil
	}
	return false, in.record(rr)
}

// step takes the SOA record between two parts of an IXFR.
func (in *incoming) step(soa *dns.SOA) (last bool, err error) {
	switch {
	case !in.adding && newer(soa.Serial, in.serial):
		in.adding, in.serial = true, soa.Serial
	case in.adding && in.serial == soa.Serial && soa.Serial == in.newest.Serial:
		return true, nil
	case in.adding && in.serial == soa.Serial:
		in.adding = false
	default:
		return false, fmt.Errorf("%w: serial %d follows %d", errWhole, soa.Serial, in.serial)
	}
	return false, nil
}

func (in *incoming) record(rr dns.RR) error {
	line := lineOf(rr)
	if in.size += int64(len(line)) + 1; in.size > in.max {
		return ErrTooLarge
	}
	switch {
	case in.change == nil:
		in.lines = append(in.lines, line)
		return nil
	case in.adding:
		return in.change.add(line)
	}
	return in.change.remove(line)
}

// writeWhole writes the zone. It sorts what came.
func (in *incoming) writeWhole(w io.Writer) error {
	out := newLineWriter(&capped{w: w, left: in.max})
	out.line(lineOf(in.newest))
	slices.Sort(in.lines)
	for _, line := range slices.Compact(in.lines) {
		out.line(line)
	}
	return out.flush()
}
