package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// What is written down: tables of orders, words in reports, files that were read again.

// Papers keep the tables of orders that are handed over.
type Papers interface {
	// CheckTable says what a table comes to, or why it cannot be used at all.
	CheckTable(ctx context.Context, t *OrderTable) (TableReport, error)
	// Keep puts it on the disk, where nothing reads it yet; cancel removes it again.
	Keep(t *OrderTable) (cancel func(), err error)
	// Settle makes what is in force of an authority what the ledger says, and reports
	// whether resolve answers by it already.
	Settle(ctx context.Context, authority string) (inForce bool, err error)
}

// An OrderTable is the table of an order that an authority hands over.
type OrderTable struct {
	Authority string // unit
	Document  string
	File      string // name of the table's file
	Digest    string // SHA-256 of Data, as the record has it
	Data      []byte
}

// A TableReport is what became of the rows of a table.
type TableReport struct {
	Entries  int // that are used
	Twice    int // that were there already
	Refused  int
	Rows     []RefusedRow // the first of those refused
	Doubtful []string     // names that wait until somebody lets them through: see ApproveList
	// InForce reports whether resolve answers by it; what takes longer comes in force later.
	InForce bool
}

// A RefusedRow is a row that cannot be used.
type RefusedRow struct {
	Line int
	Text string
	Why  wording.Text
}

// mostTable bounds a table.
const mostTable = 16 << 20

type orderValue struct {
	Table   string `json:"table"` // SHA-256
	Version int    `json:"version"`
	File    string `json:"file"`
}

const orders = "order/"

// Tables are the tables of an authority that are in force by the ledger, without their data.
func Tables(state *ledger.State, authority string) (list []OrderTable) {
	for v := range state.Kind(orders) {
		var value orderValue
		if v.Unit != authority || v.New == nil || json.Unmarshal(v.New, &value) != nil {
			continue
		}
		list = append(list, OrderTable{
			Authority: authority, Document: strings.TrimPrefix(v.Object, orders), File: value.File, Digest: value.Table,
		})
	}
	return list
}

func (o HandOver) plan(d *Desk, q *asking) (plan, error) {
	if err := q.may(account.Order, o.Authority); err != nil {
		return plan{}, err
	}
	if q.tree.Kind(o.Authority) != account.KindAuthority {
		return plan{}, invalid("authority", textNoAuthority.With(shown(o.Authority), known(q.tree.authorities)))
	}
	if len(o.Table) == 0 || len(o.Table) > mostTable {
		return plan{}, invalid("table", textTableSize.With(mostTable>>20))
	}
	if !isDocument(o.Document) {
		return plan{}, invalid("document", textNoDocument.With(shown(o.Document)))
	}
	table := OrderTable{o.Authority, o.Document, shown(path.Base(o.File)), digest(o.Table), o.Table}
	report, err := d.parts.Papers.CheckTable(q.ctx, &table)
	if err != nil {
		return plan{}, invalid("table", textTable.With(err))
	}
	if report.Entries == 0 {
		text := textNothingUsed.With(report.Refused)
		if len(report.Rows) > 0 {
			text = wording.Join(text, textFirstRow.With(report.Rows[0].Line, report.Rows[0].Why))
		}
		return plan{}, invalid("table", text)
	}
	object := orders + o.Document
	value := orderValue{Table: table.Digest, Version: 1, File: table.File}
	if old, ok := q.state.Get(o.Authority, object); ok {
		var before orderValue
		if json.Unmarshal(old.New, &before) == nil {
			value.Version = before.Version + 1
		}
	}
	p := planOf(none, q.draft(account.Order, "hand-over", o.Authority, object, value))
	p.outcome.Table = &report
	p.first = func(*plan, *Outcome) (func(), error) { return d.parts.Papers.Keep(&table) }
	p.done = settle(d, o.Authority)
	return p, nil
}

// settle has what the ledger says of an authority in force.
func settle(d *Desk, authority string) func(context.Context, *Outcome) error {
	return func(ctx context.Context, out *Outcome) (err error) {
		if out.Table == nil {
			out.Table = &TableReport{}
		}
		told := *out.Table
		told.InForce, err = d.parts.Papers.Settle(ctx, authority)
		out.Table = &told
		return err
	}
}

