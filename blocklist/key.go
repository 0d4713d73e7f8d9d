package blocklist

import (
	"net/netip"

	"lachan/blocklist/domain"
)

// Addresses are in the same table as names. The key of a prefix begins with a
// byte that no label has as its length, then comes the prefix length in bits,
// then the bytes of the address.
const (
	keyIPv4       = 0xF4
	keyIPv6       = 0xF6
	keyAll        = 0xF2 // alone: every name
	keyClientIPv4 = 0xF8 // of clients that ask, not of answers
	keyClientIPv6 = 0xFA
	toClient      = keyClientIPv4 - keyIPv4
)

// keyOfAll returns the key and the hash of a rule for every name.
func keyOfAll() (key []byte, hash uint64) {
	key = []byte{keyAll}
	return key, domain.HashBytes(key)
}

// The families of prefixes. Their lengths are noted by family.
const (
	familyIPv4 = iota
	familyIPv6
	familyClientIPv4
	familyClientIPv6
	families
)

// familyOf returns the family of an address key; ok is false for names.
func familyOf(key []byte) (family int, ok bool) {
	family = (int(key[0]) - keyIPv4) / 2
	return family, key[0] >= keyIPv4 && family < families
}

// An addressKey is the key of a prefix.
type addressKey struct {
	data [2 + 16]byte
	size int
}

// keyOf returns the key of the prefix of an address with that many bits.
func keyOf(a netip.Addr, bits int) (k addressKey) {
	k.data[1] = byte(bits)
	if a.Is4() {
		k.data[0] = keyIPv4
		four := a.As4()
		k.size = 2 + copy(k.data[2:], four[:])
	} else {
		k.data[0] = keyIPv6
		sixteen := a.As16()
		k.size = 2 + copy(k.data[2:], sixteen[:])
	}
	for i, left := 2, bits; i < k.size; i, left = i+1, left-8 {
		if left <= 0 {
			k.data[i] = 0
		} else if left < 8 {
			k.data[i] &= 0xFF << (8 - left)
		}
	}
	return k
}

// client turns the key into that of a client's prefix.
func (k *addressKey) client() { k.data[0] += toClient }

func (k *addressKey) bytes() []byte { return k.data[:k.size] }
func (k *addressKey) hash() uint64  { return domain.HashBytes(k.bytes()) }

// everyName is what stands for every name where the entry of a rule is shown.
const everyName = "*"

// keyText returns what a key stands for, as people write it.
func keyText(key []byte) string {
	if key[0] == keyAll {
		return everyName
	}
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
