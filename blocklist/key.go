package blocklist

import (
	"net/netip"

	"lachan/blocklist/domain"
)

// Addresses live in the same table as names. The key of a prefix begins with an
// byte that no label length has, then its length in bits, then its bytes.
const (
	keyIPv4       = 0xF4
	keyIPv6       = 0xF6
	keyClientIPv4 = 0xF8 // of clients that ask, not of answers
	keyClientIPv6 = 0xFA
	toClient      = keyClientIPv4 - keyIPv4
)

// families are the kinds of prefixes, by which their lengths are noted.
const (
	familyIPv4 = iota
	familyIPv6
	familyClientIPv4
	familyClientIPv6
	families
)

// familyOf is the family of an address key; ok is false of names.
func familyOf(key []byte) (family int, ok bool) {
	family = (int(key[0]) - keyIPv4) / 2
	return family, key[0] >= keyIPv4 && family < families
}

type addressKey struct {
	octets [2 + 16]byte
	size   int
}

func keyOf(a netip.Addr, bits int) (k addressKey) {
	k.octets[1] = byte(bits)
	if a.Is4() {
		k.octets[0] = keyIPv4
		four := a.As4()
		k.size = 2 + copy(k.octets[2:], four[:])
	} else {
		k.octets[0] = keyIPv6
		sixteen := a.As16()
		k.size = 2 + copy(k.octets[2:], sixteen[:])
	}
	for i, left := 2, bits; i < k.size; i, left = i+1, left-8 {
		if left <= 0 {
			k.octets[i] = 0
		} else if left < 8 {
			k.octets[i] &= 0xFF << (8 - left)
		}
	}
	return k
}

// client makes the key that of clients.
func (k *addressKey) client() { k.octets[0] += toClient }

func (k *addressKey) bytes() []byte { return k.octets[:k.size] }
func (k *addressKey) hash() uint64  { return domain.HashBytes(k.bytes()) }

// keyText is what a key stands for, as people write it.
func keyText(key []byte) string {
	if _, ok := familyOf(key); !ok {
		return domain.Text(key)
	}
	a, ok := netip.AddrFromSlice(key[2:])
	if !ok {
		return ""
	}
	if int(key[1]) == a.BitLen() {
		return a.String()
	}
	return netip.PrefixFrom(a, int(key[1])).String()
}
