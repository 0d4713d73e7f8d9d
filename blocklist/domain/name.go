// Package domain holds names of the DNS as the rest of the program compares
// them: lower case, in wire form, with a hash for every suffix. It is the leaf
// that imports no other package of this module.
package domain

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Limits of RFC 1035 section 2.3.4, in bytes of wire form.
const (
	MaxWire   = 255 // a name, its final zero byte included
	MaxLabel  = 63
	MaxLabels = 127
)

// Errors of names in wire form.
var (
	ErrTruncated = errors.New("name ends before its last label")
	ErrPointer   = errors.New("compression pointer where none may be, or one that does not point back")
	ErrLength    = errors.New("name is longer than 255 octets")
	ErrLabelType = errors.New("label type is neither a length nor a pointer")
)

// A Name is a domain name in canonical wire form: lower case, uncompressed.
// It is large and meant to be reused; the zero Name is the root. The Set
// methods replace what it holds. A Name may be read by any number of
// goroutines once it is set.
type Name struct {
	wire   [MaxWire + 9]byte // 9 spare bytes let the hash read 8 at a time
	length int               // bytes used of wire, final zero byte included; 0 means the root
	labels int
	start  [MaxLabels + 1]uint8  // start[i]: offset of label i from the left; start[labels]: of the final zero byte
	hash   [MaxLabels + 1]uint64 // hash[k]: hash of the k rightmost labels
}

// SetWire reads an uncompressed name at off of msg, as a question has it, and
// returns the offset after it.
func (n *Name) SetWire(msg []byte, off int) (next int, err error) {
	return n.read(msg, off, false)
}

// SetCompressed reads a name at off of msg, following compression pointers
// (RFC 1035 section 4.1.4), each of which must point before the bytes read so
// far. It returns the offset after the name where it began.
func (n *Name) SetCompressed(msg []byte, off int) (next int, err error) {
	return n.read(msg, off, true)
}

func (n *Name) read(msg []byte, off int, pointers bool) (next int, err error) {
	n.length, n.labels = 0, 0
	var length, labels int
	lowest := off // every pointer must lead before this
	for {
		if off >= len(msg) {
			return 0, ErrTruncated
		}
		c := int(msg[off])
		switch {
		case c == 0:
			if next == 0 {
				next = off + 1
			}
			n.wire[length] = 0
			n.start[labels] = uint8(length)
			n.length, n.labels = length+1, labels
			n.sum()
			return next, nil
		case c <= MaxLabel:
			if off+1+c > len(msg) {
				return 0, ErrTruncated
			}
			if length+1+c+1 > MaxWire {
				return 0, ErrLength
			}
			n.start[labels] = uint8(length)
			labels++
			n.wire[length] = byte(c)
			for i, b := range msg[off+1 : off+1+c] {
				n.wire[length+1+i] = lower[b]
			}
			length += 1 + c
			off += 1 + c
		case c >= 0xC0:
			if off+1 >= len(msg) {
				return 0, ErrTruncated
			}
			to := (c&0x3F)<<8 | int(msg[off+1])
			if !pointers || to >= lowest {
				return 0, ErrPointer
			}
			if next == 0 {
				next = off + 2
			}
			off, lowest = to, to
		default:
			return 0, ErrLabelType
		}
	}
}

// Odd constants with as many ones as zeros, from the digits of the golden
// ratio and of pi.
const (
	hashSeed = 0x9E3779B97F4A7C15
	hashA    = 0xA0761D6478BD642F
	hashB    = 0xE7037ED1A0B428DB
)

// sum computes the hash of every suffix in one pass from the root to the left,
// eight bytes at a time.
func (n *Name) sum() {
	h := uint64(hashSeed)
	n.hash[0] = h
	for k := 1; k <= n.labels; k++ {
		at := int(n.start[n.labels-k])
		size := int(n.wire[at])
		at++
		for size > 8 {
			h = mix(h^binary.LittleEndian.Uint64(n.wire[at:]), hashA)
			at += 8
			size -= 8
		}
		last := binary.LittleEndian.Uint64(n.wire[at:]) & (^uint64(0) >> (64 - 8*uint(size)))
		h = mix(h^last, hashB^uint64(size))
		n.hash[k] = h
	}
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// HashBytes hashes any key with the function that hashes names; keys that are
// not names (prefixes of addresses) share their tables that way.
func HashBytes(key []byte) uint64 {
	h := uint64(hashSeed)
	for len(key) > 8 {
		h = mix(h^binary.LittleEndian.Uint64(key), hashA)
		key = key[8:]
	}
	var last [8]byte
	copy(last[:], key)
	return mix(h^binary.LittleEndian.Uint64(last[:]), hashB^uint64(len(key)))
}

// Labels counts the labels; the root has none.
func (n *Name) Labels() int { return n.labels }

// Hash returns the hash of the k rightmost labels, 0 <= k <= Labels(). It is the
// same in every process, so that a file may hold it.
func (n *Name) Hash(k int) uint64 { return n.hash[k] }

// Suffix returns the wire form of the k rightmost labels without the final zero
// byte. The slice is part of n.
func (n *Name) Suffix(k int) []byte {
	if n.length == 0 {
		return nil
	}
	return n.wire[n.start[n.labels-k] : n.length-1]
}

// Wire returns the whole name with its final zero byte. The slice is part of n.
func (n *Name) Wire() []byte {
	if n.length == 0 {
		return rootWire[:]
	}
	return n.wire[:n.length]
}

var rootWire = [1]byte{0}

// Equal reports whether both are the same name.
func (n *Name) Equal(o *Name) bool { return string(n.Wire()) == string(o.Wire()) }

// Within reports whether n is o or below it.
func (n *Name) Within(o *Name) bool {
	return o.labels <= n.labels && string(n.Suffix(o.labels)) == string(o.Suffix(o.labels))
}

var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()
