package blocklist

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// digest is SHA-256 that prints itself.
type digest struct{ hash.Hash }

func newDigest() digest { return digest{sha256.New()} }

func (d digest) sum() string { return hex.EncodeToString(d.Hash.Sum(nil)) }
