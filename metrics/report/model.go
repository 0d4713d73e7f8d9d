package report

import (
	"lachan/internal/wording"
	"lachan/metrics/report/figures"
)

// A Model is a report in which only the layout is left to decide. The same Engine and
// Spec give the same Model, byte for byte.
type Model struct {
	Head        Head            `json:"head"`
	Title       string          `json:"title"`   // BÁO CÁO
	Subject     string          `json:"subject"` // what it is about, with the period
	Draft       bool            `json:"draft"`   // it has no number yet
	Provisional []string        `json:"provisional"`
	To          []string        `json:"to"`
	Opening     []string        `json:"opening"` // paragraphs before the sections
	Sections    []Section       `json:"sections"`
	Closing     string          `json:"closing"`
	Signature   Signature       `json:"signature"`
	Recipients  []string        `json:"recipients"`
	Annexes     []Section       `json:"annexes"`
	Enclosed    string          `json:"enclosed"`           // under the title of each annex: whose annex it is
	Document    string          `json:"document,omitempty"` // the order that alone is reported on
	Hash        string          `json:"data_sha256"`        // of the JSON of Data
	Data        *figures.Data   `json:"data"`
	Beside      *figures.Beside `json:"beside"`

	// Reasons are those of Provisional in each language: a document is Vietnamese, and who
	// makes it may speak English.
	Reasons []wording.Text `json:"-"`
}

// A Head is the upper part of the first page.
type Head struct {
	Parent string `json:"parent"` // cơ quan chủ quản; may be ""
	Office string `json:"office"`
	Number string `json:"number"` // "Số: 05/BC-SGDĐT"
	Place  string `json:"place"`  // place and date
}

// The two lines that stand on the right of every head.
const (
	Nation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	Motto  = "Độc lập - Tự do - Hạnh phúc"
)

// A Signature is the block under the text.
type Signature struct {
	Capacity string `json:"capacity"` // may be ""
	Position string `json:"position"`
	Signer   string `json:"signer"`
}

// A Section is one of the numbered parts, or an annex.
type Section struct {
	Number    string  `json:"number"` // "III", "Phụ lục II"
	Title     string  `json:"title"`
	Landscape bool    `json:"landscape,omitempty"` // of an annex with a wide table
	Blocks    []Block `json:"blocks"`
}

// A BlockKind says what a Block is.
type BlockKind string

// The kinds of blocks. An Item follows a dash; Missing is a place for the officer to
// fill in.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	Item      BlockKind = "item"
	Missing   BlockKind = "missing"
	TableKind BlockKind = "table"
	ChartKind BlockKind = "chart"
)

// A Block is one piece of a section: a text, a table or a chart.
type Block struct {
	Kind  BlockKind `json:"kind"`
	Text  string    `json:"text,omitempty"`
	Table *Table    `json:"table,omitempty"`
	Chart *Chart    `json:"chart,omitempty"`
}

// A Table is rows under heads, which are repeated on each page.
type Table struct {
	Name    string     `json:"name"` // what it holds, in at most 31 characters: a sheet's name
	Title   string     `json:"title,omitempty"`
	Columns []Column   `json:"columns"`
	Rows    []TableRow `json:"rows"`
}

// A Column is what is under one head.
type Column struct {
	Head   string  `json:"head"`
	Weight float64 `json:"weight"` // its share of the width
	Number bool    `json:"number,omitempty"`
}

// A RowKind says how a row came about.
type RowKind string

// The kinds of rows: what is counted, the sum of the plain rows since the last
// subtotal, and the sum of all plain rows.
const (
	Plain    RowKind = ""
	Subtotal RowKind = "subtotal"
	Total    RowKind = "total"
)

// A TableRow is one row.
type TableRow struct {
	Kind  RowKind `json:"kind,omitempty"`
	Cells []Cell  `json:"cells"`
}

// A Cell is a text, or a number and how it is written. Adds reports whether the
// cell of a Subtotal or Total is the sum of those above it.
type Cell struct {
	Text    string   `json:"text"`
	Value   *float64 `json:"value,omitempty"` // a share is 0.034, not 3.4
	Percent bool     `json:"percent,omitempty"`
	Adds    bool     `json:"adds,omitempty"`
}

// A Chart is bars: one group for each label, one bar in it for each series.
type Chart struct {
	Title      string        `json:"title"`
	Horizontal bool          `json:"horizontal,omitempty"`
	Labels     []string      `json:"labels"`
	Series     []ChartSeries `json:"series"`
}

// A ChartSeries is the bars of one colour.
type ChartSeries struct {
	Name   string  `json:"name"`
	Values []int64 `json:"values"`
}

func text(s string) Cell { return Cell{Text: s} }

func figure(f figures.Figure) Cell {
	c := Cell{Text: f.String(), Adds: true}
	if f.Known() {
		value := float64(f.Value)
		c.Value = &value
	}
	return c
}

func ratio(r figures.Ratio) Cell {
	c := Cell{Text: r.String(), Percent: true}
	if r.Known() {
		value := float64(r.PerMille) / 1000
		c.Value = &value
	}
	return c
}
