package job

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"time"

	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
	"lachan/blocklist/publish"
	"lachan/blocklist/release"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// orderTime is how long the table of an order may take to be read.
const orderTime = 2 * time.Minute

// An OrderTable is a table as an authority hands it over: csv or a workbook.
type OrderTable struct {
	Authority string          `json:"authority"` // its name
	Document  string          `json:"document"`  // of rows that name none
	Timezone  config.Timezone `json:"timezone"`
	// Categories are what rows may name as their own; nil: any.
	Categories []string `json:"categories,omitempty"`
	Data       []byte   `json:"data"`
}

// A CleanTable is what a feed reads of it, and what was made of its rows.
type CleanTable struct {
	Rows     []byte        `json:"rows"` // csv
	Entries  int           `json:"entries"`
	Twice    int           `json:"twice"`
	Refused  int           `json:"refused"`
	First    []RefusedRow  `json:"first"`
	Doubtful []doubt.Entry `json:"doubtful"`
}

// A RefusedRow is a row that cannot be used.
type RefusedRow struct {
	Line int          `json:"line"`
	Text string       `json:"text"`
	Why  wording.Text `json:"why"`
}

// Bounds of what is told of rows.
const (
	mostRefused  = 1000
	mostDoubtful = 1000
)

// Order reads the table of an order.
func (j *Jobs) Order(ctx context.Context, o OrderTable) (t CleanTable, err error) {
	return t, j.run(ctx, "order", nil, orderTime, o, &t)
}

func readOrder(_ command.Call, o OrderTable) (clean CleanTable, err error) {
	facts, err := catalogue.Load()
	if err != nil {
		return clean, err
	}
	core := source.Core(facts)
	zone := o.Timezone.Location
	if zone == nil {
		zone = time.FixedZone("UTC+7", 7*60*60)
	}
	var mayName func(category string) bool
	if o.Categories != nil {
		mayName = facts.Names(o.Categories)
	}
	t, err := publish.ReadTableOf(bytes.NewReader(o.Data), zone, mayName, nil)
	if err != nil && !errors.Is(err, publish.ErrNoEntries) {
		return clean, err
	}
	report := t.Report("")
	clean.Entries, clean.Twice, clean.Refused = report.Taken, report.Twice, len(report.Refused)
	for _, r := range report.Refused[:min(len(report.Refused), mostRefused)] {
		text := r.Text
		if r.Detail != "" && r.Detail != r.Text {
			text += " (" + r.Detail + ")"
		}
		clean.First = append(clean.First, RefusedRow{r.Line, text, r.Reason.Text()})
	}
	clean.Rows, err = ownRows(t.Rows, &o)
	if err != nil {
		return clean, err
	}
	options := format.Options{Zone: zone, May: format.May{Suffixes: true}}
	_, err = format.Parse(bytes.NewReader(clean.Rows), format.CSV, options, func(r format.Rule) error {
		if why, ok := doubt.Of(&r, core); ok && len(clean.Doubtful) < mostDoubtful {
			clean.Doubtful = append(clean.Doubtful, doubt.Entry{Name: r.Name, Why: why})
		}
		return nil
	}, nil)
	if len(t.Rows) == 0 {
		err = nil
	}
	return clean, err
}

// ownRows are the rows as those of the order: of its authority, whatever they say, and of
// its document where they name none.
func ownRows(rows []string, o *OrderTable) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(release.Header + "\n")
	w := csv.NewWriter(&out)
	for _, row := range rows {
		cells, err := csv.NewReader(strings.NewReader(row)).Read()
		if err != nil || len(cells) < 5 {
			return nil, fmt.Errorf("read a row: %w", err)
		}
		if cells[2] == "" {
			cells[2] = o.Document
		}
		cells[4] = o.Authority
		_ = w.Write(cells) // into memory
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
