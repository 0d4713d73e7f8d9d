package source

import (
	"slices"
	"strconv"
	"strings"

	"lachan/blocklist/format/table"
	"lachan/internal/wording"
)

// What offices write between, above and below the rows of schools.

// isSecondHeader reports whether a row below a header goes on with it, as merged cells
// make it: "Tên trường" and "Cấp học" below "Thông tin trường". It has no id, and most
// of it are headings.
func isSecondHeader(header []string, columns []column, cells []string) bool {
	known, unknown := 0, 0
	for i, cell := range cells {
		above := table.Cell(header, i)
		c, _ := columnOf(cell)
		switch {
		case cell == "" || cell == above:
		case i < len(columns) && columns[i] == columnID && c != columnID:
			return false
		case c > columnNone:
			known++
		default:
			unknown++
		}
	}
	return known > 0 && known >= unknown
}

// bothHeadings are the headings of two rows: the lower one, together with the upper one
// where only both have a meaning.
func bothHeadings(upper, lower []string) []string {
	headings := make([]string, max(len(upper), len(lower)))
	for i := range headings {
		above, below := table.Cell(upper, i), table.Cell(lower, i)
		headings[i] = below
		if below == "" {
			headings[i] = above
		} else if c, _ := columnOf(below); c == columnUnknown {
			if c, _ := columnOf(above + " " + below); c != columnUnknown {
				headings[i] = above + " " + below
			}
		}
	}
	return headings
}

// areNumbers reports whether a row below a header numbers its columns: (1), (2), (3).
func areNumbers(cells []string) bool {
	count, last := 0, 0
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		n, err := strconv.Atoi(strings.Trim(cell, "()[]"))
		if err != nil || count > 0 && n != last+1 {
			return false
		}
		count, last = count+1, n
	}
	return count > 2
}

// isBeside reports whether a row is of no unit: a total, the heading of a part of the
// table, or a line of signatures. What might be a school without its id is none of them.
func isBeside(columns []column, cells []string) bool {
	var texts []string // of columns with a meaning, each once
	id, name := "", ""
	total := false
	for i, cell := range cells {
		if cell == "" || i >= len(columns) {
			continue
		}
		total = total || isTotal(cell)
		if columns[i] <= columnNone {
			continue
		}
		switch columns[i] {
		case columnNetworks, columnLinks, columnLinkTokens, columnRADIUSIDs:
			if !slices.Contains(texts, cell) && strings.ContainsAny(cell, "0123456789") {
				return false
			}
		case columnID:
			id = cell
		case columnName:
			name = cell
		}
		if table.IsError(cell) {
			return false
		}
		if !slices.Contains(texts, cell) {
			texts = append(texts, cell)
		}
	}
	isWords := strings.ContainsFunc(id, func(c rune) bool { return c == ' ' || c >= 0x80 })
	isHeading := id != "" && isWords && len(texts) == 1
	return total || isHeading || id == "" && name == ""
}

// isTotal reports whether a cell begins a row of sums.
func isTotal(cell string) bool {
	if len(cell) > 64 {
		return false
	}
	switch wording.Plain(cell, ' ') {
	case "tong", "tong cong", "tong so", "cong", "total", "sum":
		return true
	}
	return false
}

// maxNumbers is how many lines a message names.
const maxNumbers = 5

// numbers are the first of some numbers of lines.
func numbers(lines []int) string {
	var texts []string
	for _, line := range lines[:min(len(lines), maxNumbers)] {
		texts = append(texts, strconv.Itoa(line))
	}
	if len(lines) > maxNumbers {
		texts = append(texts, "…")
	}
	return strings.Join(texts, ", ")
}
