package dnswire_test

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
)

// The addresses of an HTTPS record are its hints of both families, in their order, until
// somebody has seen enough: one that is not to be had must not hide behind another.
func TestEveryHintIsAnAddress(t *testing.T) {
	msg := pack(t, query("www.lesson.example.", dns.TypeHTTPS))
	msg[7] = 1
	hint := func(key uint16, addresses ...string) (param []byte) {
		for _, a := range addresses {
			param = append(param, netip.MustParseAddr(a).AsSlice()...)
		}
		return append(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, key), uint16(len(param))), param...)
	}
	data := slices.Concat([]byte{0, 1, 0}, hint(1), hint(6, "2001:db8::1", "2001:db8::2"), hint(4, "192.0.2.1", "192.0.2.2"), hint(6, "2001:db8::3"))
	msg = append(msg, 0xc0, 0x0c, 0, 65, 0, 1, 0, 0, 0, 60, 0, byte(len(data)))
	msg = append(msg, data...)
	var w dnswire.Walker
	var r dnswire.Record
	if w.Start(msg) != nil || !w.Next(&r) {
		t.Fatal("it cannot be read")
	}
	all := []string{"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "2001:db8::3"}
	for enough := range len(all) + 1 {
		var seen []string
		whole := r.Addresses(msg, func(a netip.Addr) bool {
			seen = append(seen, a.String())
			return len(seen) <= enough
		})
		if want := all[:min(enough+1, len(all))]; !slices.Equal(seen, want) || whole != (enough == len(all)) {
			t.Errorf("when %d are enough: %v (%v), want %v", enough+1, seen, whole, want)
		}
	}
}
