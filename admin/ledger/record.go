// Package ledger keeps what was decided: records in files that only grow, each chained to
// the one before and signed by this node. The state is the fold of the records: of each
// object of each unit the last value. FORMAT.md says how it lies on disk.
package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Record is one assignment: it sets an object of a unit from one value to another. Its
// fields are in the order of their keys, as the line has them.
type Record struct {
	Area string    `json:"area"` // the unit at the top
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	From uint64    `json:"from,omitempty"` // its number in the ledger that this chain is made of
	// Made is when it was decided, where that was elsewhere and before At; zero otherwise.
	Made    time.Time       `json:"made,omitzero"`
	More    int             `json:"more,omitempty"` // how many records of the same group follow
	New     json.RawMessage `json:"new"`            // null takes the object away
	Object  string          `json:"object"`
	Of      uint64          `json:"of,omitempty"` // the record that this one undoes, or confirms
	Old     json.RawMessage `json:"old"`
	Prev    string          `json:"prev"`              // SHA-256 of the line before
	Request string          `json:"request,omitempty"` // that it answers
	Role    string          `json:"role"`
	Seq     uint64          `json:"seq"` // from 1
	Sig     string          `json:"sig,omitempty"`
	Unit    string          `json:"unit"`
	Via     string          `json:"via"`
	What    string          `json:"what"`          // the verb that people read
	Why     string          `json:"why,omitempty"` // salted digest of the words, which lie apart
}

// A Draft is a record as its author knows it.
type Draft struct {
	Area, Unit, By, Role, Via, What, Object string
	// Old and New are the values before and after; nil is null.
	Old, New json.RawMessage
	Words    string // why
	Request  string
	Of       uint64
	// Expect is the number of the record that set the object, 0 if none has.
	Expect uint64
	Made   time.Time // when it was decided, if that was elsewhere
}

// Generation is the object that says which streams nodes of a fleet follow, since the ledger was
// put together of copies.
const Generation = "generation"

// Bounds of what is written, so that no reader needs more memory for it.
const (
	mostLine  = 1 << 20  // bytes of a record
	mostGroup = 8 << 20  // bytes of the records of a group
	mostWords = 64 << 10 // bytes of the words of a record
)

// MaxCarried bounds records that nodes of a fleet are to have, in bytes: what carries
// them takes no longer ones.
const MaxCarried = 60 << 10

// ErrConflict is the error of a draft whose object another record has set meanwhile.
var ErrConflict = errors.New("another record has set the object")

// ErrValue is wrapped by the error of a draft that cannot be a record.
var ErrValue = errors.New("it cannot be a record")

// moment is a time as records have it.
func moment(t time.Time) time.Time {
	return t.Truncate(time.Millisecond).In(time.FixedZone("", 7*60*60))
}

// record is the record of a draft, without its place in the chain and without its words.
func (d *Draft) record() (r Record, err error) {
	r = Record{
		Area: d.Area, Unit: d.Unit, By: d.By, Role: d.Role, Via: d.Via, What: d.What, Object: d.Object,
		Request: d.Request, Of: d.Of,
	}
	if !d.Made.IsZero() {
		r.Made = moment(d.Made)
	}
	if d.Object == "" {
		return r, fmt.Errorf("%w: it sets no object", ErrValue)
	}
	if len(d.Words) > mostWords {
		return r, fmt.Errorf("%w: %d bytes of words are more than %d", ErrValue, len(d.Words), mostWords)
	}
	if r.Old, err = canonical(d.Old); err != nil {
		return r, err
	}
	r.New, err = canonical(d.New)
	return r, err
}

// Size is how long the record of a draft is at most, in bytes. One that is far from long is
// not measured.
func (d *Draft) Size() int {
	const short, place = 4 << 10, 400 // chain, numbers, signature, digest of the words
	size := len(d.Old) + len(d.New) + len(d.Object) + len(d.Unit) + len(d.Area) + len(d.By) + place
	if size < short {
		return size
	}
	r, err := d.record()
	if err != nil {
		return size // Append says what is wrong
	}
	text, err := encode(&r)
	if err != nil {
		return size
	}
	return len(text) + place
}

// line is a record as it lies on disk, with its signature and without the end of the line.
func (r *Record) line(key ed25519.PrivateKey) ([]byte, error) {
	r.Sig = ""
	text, err := encode(r)
	if err != nil {
		return nil, err
	}
	r.Sig = base64.RawStdEncoding.EncodeToString(ed25519.Sign(key, text))
	if text, err = encode(r); err == nil && len(text) > mostLine {
		err = fmt.Errorf("%w: %d bytes are more than %d", ErrValue, len(text), mostLine)
	}
	return text, err
}

// signedBy reports whether a line was signed by one of some keys. What is signed is the
// line without its signature.
func signedBy(line []byte, keys []ed25519.PublicKey) bool {
	const begin = `,"sig":"`
	at := bytes.LastIndex(line, []byte(begin)) // no text after it can have a quote
	if at < 0 {
		return false
	}
	text, after, ok := bytes.Cut(line[at+len(begin):], []byte(`"`))
	sig, err := base64.RawStdEncoding.Strict().DecodeString(string(text))
	if !ok || err != nil || len(sig) != ed25519.SignatureSize {
		return false
	}
	signed := append(bytes.Clone(line[:at]), after...)
	for _, key := range keys {
		if ed25519.Verify(key, signed, sig) {
			return true
		}
	}
	return false
}

// Proven reads a line without its line feed that one of some keys has signed. hash is what the
// record after it has as Prev.
func Proven(line []byte, keys ...ed25519.PublicKey) (r Record, hash string, err error) {
	if r, err = read(line); err != nil {
		return r, "", fmt.Errorf("%w: %w", ErrUnread, err)
	}
	if !signedBy(line, keys) {
		return r, "", ErrSignature
	}
	return r, digest(line), nil
}

func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// canonical is a value with its keys in order, without spaces and without fractions, which
// programs write in different ways.
func canonical(value json.RawMessage) (json.RawMessage, error) {
	if len(bytes.TrimSpace(value)) == 0 {
		return json.RawMessage("null"), nil
	}
	if len(value) > mostLine {
		return nil, fmt.Errorf("%w: a value of %d bytes is more than %d", ErrValue, len(value), mostLine)
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrValue, err)
	}
	if d.More() {
		return nil, fmt.Errorf("%w: something follows its value", ErrValue)
	}
	if fraction(v) {
		return nil, fmt.Errorf("%w: a number has a fraction or an exponent", ErrValue)
	}
	return encode(v)
}

func fraction(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return strings.ContainsAny(v.String(), ".eE")
	case map[string]any:
		for _, item := range v {
			if fraction(item) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if fraction(item) {
				return true
			}
		}
	}
	return false
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// null makes a JSON null nil, as drafts have it.
func null(value json.RawMessage) json.RawMessage {
	if string(value) == "null" {
		return nil
	}
	return value
}
