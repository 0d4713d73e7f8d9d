package evidence

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/evidence/pack"
	"lachan/internal/wording"
)

// What else was signed of a ledger: the ends of its segments, and at a node of a fleet the ends of
// the chains that its hub has written, as the node has seen them.

const (
	sealsFile = "ledger/seals.jsonl"
	seenFile  = "ledger/seen.jsonl"
)

// seen is a line of the member with what a node has seen of its hub's ledger.
type seen struct {
	Chain  string          `json:"chain"`
	Head   json.RawMessage `json:"head"`   // which the node has signed
	Record json.RawMessage `json:"record"` // the last one, which the hub has signed
}

// witnesses adds the seals of segments, and what a node has seen of its hub's ledger.
func (m *maker) witnesses(context.Context) error {
	seals, err := ledger.Seals(config.LedgerDir(m.Config))
	if err != nil {
		return err
	}
	text := ""
	for _, line := range seals {
		var end struct{ Last uint64 }
		if json.Unmarshal([]byte(line), &end) == nil && end.Last > m.decided.head.Seq {
			continue // closed later
		}
		text += line + "\n"
	}
	m.add(sealsFile, "Niêm phong các đoạn của sổ", "Số và mã băm của quyết định cuối mỗi đoạn đã đóng, máy chủ đã ký lúc đóng đoạn.",
		[]byte(text))
	heads, err := filepath.Glob(filepath.Join(config.FleetDir(m.Config), "*", "head"))
	if err != nil {
		return err
	}
	slices.Sort(heads)
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false) // a record is signed as it lies there
	for _, file := range heads {
		dir := filepath.Dir(file)
		head, err := ledger.ReadHead(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		record, failed := ledger.LastLine(dir)
		if err = errors.Join(err, failed); err != nil {
			return fmt.Errorf("read what this node has seen of %s: %w", filepath.Base(dir), err)
		}
		if digestOf(record) != head.Hash {
			continue // more has come since the head was written
		}
		if err := lines.Encode(seen{filepath.Base(dir), json.RawMessage(head.String()), record}); err != nil {
			return err
		}
	}
	m.add(seenFile, "Sổ của máy trung tâm, như nút này đã thấy", "Chỉ có ở hồ sơ lập tại một nút: quyết định cuối mà nút đã nhận của mỗi "+
		"khu vực, trung tâm đã ký, và chữ ký của nút. Sổ của trung tâm mà khác đi về sau thì trái với dòng này.", b.Bytes())
	return nil
}

func digestOf(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// sealed reads the seals of segments: the digest of the last record of each, by its number.
func sealed(p *pack.Pack, keys []ed25519.PublicKey, head uint64) (ends map[uint64]string, err error) {
	text, _ := p.Text(sealsFile)
	ends = map[uint64]string{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		last, hash, err := ledger.ParseSeal(bytes.TrimSuffix(line, []byte("\n")), keys...)
		if err == nil && last > head {
			err = wording.Error(textNoEnd.With(last, head))
		}
		if err != nil {
			return nil, wrong(sealsFile, textLine.With(number, err))
		}
		ends[last] = hash
	}
	return ends, nil
}

// witnessed checks what a node has seen: that it has signed the head, and that this is of the record.
func witnessed(p *pack.Pack) error {
	text, _ := p.Text(seenFile)
	number := 0
	for line := range bytes.Lines(text) {
		number++
		var s seen
		err := json.Unmarshal(line, &s)
		if err == nil {
			var head ledger.Head
			if head, err = ledger.ParseHead(string(s.Head)); err == nil && digestOf(s.Record) != head.Hash {
				err = ledger.ErrHead
			}
		}
		if err != nil || strings.TrimSpace(s.Chain) == "" {
			return wrong(seenFile, textLine.With(number, err))
		}
	}
	return nil
}
