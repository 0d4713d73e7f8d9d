package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"strings"
)

// TokenPrefix begins every token, so that those who look for secrets in public places
// find it.
const TokenPrefix = "lachan_"

// A token is its prefix, 32 characters of chance and 6 of their CRC-32, all of 0-9A-Za-z.
const (
	tokenChance   = 32
	tokenChecksum = 6
	base62        = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// NewToken is a token, and the hash that is kept of it.
func NewToken() (token, hash string) {
	chance := make([]byte, 0, tokenChance)
	for len(chance) < tokenChance {
		var random [64]byte
		_, _ = rand.Read(random[:])
		for _, b := range random {
			if n := int(b >> 2); n < len(base62) && len(chance) < tokenChance {
				chance = append(chance, base62[n])
			}
		}
	}
	token = TokenPrefix + string(chance) + checksum(string(chance))
	return token, hashToken(token)
}

// HashToken is what is kept of a token; ok is false if the text is none, which is told
// by its checksum without looking anywhere.
func HashToken(token string) (hash string, ok bool) {
	rest, ok := strings.CutPrefix(token, TokenPrefix)
	if !ok || len(rest) != tokenChance+tokenChecksum || checksum(rest[:tokenChance]) != rest[tokenChance:] {
		return "", false
	}
	return hashToken(token), true
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// checksum is the CRC-32 (IEEE) of a text in base 62, the highest digit first.
func checksum(text string) string {
	n := crc32.ChecksumIEEE([]byte(text))
	var digits [tokenChecksum]byte
	for i := range digits {
		digits[tokenChecksum-1-i] = base62[n%62]
		n /= 62
	}
	return string(digits[:])
}
