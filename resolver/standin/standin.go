// Package standin is how a node asks its own endpoints what a client of a group would
// get there: an EDNS option that says as whom, and proves that the node itself asks.
//
// The proof is a MAC by a key that is made anew at each start of the managing process,
// is told to what answers over their own socket, and lies on no disk. It covers the
// question and the time, and counts from loopback addresses alone. So a client cannot
// make one, and whoever sees one can do no more with it than ask the same question,
// from this machine, within a minute.
package standin

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"time"
)

// Code is that of the option, of the range for local use (RFC 6891 section 9).
const Code = 65076

const (
	macSize     = 16
	timeSize    = 8
	addressSize = 16
	headSize    = macSize + timeSize + addressSize
	mostUnit    = 255 // bytes of the id of a unit
)

// Life is how far the time of an option may be from that of its reader.
const Life = time.Minute

// A Key makes options and reads them. The zero value makes none that count, and reads
// none.
type Key [32]byte

// NewKey is a key that nobody knows.
func NewKey() (k Key) {
	_, _ = rand.Read(k[:]) // it cannot fail
	return k
}

// IsSet reports whether there is a key.
func (k *Key) IsSet() bool { return *k != Key{} }

// A Claim says as whom a question is asked.
type Claim struct {
	// Address is that of a client, whose unit is to be found; invalid: Unit says it.
	Address netip.Addr
	Unit    string // "school" or "school/group"
}

// Append appends the data of the option for a question, whose name is in canonical wire
// form. It is nil if the id of the unit is too long.
func (k *Key) Append(dst []byte, c Claim, name []byte, qtype uint16, at time.Time) []byte {
	if len(c.Unit) > mostUnit {
		return nil
	}
	start := len(dst)
	dst = append(dst, make([]byte, headSize)...)
	dst = append(dst, c.Unit...)
	option := dst[start:]
	binary.BigEndian.PutUint64(option[macSize:], uint64(at.Unix()))
	if c.Address.IsValid() {
		address := c.Address.As16()
		copy(option[macSize+timeSize:], address[:])
	}
	copy(option, k.mac(option[macSize:], name, qtype))
	return dst
}

// Read is the claim of an option. It is not ok unless the holder of the key made it for
// this question, at about this time.
func (k *Key) Read(option, name []byte, qtype uint16, now time.Time) (c Claim, ok bool) {
	if !k.IsSet() || len(option) < headSize || len(option) > headSize+mostUnit {
		return c, false
	}
	if !hmac.Equal(option[:macSize], k.mac(option[macSize:], name, qtype)) {
		return c, false
	}
	at := time.Unix(int64(binary.BigEndian.Uint64(option[macSize:])), 0)
	if age := now.Sub(at); age > Life || age < -Life {
		return c, false
	}
	address := [addressSize]byte(option[macSize+timeSize:])
	if address != ([addressSize]byte{}) {
		c.Address = netip.AddrFrom16(address).Unmap()
	}
	c.Unit = string(option[headSize:])
	return c, true
}

func (k *Key) mac(body, name []byte, qtype uint16) []byte {
	h := hmac.New(sha256.New, k[:])
	_, _ = h.Write([]byte{1, byte(len(name)), byte(qtype >> 8), byte(qtype)}) // a hash takes everything
	_, _ = h.Write(name)
	_, _ = h.Write(body)
	return h.Sum(nil)[:macSize]
}
