package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"lachan/internal/durable"
)

// A Head is the end of a ledger, signed: whoever has kept it knows whether what is before
// was changed, and whether the end was cut off. Its fields are in the order of their keys.
type Head struct {
	Hash string `json:"hash"` // of the line of the last record; "" if there is none
	Key  string `json:"key"`  // the public one that has signed
	Seq  uint64 `json:"seq"`
	Sig  string `json:"sig,omitempty"` // of the rest of the JSON
}

// ErrHead is the error of a head that its key has not signed.
var ErrHead = errors.New("the head of a ledger is not signed by its key")

// HeadAt is the head that a ledger had when the record of a number and a digest was its last.
func HeadAt(seq uint64, digest string, key ed25519.PrivateKey) Head {
	return Head{Hash: digest, Seq: seq}.sign(key)
}

// sign signs a head.
func (h Head) sign(key ed25519.PrivateKey) Head {
	public, _ := key.Public().(ed25519.PublicKey) // it is one
	h.Key, h.Sig = hex.EncodeToString(public), ""
	text, _ := encode(h) // it has nothing that cannot be
	h.Sig = base64.RawStdEncoding.EncodeToString(ed25519.Sign(key, text))
	return h
}

// Check is ErrHead if the key of a head has not signed it. Whose key it is the caller has
// to know.
func (h Head) Check() error {
	key, err := hex.DecodeString(h.Key)
	sig, wrong := base64.RawStdEncoding.Strict().DecodeString(h.Sig)
	h.Sig = ""
	text, failed := encode(h)
	if errors.Join(err, wrong, failed) != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, text, sig) {
		return ErrHead
	}
	return nil
}

// signedBy reports whether one of some keys has signed it.
func (h Head) signedBy(keys []ed25519.PublicKey) bool {
	one := slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool { return hex.EncodeToString(k) == h.Key })
	return one && h.Check() == nil
}

// String is the head as one line of JSON, as it is kept elsewhere.
func (h Head) String() string {
	text, _ := encode(h)
	return string(text)
}

// ParseHead reads what String has written, if it is signed.
func ParseHead(text string) (h Head, err error) {
	if err = json.Unmarshal([]byte(text), &h); err != nil {
		return h, fmt.Errorf("%w: %w", ErrHead, err)
	}
	return h, h.Check()
}

// headFile has the head that was last written, so that a tail that is cut off is noticed.
const headFile = "head"

// ReadHead is the head of the ledger in a folder as it was a moment ago.
func ReadHead(dir string) (h Head, err error) {
	text, err := os.ReadFile(filepath.Join(dir, headFile))
	if err != nil {
		return h, err
	}
	return ParseHead(string(text))
}

func (l *Ledger) writeHead(h Head) error {
	return durable.WriteFile(filepath.Join(l.dir, headFile), []byte(h.String()+"\n"), 0o600)
}
