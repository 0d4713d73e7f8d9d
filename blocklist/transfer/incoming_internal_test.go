package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

const zoneName = "rpz.example."

func soa(serial uint32) dns.RR {
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: zoneName, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 60},
		Ns:  "ns.example.", Mbox: "nobody.example.", Serial: serial, Refresh: 3600, Retry: 600, Expire: 86400, Minttl: 60,
	}
}

func blocked(n int) dns.RR {
	return &dns.CNAME{
		Hdr:    dns.RR_Header{Name: fmt.Sprintf("n%d.%s", n, zoneName), Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 60},
		Target: ".",
	}
}

// stream reads "soa 3 n5 n6 soa 4": SOA records and names.
func stream(t *testing.T, text string) (records []dns.RR) {
	t.Helper()
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		var n int
		if words[i] == "soa" {
			i++
			fmt.Sscanf(words[i], "%d", &n)
			records = append(records, soa(uint32(n)))
		} else {
			fmt.Sscanf(words[i], "n%d", &n)
			records = append(records, blocked(n))
		}
	}
	return records
}

// receive gives the records to in and returns the zone: good, changed, or whole.
func receive(in *incoming, good string, records []dns.RR) (text string, err error) {
	last := false
	for i, rr := range records {
		if last {
			return "", fmt.Errorf("ended before record %d", i)
		}
		if last, err = in.take(rr); err != nil {
			return "", err
		}
	}
	if !last {
		return "", errors.New("not ended")
	}
	var out bytes.Buffer
	switch {
	case in.from != nil && !newer(in.newest.Serial, in.from.Serial):
		return good, nil
	case in.change == nil:
		err = in.writeWhole(&out)
	default:
		err = in.change.apply(strings.NewReader(good), lineOf(in.newest), &out)
	}
	return out.String(), err
}

func TestWhatATransferMayBe(t *testing.T) {
	good := func(serial uint32, names ...int) string {
		text := lineOf(soa(serial)) + "\n"
		for _, n := range names {
			text += lineOf(blocked(n)) + "\n"
		}
		return text
	}
	const fails = "fails"
	f := func(records, want string) {
		t.Helper()
		from := SOA{Serial: 5}
		got, err := receive(&incoming{zone: zoneName, from: &from, max: 1 << 20}, good(5, 1, 2, 3), stream(t, records))
		if err != nil {
			got = fails
		}
		if got != want {
			t.Errorf("%s: %v, zone\n%s want\n%s", records, err, got, want)
		}
	}
	f("soa 6 soa 5 n1 soa 6 n4 soa 6", good(6, 2, 3, 4))
	f("soa 6 soa 5 soa 6 n4 soa 6", good(6, 1, 2, 3, 4))
	f("soa 6 soa 5 n1 soa 6 soa 6", good(6, 2, 3))
	f("soa 8 soa 5 n1 soa 7 n4 soa 7 n4 soa 8 n1 soa 8", good(8, 1, 2, 3)) // there and back
	f("soa 6 n8 n7 n8 soa 6", good(6, 7, 8))                               // the whole zone, in any order
	f("soa 6 soa 6", good(6))                                              // an empty one
	f("soa 5", good(5, 1, 2, 3))                                           // nothing new
	f("soa 4", good(5, 1, 2, 3))                                           // a server that is behind

	f("n1", fails)
	f("soa 6 soa 5 n9 soa 6 soa 6", fails)             // goes and is not there
	f("soa 6 soa 5 soa 6 n1 soa 6", fails)             // comes and is there
	f("soa 6 soa 5 n1 n1 soa 6 soa 6", fails)          // goes twice
	f("soa 7 soa 5 n1 soa 6 n4 soa 7", fails)          // does not chain
	f("soa 7 soa 5 n1 soa 6 n4 soa 5 n2 soa 7", fails) // goes back
	f("soa 6 soa 5 n1 soa 6 n4", fails)                // is cut off
	f("soa 6 n1 soa 7", fails)                         // begins and ends with different serials
	f("soa 6 n1 soa 6 n2", fails)                      // goes on behind its end
}

func TestSerialsGoRound(t *testing.T) {
	f := func(a, b uint32, want bool) {
		t.Helper()
		if newer(a, b) != want {
			t.Errorf("newer(%d, %d) is %v", a, b, !want)
		}
	}
	f(2, 1, true)
	f(1, 2, false)
	f(1, 1, false)
	f(0, 4294967295, true)
	f(2147483648, 1, true)
	f(2147483649, 1, false) // neither is (RFC 1982 section 3.2)
}

// FuzzChange: whatever comes, an IXFR leads to the zone that a set of records
// leads to when the same is done to it step by step, or it is refused; it is
// never refused when each step fits.
func FuzzChange(f *testing.F) {
	f.Add([]byte{1, 2, 3}, []byte{1, 0, 4, 0, 2, 0, 1, 0})
	f.Add([]byte{}, []byte{0, 9, 0})
	f.Fuzz(func(t *testing.T, start, steps []byte) {
		zone := map[string]bool{}
		for _, n := range start {
			zone[lineOf(blocked(int(n)))] = true
		}
		good := textOf(1, zone)
		fits, adding, serial := true, false, uint32(1)
		middle := []dns.RR{soa(1)}
		for _, n := range steps {
			if n == 0 {
				if adding = !adding; adding {
					serial++
				}
				middle = append(middle, soa(serial))
				continue
			}
			line := lineOf(blocked(int(n)))
			fits = fits && zone[line] != adding
			zone[line] = adding
			middle = append(middle, blocked(int(n)))
		}
		if !adding {
			serial++
			middle = append(middle, soa(serial))
		}
		records := slices.Concat([]dns.RR{soa(serial)}, middle, []dns.RR{soa(serial)})
		got, err := receive(&incoming{zone: zoneName, from: &SOA{Serial: 1}, max: 1 << 20}, good, records)
		if fits && err != nil {
			t.Fatalf("refused: %v", err)
		}
		if fits && got != textOf(serial, zone) {
			t.Fatalf("zone\n%s want\n%s", got, textOf(serial, zone))
		}
	})
}

func textOf(serial uint32, zone map[string]bool) string {
	text := lineOf(soa(serial)) + "\n"
	for _, line := range slices.Sorted(maps.Keys(zone)) {
		if zone[line] {
			text += line + "\n"
		}
	}
	return text
}

// FuzzTake: whatever records a message has, what is written is SOA, then lines
// in order, each once, that are read again as the zone they came from.
func FuzzTake(f *testing.F) {
	m := new(dns.Msg)
	m.Answer = []dns.RR{soa(2), blocked(1), blocked(2), soa(2)}
	wire, err := m.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wire)
	f.Fuzz(func(t *testing.T, wire []byte) {
		m := new(dns.Msg)
		if m.Unpack(wire) != nil {
			return
		}
		text, err := receive(&incoming{zone: zoneName, max: 1 << 20}, "", m.Answer)
		if err != nil {
			return
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if !slices.IsSorted(lines[1:]) || len(slices.Compact(slices.Clone(lines[1:]))) != len(lines)-1 {
			t.Fatalf("not in order:\n%s", text)
		}
		if _, err := readSOA(strings.NewReader(text), zoneName); err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
	})
}
