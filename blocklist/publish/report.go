package publish

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
)

// vietnam is the zone of the days in a report.
var vietnam = time.FixedZone("UTC+7", 7*60*60)

// A Report says which rows of a table were used, for the office that made it.
type Report struct {
	File    string
	Taken   int // entries, each counted once
	Twice   int // that were there already
	Refused []format.Reject
	Widened []format.Widening // of those taken
	Doubts  []doubt.Entry     // of those taken: nodes wait for a word
	Remarks Remarks           // on those taken
}

// Report returns the report of a table.
func (t *Table) Report(file string) Report {
	return Report{
		File: file, Taken: len(t.Rows), Twice: t.Summary.Rules - len(t.Rows), Refused: t.Refused, Widened: t.Widened,
	}
}

// Write writes the report as csv that a spreadsheet opens: the figures, then
// each row that was refused with its number and the reason. It is in
// Vietnamese.
func (r *Report) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "\uFEFF") // so that it is read as UTF-8
	line := func(cells ...string) {
		for i, c := range cells {
			cells[i] = shown(c)
		}
		fmt.Fprint(out, strings.Join(cells, ","), "\r\n")
	}
	line(textFile.VI, r.File)
	line(textTaken.VI, fmt.Sprint(r.Taken))
	line(textTwice.VI, fmt.Sprint(r.Twice))
	line(textRefused.VI, fmt.Sprint(len(r.Refused)))
	if len(r.Widened) > 0 {
		line(textWidenedCount.VI, fmt.Sprint(len(r.Widened)))
	}
	line()
	line(textRow.VI, textContent.VI, textPart.VI, textReason.VI)
	for _, x := range r.Refused {
		line(fmt.Sprint(x.Line), x.Text, x.Detail, x.Reason.Text().VI)
	}
	for _, w := range r.Widened {
		line(fmt.Sprint(w.Line), w.Text, w.Host, textWidened.VI)
	}
	for _, e := range r.Doubts {
		line("", e.Name, e.Name, textDoubt.VI+e.Why.Text().VI)
	}
	for _, e := range r.Remarks.Over {
		line("", e.Name, e.Until.Add(-time.Second).In(vietnam).Format("02/01/2006"), textPassed.VI)
	}
	for _, u := range r.Remarks.Unknown {
		line("", u.Category, u.Category, textUnknown.With(u.Entries).VI)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// shown returns a cell that a spreadsheet reads as text, never as a formula.
func shown(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		text = "'" + text
	}
	if strings.ContainsAny(text, "\",;\n") {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}
