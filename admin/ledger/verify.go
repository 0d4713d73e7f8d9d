package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A Report is what verifying a ledger has found.
type Report struct {
	Records uint64
	Head    Head
	// Bad is what is wrong with the first record that is; nil if none is.
	Bad *Bad
	// Console reports whether console.yaml is the fold of the records.
	Console bool
	Erased  int // records whose words are gone
}

// Bad is a record, or a place for one, that is wrong.
type Bad struct {
	Seq  uint64
	File string
	Line int
	What error
}

// Error is where it is and what is wrong.
func (b *Bad) Error() string {
	return fmt.Sprintf("record %d (%s:%d): %v", b.Seq, b.File, b.Line, b.What)
}

// What can be wrong with a record.
var (
	errChain     = errors.New("it does not follow the record before: one was changed, removed or moved")
	errSignature = errors.New("its signature is not of this node")
	errUnread    = errors.New("it cannot be read")
	errGroup     = errors.New("its group is not whole")
)

// Verify checks the ledger in a folder: chain, signatures, numbers, and that console.yaml
// is their fold.
func Verify(dir string) (rep Report, err error) {
	public, err := readPublic(dir)
	if err != nil {
		return rep, err
	}
	names, err := files(dir)
	if err != nil {
		return rep, err
	}
	w := words{dir: filepath.Join(dir, "words")}
	state, more := newState(), 0
	for _, name := range names {
		for line, err := range lines(name) {
			if err != nil {
				return rep, err
			}
			r, failed := decode(line.text)
			bad := func(what error) (Report, error) {
				rep.Bad = &Bad{rep.Head.Seq + 1, filepath.Base(name), line.number, what}
				return rep, nil
			}
			switch {
			case failed != nil || !line.ended:
				return bad(errUnread)
			case r.Seq != rep.Head.Seq+1 || r.Prev != rep.Head.Hash:
				return bad(errChain)
			case !signed(line.text, public):
				return bad(errSignature)
			case more > 0 && r.More != more-1:
				return bad(errGroup)
			}
			if _, err := os.Stat(filepath.Join(w.dir, r.Why)); r.Why != "" && errors.Is(err, fs.ErrNotExist) {
				rep.Erased++
			}
			more = r.More
			state.set(&r)
			rep.Records++
			rep.Head = Head{r.Seq, digest(line.text), r.Sig}
		}
	}
	console, err := os.ReadFile(filepath.Join(dir, consoleFile))
	rep.Console = err == nil && bytes.Equal(console, state.Console(w.read)) ||
		errors.Is(err, fs.ErrNotExist) && state.seq == 0
	return rep, nil
}

func publicText(key ed25519.PublicKey) []byte { return []byte(hex.EncodeToString(key) + "\n") }

func readPublic(dir string) (ed25519.PublicKey, error) {
	text, err := os.ReadFile(filepath.Join(dir, "key.pub"))
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err == nil && len(key) != ed25519.PublicKeySize {
		err = errors.New("key.pub has no key")
	}
	return key, err
}
