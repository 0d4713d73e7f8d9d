package main

import "strconv"

// A kind keeps names apart: a name of one kind is never one of another.
type kind uint64

const (
	listed kind = iota
	popular
	missed
)

var (
	initials = [16]string{"b", "c", "d", "g", "h", "k", "l", "m", "n", "ph", "r", "s", "t", "tr", "v", "x"}
	finals   = [16]string{"a", "ai", "an", "ang", "ao", "e", "en", "i", "ia", "o", "on", "ong", "u", "ua", "un", "uy"}
	tops     = [8]string{"example", "net.example", "com.example", "com.example", "edu.example", "vn.example", "org.example", "gov.example"}
)

// name is name number i of a kind: two or three syllables and a number, below
// what stands for a top-level domain, 15 to 30 letters in all.
func name(k kind, i int) string {
	bits := scramble(uint64(i)<<2 | uint64(k))
	text := ""
	for range 2 + bits&1 {
		bits >>= 1
		text += initials[bits&15] + finals[bits>>4&15]
		bits >>= 8
	}
	return text + "-" + strconv.FormatUint(uint64(i)<<2|uint64(k), 36) + "." + tops[bits&7]
}

// scramble makes all bits of the result depend on all of x; no two results are
// the same (the finalizer of MurmurHash3).
func scramble(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xFF51AFD7ED558CCD
	x ^= x >> 33
	x *= 0xC4CEB9FE1A85EC53
	return x ^ x>>33
}
