package dnswire

import (
	"encoding/binary"
	"net/netip"

	"lachan/blocklist/domain"
)

// SVCB parameter keys (RFC 9460 section 14.3.2).
const (
	svcParamIPv4Hint = 4
	svcParamIPv6Hint = 6
)

// Target reads the name that a record points at into n: of CNAME, DNAME, SVCB
// and HTTPS records. It is false for other types, for the root (an SVCB record
// that points at its owner) and for malformed data.
func (r *Record) Target(msg []byte, n *domain.Name) bool {
	at := r.Data
	switch r.Type {
	case TypeCNAME, TypeDNAME:
	case TypeSVCB, TypeHTTPS:
		at += 2
	default:
		return false
	}
	if at >= r.End {
		return false
	}
	_, err := n.SetCompressed(msg, at)
	return err == nil && n.Labels() > 0
}

// Addresses yields the addresses that a record holds: of A and AAAA records and
// the hints of SVCB and HTTPS records.
func (r *Record) Addresses(msg []byte, yield func(netip.Addr) bool) bool {
	data := msg[r.Data:r.End]
	switch {
	case r.Type == TypeA && len(data) == 4, r.Type == TypeAAAA && len(data) == 16:
		return yieldAddresses(data, len(data), yield)
	case (r.Type == TypeSVCB || r.Type == TypeHTTPS) && len(data) > 2:
		end, ok := skipName(msg[:r.End], r.Data+2)
		if !ok {
			return true
		}
		return hints(msg[end:r.End], yield)
	}
	return true
}

func hints(params []byte, yield func(netip.Addr) bool) bool {
	for len(params) >= 4 {
		key, size := binary.BigEndian.Uint16(params), 4+int(binary.BigEndian.Uint16(params[2:]))
		if size > len(params) {
			return true
		}
		value := params[4:size]
		switch key {
		case svcParamIPv4Hint:
			if !yieldAddresses(value, 4, yield) {
				return false
			}
		case svcParamIPv6Hint:
			if !yieldAddresses(value, 16, yield) {
				return false
			}
		}
		params = params[size:]
	}
	return true
}

func yieldAddresses(data []byte, size int, yield func(netip.Addr) bool) bool {
	for ; len(data) >= size; data = data[size:] {
		if a, _ := netip.AddrFromSlice(data[:size]); !yield(a) {
			return false
		}
	}
	return true
}