// known lists the names that there are, for a message about one that does not exist.
func known(names []string) string {
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

func (o TakeBack) plan(d *Desk, q *asking) (plan, error) {
	if err := q.may(account.Order, o.Authority); err != nil {
		return plan{}, err
	}
	object := orders + o.Document
	if old, ok := q.state.Get(o.Authority, object); !ok || old.New == nil {
		var documents []string
		for _, table := range Tables(q.state, o.Authority) {
			documents = append(documents, table.Document)
		}
		text := textNoOrderTable.With(shown(o.Document), shown(o.Authority), known(documents))
		return plan{}, &Refusal{Kind: NotFound, Field: "document", Text: text}
	}
	p := planOf(none, q.draft(account.Order, "take-back", o.Authority, object, nil))
	p.done = settle(d, o.Authority)
	return p, nil
}

// isDocument reports whether a text may be the number of a document. (An expression with
// classes of letters takes a third of the start of the program to be compiled.)
func isDocument(text string) bool {
	for i, c := range text {
		word := unicode.IsLetter(c) || unicode.IsNumber(c)
		if !word && (i == 0 || !strings.ContainsRune(" ./_-", c)) {
			return false
		}
	}
	size := utf8.RuneCountInString(text)
	return 0 < size && size <= 100
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// A wordsValue is what a record says of the words of an officer; they are the reason of
// the record, so that they can be erased.
type wordsValue struct {
	Digest string `json:"digest"`
}

var isPeriod = regexp.MustCompile(`^[0-9A-Za-z.-]{4,22}$`)

func (o SetWords) plan(_ *Desk, q *asking) (plan, error) {
	if err := q.may(account.Report, o.Unit); err != nil {
		return plan{}, err
	}
	if err := q.there(o.Unit); err != nil {
		return plan{}, err
	}
	if !isPeriod.MatchString(o.Period) || !isID.MatchString(o.Part) {
		return plan{}, invalid("period", textNoPart.With(shown(o.Period), shown(o.Part)))
	}
	if len(o.Text) > mostOfPart {
		return plan{}, invalid("text", textLong.With(mostOfPart))
	}
	var value any
	if o.Text != "" {
		value = wordsValue{digest([]byte(o.Text))}
	}
	draft := q.draft(account.Report, "words", o.Unit, "words/"+o.Period+"/"+o.Part, value)
	draft.Words = o.Text
	return planOf(none, draft), nil
}

// mostOfPart bounds the words of one part of a report, in bytes.
const mostOfPart = 16 << 10

// A handedValue is what a record says of a pack that was handed out.
type handedValue struct {
	SHA256 string `json:"sha256"`
}

func (o HandOut) plan(_ *Desk, q *asking) (plan, error) {
	if err := q.may(account.Audit, o.Unit); err != nil {
		return plan{}, err
	}
	if err := q.there(o.Unit); err != nil {
		return plan{}, err
	}
	if !isPeriod.MatchString(o.Period) {
		return plan{}, invalid("period", textNoPart.With(shown(o.Period), "evidence"))
	}
	if sum, err := hex.DecodeString(o.SHA256); err != nil || len(sum) != sha256.Size {
		return plan{}, invalid("sha256", textNoDigest.With(shown(o.SHA256)))
	}
	return planOf(none, q.draft(account.Audit, "hand-out", o.Unit, "evidence/"+o.Period, handedValue{strings.ToLower(o.SHA256)})), nil
}

func (o WatchDevice) plan(_ *Desk, q *asking) (plan, error) {
	if err := q.may(account.View, o.Unit); err != nil {
		return plan{}, err
	}
	value := watchValue{Minutes: int(watchTime / time.Minute)}
	return planOf(none, q.draft(account.View, "watch-device", o.Unit, "watch/"+q.by.ID, value)), nil
}

type watchValue struct {
	Minutes int `json:"minutes"`
}

const watchTime = 5 * time.Minute

// A tapValue is what a record says of a Tap.
type tapValue struct {
	Until string `json:"until"`        // in RFC 3339
	By    string `json:"by,omitempty"` // who proposed it; who confirmed it has written the record
}

// Bounds of a Tap.
const (
	mostTapped  = 30 * 24 * time.Hour
	usualTapped = 24 * time.Hour
)

func (o Tap) plan(d *Desk, q *asking) (plan, error) {
	if q.by.Machine {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textTapPeople}
	}
	if err := q.may(account.Structure, ""); err != nil {
		return plan{}, err
	}
	if hub := d.parts.Fleet.hub(); hub != "" {
		return plan{}, &Refusal{Kind: FileHome, Text: textHubDecides.With(hub), Place: hub}
	}
	why := printable.Line(o.Why, mostWords)
	if why == "" {
		return plan{}, invalid("why", textTapWhy)
	}
	until, err := Moment(o.Until, q.now.Location())
	if o.Until == "" {
		until = q.now.Add(usualTapped).Truncate(time.Second)
	}
	if err != nil || !until.After(q.now) || until.Sub(q.now) > mostTapped {
		return plan{}, invalid("until", textTapUntil.With(shown(o.Until)))
	}
	for _, is := range Tapped(q.state) {
		if is.End.After(q.now) {
			return plan{}, &Refusal{Kind: Standing, Text: textTapped.With(is.Seq), Seq: is.Seq}
		}
	}
	value := tapValue{Until: until.Format(time.RFC3339)}
	if q.second != 0 {
		_, first, err := q.find(q.second)
		if err != nil {
			return plan{}, err
		}
		value.By = first.By
	}
	draft := q.draft(account.Structure, "tap", "", newID(tapped), value)
	draft.Words = why
	p := planOf(none, draft)
	p.second = true
	return p, nil
}

func (o Untap) plan(_ *Desk, q *asking) (plan, error) {
	if err := q.may(account.Structure, ""); err != nil {
		return plan{}, err
	}
	for _, is := range Tapped(q.state) {
		if is.End.After(q.now) {
			return planOf(none, q.draft(account.Structure, "untap", "", untapped+is.id, struct{}{})), nil
		}
	}
	return plan{}, &Refusal{Kind: NotFound, Text: textNotTapped}
}

func (o Reload) plan(_ *Desk, q *asking) (plan, error) {
	if !q.by.Machine {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textMachineOnly}
	}
	return planOf(none, q.draft(account.Structure, "reload", "", FilesObject, wordsValue(o))), nil
}

func (o Adopt) plan(d *Desk, q *asking) (plan, error) {
	if err := q.may(account.Structure, o.Unit); err != nil {
		return plan{}, err
	}
	if err := q.known(o.Unit); err != nil {
		return plan{}, err
	}
	if v, ok := q.state.Get(o.Unit, "unit/"+o.Unit); ok && v.New != nil {
		return plan{}, invalid("unit", textNothingToDo)
	}
	unit, lines, err := d.parts.View.Written(o.Unit)
	if err != nil {
		return plan{}, invalid("unit", textAdopt.With(o.Unit, err))
	}
	p := planOf(none, q.draft(account.Structure, "adopt", o.Unit, "unit/"+o.Unit, unit))
	p.outcome.Text = lines
	return p, nil
}
