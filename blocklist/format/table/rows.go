package table

import (
	"strings"
)

// maxRowLines bounds a row with line breaks in its cells, so that a quote that is
// never closed does not swallow the rest of the table.
const maxRowLines = 20

// Rows calls take for each row of a csv text that is not blank, with the number of
// its first line, and unclosed with that of a line with a quote that is not closed
// within maxRowLines, which is no row.
func Rows(
	text string, isHeader func(cells []string) bool, take func(number int, cells []string), unclosed func(number int),
) {
	var d Dialect
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if strings.Count(text, "\n") == 0 {
		lines = strings.Split(text, "\r")
	}
	for at := 0; at < len(lines); {
		cells, open := d.Split(lines[at], isHeader)
		end := at + 1
		for row := lines[at]; open && end < len(lines) && end-at < maxRowLines; end++ {
			row += "\n" + lines[end]
			cells, open = d.Split(row, isHeader)
		}
		if open {
			unclosed(at + 1)
			end = at + 1
		} else if !IsBlank(cells) && !IsComment(cells) {
			take(at+1, cells)
		}
		at = end
	}
}
