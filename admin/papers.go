package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"regexp"

	"lachan/admin/account"
)

// What is written down: tables of orders, words in reports, files that were read again.

// Papers keep the tables of orders that are handed over.
type Papers interface {
	// CheckTable says what is wrong with the table of an order.
	CheckTable(file string, table []byte) error
	// Take puts it where the feed of its authority is read.
	Take(ctx context.Context, authority, document, file string, table []byte) error
}

// mostTable bounds a table.
const mostTable = 16 << 20

type orderValue struct {
	Table   string `json:"table"` // SHA-256
	Version int    `json:"version"`
	File    string `json:"file"`
}

func (o HandOver) plan(d *Desk, q *asking) (plan, error) {
	if err := q.may(account.Order, o.Authority); err != nil {
		return plan{}, err
	}
	if q.tree.Kind(o.Authority) != account.KindAuthority {
		return plan{}, invalid("authority", textNoAuthority.With(shown(o.Authority)))
	}
	if len(o.Table) == 0 || len(o.Table) > mostTable {
		return plan{}, invalid("table", textTableSize.With(mostTable>>20))
	}
	if !isDocument.MatchString(o.Document) {
		return plan{}, invalid("document", textNoDocument.With(shown(o.Document)))
	}
	if err := d.parts.Papers.CheckTable(o.File, o.Table); err != nil {
		return plan{}, invalid("table", textTable.With(err))
	}
	object := "order/" + o.Document
	value := orderValue{Table: digest(o.Table), Version: 1, File: shown(path.Base(o.File))}
	if old, ok := q.state.Get(o.Authority, object); ok {
		var before orderValue
		if json.Unmarshal(old.New, &before) == nil {
			value.Version = before.Version + 1
		}
	}
	p := planOf(none, q.draft(account.Order, "hand-over", o.Authority, object, value))
	p.done = func(ctx context.Context, _ *Outcome) error {
		return d.parts.Papers.Take(ctx, o.Authority, o.Document, o.File, o.Table)
	}
	return p, nil
}

// isDocument says what the number of a document is made of.
var isDocument = regexp.MustCompile(`^[\pL\pN][\pL\pN ./_-]{0,99}$`)

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

func (o Reload) plan(_ *Desk, q *asking) (plan, error) {
	if !q.by.Machine {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textMachineOnly}
	}
	return planOf(none, q.draft(account.Structure, "reload", "", "policy", wordsValue(o))), nil
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
