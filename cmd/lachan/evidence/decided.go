package evidence

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
)

// What was decided: the lines of the ledger that are about the units of the pack, as they lie
// on disk. Each is signed by itself; records of others in between are left out.

// decided is what the ledger says, up to the moment that the pack is as of.
type decided struct {
	head    ledger.Head
	lines   bytes.Buffer // of the period and of the units
	count   int
	words   bytes.Buffer
	why     map[string]bool // digests of words that are in it
	objects map[key]held
	past    []held // exceptions that were taken away or replaced, in that order
	people  map[string]string
}

// A key is an object of a unit.
type key struct{ unit, object string }

// A held is what an object was, from one record to another.
type held struct {
	key
	value  json.RawMessage
	by     ledger.Record // that set it
	ended  time.Time     // when another record replaced it or took it away; zero if none did
	ending ledger.Record
}

// late is for how long after a period a record may have a time in it: a clock was set back.
const late = 24 * time.Hour

// ledger adds what was decided in the period, with what proves it.
func (m *maker) ledger(context.Context) error {
	dir := config.LedgerDir(m.Config)
	head, err := ledger.ReadHead(dir)
	if err != nil {
		return fmt.Errorf("read the head of the ledger: %w", err)
	}
	keys, err := ledger.PublicKeys(dir)
	if err != nil {
		return err
	}
	m.decided = &decided{why: map[string]bool{}, objects: map[key]held{}, people: map[string]string{}}
	seq, sum, err := m.readLedger(dir, head.Seq)
	if err != nil {
		return err
	}
	m.decided.head = ledger.HeadAt(seq, sum, m.key)
	m.add("ledger/records.jsonl", "Sổ quyết định, trích", "Nguyên văn các quyết định trong kỳ của đơn vị và các đơn vị cấp dưới; "+
		"mỗi dòng có chữ ký riêng và mã băm của quyết định đứng trước nó trong sổ.", m.decided.lines.Bytes())
	m.add("ledger/words.jsonl", "Lý do đã ghi", "Lời ghi kèm các quyết định trên; "+
		"SHA-256 của muối và lời là mã trong quyết định. Lời đã xóa thì không có ở đây.", m.decided.words.Bytes())
	m.add("ledger/head", "Đầu sổ", "Số và mã băm của quyết định cuối cùng trước lúc chốt số liệu, máy chủ đã ký.", []byte(m.decided.head.String()+"\n"))
	m.add("ledger/key.pub", "Khóa công khai", "Các khóa đã ký sổ và hồ sơ này; đối chiếu với phụ lục của báo cáo đã nộp.", keys)
	return nil
}

// readLedger reads the records up to the end of what the pack is as of, and returns the number and
// the digest of the last of them: what was decided later, and that a pack was made, changes nothing.
func (m *maker) readLedger(dir string, end uint64) (last uint64, sum string, err error) {
	var waiting []ledger.Written // after the period; they are included only if one of the period follows
	for r, err := range ledger.WrittenSince(dir, time.Time{}) {
		if err != nil {
			return 0, "", err
		}
		if r.Seq > end || !r.At.Before(m.At.Add(late)) {
			break
		}
		r.Line = bytes.Clone(r.Line)
		if !r.At.Before(m.At) {
			waiting = append(waiting, r)
			continue
		}
		for _, w := range append(waiting, r) {
			if err := m.take(dir, &w); err != nil {
				return 0, "", err
			}
			last, sum = w.Seq, digestOf(w.Line)
		}
		waiting = nil
	}
	return last, sum, nil
}

// take takes a record.
func (m *maker) take(dir string, w *ledger.Written) error {
	d, r := m.decided, &w.Record
	m.remember(r)
	if r.At.Before(m.period.Start) && d.count == 0 || !m.holds(r.Unit) {
		return nil
	}
	if d.count++; d.count%1000 == 0 && m.over(d.lines.Len()+d.words.Len()) {
		return ErrLarge
	}
	d.lines.Write(w.Line)
	d.lines.WriteByte('\n')
	if r.Why == "" || d.why[r.Why] {
		return nil
	}
	if salted, ok := ledger.SaltedIn(dir, r.Why); ok {
		d.why[r.Why] = true
		salt, text := salted[:ledger.SaltSize], salted[ledger.SaltSize:]
		line, err := json.Marshal(words{r.Why, hex.EncodeToString(salt), string(text)})
		if err != nil {
			return err
		}
		d.words.Write(append(line, '\n'))
	}
	return nil
}

// words is a line of the member with the words of records.
type words struct {
	Digest string `json:"digest"` // SHA-256 of the two others
	Salt   string `json:"salt"`   // in hexadecimal
	Text   string `json:"text"`
}

// remember keeps what a record sets, if tables tell it.
func (m *maker) remember(r *ledger.Record) {
	d := m.decided
	kind, rest, _ := bytes.Cut([]byte(r.Object), []byte("/"))
	switch string(kind) {
	case "account":
		var known struct{ Name string }
		if json.Unmarshal(r.New, &known) == nil {
			d.people[string(rest)] = known.Name
		}
	case "allow", "block":
		k := key{r.Unit, r.Object}
		if before, was := d.objects[k]; was {
			before.ended, before.ending = r.At, *r
			d.past = append(d.past, before)
			delete(d.objects, k)
		}
		if len(r.New) > 0 && string(r.New) != "null" {
			kept := *r
			kept.New, kept.Old = bytes.Clone(r.New), nil
			d.objects[k] = held{key: k, value: kept.New, by: kept}
		}
	}
}

// person is what people call an account.
func (d *decided) person(id string) string { return cmp.Or(d.people[id], id) }
