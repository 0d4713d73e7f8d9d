package publish

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"lachan/wording"
)

// WriteReport writes what became of a table, as csv that a spreadsheet opens,
// to send back to the office that made it: the figures, then each row that was
// refused with its number and the reason. It is in Vietnamese.
func WriteReport(w io.Writer, file string, t *Table) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "\uFEFF") // so that it is read as UTF-8
	line := func(cells ...string) {
		for i, c := range cells {
			cells[i] = shown(c)
		}
		fmt.Fprint(out, strings.Join(cells, ","), "\r\n")
	}
	line(wording.ReportFile.VI, file)
	line(wording.ReportTaken.VI, fmt.Sprint(len(t.Rows)))
	line(wording.ReportTwice.VI, fmt.Sprint(t.Summary.Rules-len(t.Rows)))
	line(wording.ReportRefused.VI, fmt.Sprint(len(t.Refused)))
	line()
	line(wording.ReportRow.VI, wording.ReportText.VI, wording.ReportPart.VI, wording.ReportReason.VI)
	for _, r := range t.Refused {
		line(fmt.Sprint(r.Line), r.Text, r.Detail, r.Reason.Text().VI)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// shown writes a cell that a spreadsheet takes as text, never as a formula.
func shown(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		text = "'" + text
	}
	if strings.ContainsAny(text, "\",;\n") {
		return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text
}
