package evidence

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/evidence/pack"
	"lachan/internal/wording"
	"lachan/metrics/report"
)

// most is how many bytes a file has that is read at all.
const most = pack.Most

// Verified is what verifying a pack has found.
type Verified struct {
	OK      bool      `json:"ok"`
	Unit    string    `json:"unit"`
	Period  string    `json:"period"`
	AsOf    time.Time `json:"as_of,omitzero"`
	Node    string    `json:"node,omitempty"`
	Key     string    `json:"key,omitempty"`
	Members int       `json:"members"`
	Records int       `json:"records"` // of the ledger, each signed
	Head    uint64    `json:"head"`    // number of the last record of the ledger
	Bad     string    `json:"bad,omitempty"`
	VI      string    `json:"vi,omitempty"` // what is wrong with it
	EN      string    `json:"en,omitempty"`
}

// text is what is said of it.
func (v *Verified) text() wording.Text {
	if v.OK {
		unit := v.Unit
		if unit == "" {
			unit = everything
		}
		return textWhole.With(unit, v.Period, v.Members, v.Records, v.Head)
	}
	return textBroken.With(wording.Text{VI: v.VI, EN: v.EN})
}

// Verify checks a pack: every byte of it, its seal, and what proves itself of its members. With
// a key, in hexadecimal, it has to be the one that has signed.
func Verify(text []byte, trusted string) (v Verified) {
	p, err := pack.Read(text)
	v.Unit, v.Period, v.AsOf, v.Node, v.Key, v.Members = p.Unit, p.Period, p.AsOf, p.Node, p.Key, len(p.Members)
	if err == nil && trusted != "" && !strings.EqualFold(trusted, p.Key) {
		err = &pack.WrongError{Member: pack.SealFile, What: textOtherKey.With(p.Key)}
	}
	if err == nil {
		err = v.contents(&p)
	}
	if v.OK = err == nil; v.OK {
		return v
	}
	said := wording.Of(err)
	v.VI, v.EN = said.VI, said.EN
	if wrong := (*pack.WrongError)(nil); errors.As(err, &wrong) {
		v.Bad = wrong.Member
	}
	return v
}

// contents checks the members that carry signatures or digests of their own, so that a seal by a
// stolen key is not enough.
func (v *Verified) contents(p *pack.Pack) error {
	for _, check := range []func(*pack.Pack) error{v.ledger, wordsOf, reported, listed, witnessed} {
		if err := check(p); err != nil {
			return err
		}
	}
	return nil
}

func wrong(member string, what wording.Text) error {
	return &pack.WrongError{Member: member, What: what}
}

// ledger checks the extract of the ledger: each line by its signature, those that follow each
// other by their chain, all of them by the head.
func (v *Verified) ledger(p *pack.Pack) error {
	const records, keysFile, headFile = "ledger/records.jsonl", "ledger/key.pub", "ledger/head"
	text, _ := p.Text(keysFile)
	keys, err := ledger.ParseKeys(text)
	if err != nil {
		return wrong(keysFile, textUnread.With(err))
	}
	if !bytes.Contains(text, []byte(p.Key)) {
		return wrong(keysFile, textSealKey)
	}
	text, _ = p.Text(headFile)
	head, err := ledger.ParseHead(string(text))
	if err != nil || !signedBy(head, keys) {
		return wrong(headFile, textUnread.With(ledger.ErrHead))
	}
	v.Head = head.Seq
	ends, err := sealed(p, keys, head.Seq)
	if err != nil {
		return err
	}
	text, _ = p.Text(records)
	seq, hash := uint64(0), ""
	for line := range bytes.Lines(text) {
		v.Records++
		r, sum, err := ledger.Proven(bytes.TrimSuffix(line, []byte("\n")), keys...)
		switch {
		case err != nil:
			return wrong(records, textLine.With(v.Records, err))
		case r.Seq <= seq, r.Seq == seq+1 && seq > 0 && r.Prev != hash, p.Unit == "" && seq > 0 && r.Seq != seq+1:
			return wrong(records, textChain.With(v.Records, r.Seq))
		case r.Seq > head.Seq, r.Seq == head.Seq && sum != head.Hash, ends[r.Seq] != "" && ends[r.Seq] != sum:
			return wrong(records, textBehind.With(v.Records, r.Seq, head.Seq))
		}
		seq, hash = r.Seq, sum
	}
	return nil
}

func signedBy(h ledger.Head, keys []ed25519.PublicKey) bool {
	for _, k := range keys {
		if hex.EncodeToString(k) == h.Key {
			return true
		}
	}
	return false
}

// wordsOf checks that words are those that records name.
func wordsOf(p *pack.Pack) error {
	const member = "ledger/words.jsonl"
	text, _ := p.Text(member)
	number := 0
	for line := range bytes.Lines(text) {
		number++
		var w words
		if err := json.Unmarshal(line, &w); err != nil {
			return wrong(member, textLine.With(number, err))
		}
		salt, err := hex.DecodeString(w.Salt)
		sum := sha256.Sum256(append(salt, w.Text...))
		if err != nil || hex.EncodeToString(sum[:]) != w.Digest {
			return wrong(member, textLine.With(number, textNotWords))
		}
	}
	return nil
}

// reported checks that the figures of the report have the hash that it states, and that the
// document is that of these figures.
func reported(p *pack.Pack) error {
	text, _ := p.Text("report.json")
	var m report.Model
	if err := json.Unmarshal(text, &m); err != nil || m.Data == nil {
		return wrong("report.json", textUnread.With(err))
	}
	if m.Data.Unit != p.Unit || m.Data.Period.Code != p.Period || report.HashOf(m.Data) != m.Hash {
		return wrong("report.json", textHash)
	}
	text, _ = p.Text("report.pdf")
	if seal, ok := report.FindSeal(text); !ok || seal.Hash != m.Hash {
		return wrong("report.pdf", textHash)
	}
	return nil
}
