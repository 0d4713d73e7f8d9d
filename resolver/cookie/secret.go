package cookie

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Parse reads secrets, one a line in hexadecimal digits, the one that makes
// cookies first. Empty lines and those that begin with # are skipped.
func Parse(text []byte) (s Secrets, err error) {
	line := 0
	for l := range bytes.Lines(text) {
		line++
		l = bytes.TrimSpace(l)
		if len(l) == 0 || l[0] == '#' {
			continue
		}
		octets, err := hex.DecodeString(string(l))
		if err != nil || len(octets) != 16 {
			return nil, fmt.Errorf("line %d is not 32 hexadecimal digits, as `openssl rand -hex 16` writes them", line)
		}
		s = append(s, [16]byte(octets))
	}
	if len(s) == 0 {
		return nil, errors.New("there is none; write one with `openssl rand -hex 16`")
	}
	return s, nil
}

// Renewed are secrets with a new one, and the last so that cookies which are
// with clients stay right.
func (s Secrets) Renewed() Secrets {
	var fresh [16]byte
	_, _ = rand.Read(fresh[:]) // it never fails
	return append(Secrets{fresh}, s[:min(1, len(s))]...)
}

// Text is what Parse reads.
func (s Secrets) Text() []byte {
	var b strings.Builder
	for _, secret := range s {
		fmt.Fprintf(&b, "%x\n", secret)
	}
	return []byte(b.String())
}
