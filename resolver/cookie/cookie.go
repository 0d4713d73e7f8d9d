// Package cookie makes and checks the DNS cookies of a server (RFC 7873) in the
// form that servers of every make agree on (RFC 9018). A client that shows the
// cookie it was given has read an answer at its address: no other host asks in its
// name.
package cookie

import (
	"crypto/subtle"
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/dchest/siphash"
)

// Sizes in bytes.
const (
	ClientSize = 8               // of what the client makes up
	Size       = ClientSize + 16 // of that with what the server makes
	leastWhole = ClientSize + 8  // of what some server may have made
	mostWhole  = ClientSize + 32
)

// How far the time of a cookie may be from now (RFC 9018 section 4.3), in
// seconds.
const (
	maxAge  = 3600
	maxHead = 300 // another server's clock may be ahead
)

// version is the first byte of what the server makes; three of zero follow.
const version = 1

// Secrets are those of a server or of a fleet. The first makes cookies; those
// that are made with any of them are right. They are never written.
type Secrets [][16]byte

// WellFormed reports whether an option is a client's cookie alone or with a
// server's; any other is an error of the format (RFC 7873 section 5.2.2).
func WellFormed(option []byte) bool {
	return len(option) == ClientSize || leastWhole <= len(option) && len(option) <= mostWhole
}

// Append appends the cookie of a client that has made up the first bytes of
// option, which is well-formed, and asks from an address. There is a secret.
func (s Secrets) Append(dst, option []byte, client netip.Addr, now time.Time) []byte {
	begin := len(dst)
	dst = append(dst, option[:ClientSize]...)
	dst = append(dst, version, 0, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, uint32(now.Unix()))
	return binary.LittleEndian.AppendUint64(dst, sum(s[0], dst[begin:], client))
}

// Verify reports whether an option is a cookie that was made with one of the
// secrets, for that address and not long ago.
func (s Secrets) Verify(option []byte, client netip.Addr, now time.Time) bool {
	if len(option) != Size || option[ClientSize] != version {
		return false
	}
	signed, shown := option[:Size-8], option[Size-8:]
	age := int32(uint32(now.Unix()) - binary.BigEndian.Uint32(signed[len(signed)-4:])) // RFC 1982
	if age > maxAge || age < -maxHead {
		return false
	}
	for _, secret := range s {
		var own [8]byte
		binary.LittleEndian.PutUint64(own[:], sum(secret, signed, client))
		if subtle.ConstantTimeCompare(own[:], shown) == 1 {
			return true
		}
	}
	return false
}

// sum signs what a cookie says together with the address that it is for (RFC 9018
// section 4.4).
func sum(secret [16]byte, signed []byte, client netip.Addr) uint64 {
	var buf [Size - 8 + 16]byte
	message := append(buf[:0], signed...)
	if client = client.Unmap(); client.Is4() {
		four := client.As4()
		message = append(message, four[:]...)
	} else {
		sixteen := client.As16()
		message = append(message, sixteen[:]...)
	}
	return siphash.Hash(binary.LittleEndian.Uint64(secret[:8]), binary.LittleEndian.Uint64(secret[8:]), message)
}
