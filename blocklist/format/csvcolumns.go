package format

import (
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// columns are where the cells that matter stand, counted from 0; -1 where the
// table has no such column.
type columns struct{ name, category, document, from, until int }

var nameOnly = columns{name: 0, category: -1, document: -1, from: -1, until: -1}

// headerOf reads a row as a header; it is one if it names the column of names.
func headerOf(cells []string) (columns, bool) {
	c := columns{name: -1, category: -1, document: -1, from: -1, until: -1}
	for i, cell := range cells {
		switch columnName(cell) {
		case "ten_mien", "dia_chi_website", "trang_web", "domain", "domains", "domain_name", "name", "host", "hostname", "url", "website":
			setColumn(&c.name, i)
		case "nhom", "nhom_noi_dung", "phan_loai", "category":
			setColumn(&c.category, i)
		case "so_van_ban", "van_ban", "so_cong_van", "document", "document_number":
			setColumn(&c.document, i)
		case "hieu_luc_tu", "ngay_hieu_luc", "tu_ngay", "effective", "effective_from", "valid_from", "from":
			setColumn(&c.from, i)
		case "hieu_luc_den", "ngay_het_hieu_luc", "den_ngay", "expires", "effective_to", "valid_until", "until":
			setColumn(&c.until, i)
		}
	}
	if c.name < 0 {
		return nameOnly, false
	}
	return c, true
}

// setColumn keeps the first of two columns with the same meaning.
func setColumn(column *int, i int) {
	if *column < 0 {
		*column = i
	}
}

// columnName writes a heading as the configuration would: "Tên miền" is
// "ten_mien".
func columnName(heading string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(heading)) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case c == 'đ':
			b.WriteByte('d')
		case unicode.IsLetter(c), unicode.IsDigit(c):
			b.WriteRune(c)
		default:
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}

// The ways in which dates are written; the last ones tell the time too.
var (
	dayLayouts  = []string{"2/1/2006", "2-1-2006", "2.1.2006", "2006-1-2", "2006/1/2"}
	timeLayouts = []string{"2/1/2006 15:04", "2/1/2006 15:04:05", "2006-1-2 15:04", "2006-1-2 15:04:05", time.RFC3339}
)

// dates sets from when until when r holds; the last day counts whole. If a cell
// cannot be read, or the end is not after the beginning, it returns that cell.
func (t *table) dates(cells []string, r *Rule) (bad string, ok bool) {
	from, until := cellAt(cells, t.columns.from), cellAt(cells, t.columns.until)
	if r.From, _, ok = dateOf(from, t.zone); !ok {
		return from, false
	}
	day := false
	if r.Until, day, ok = dateOf(until, t.zone); !ok {
		return until, false
	}
	if day {
		r.Until = r.Until.AddDate(0, 0, 1)
	}
	if !r.Until.IsZero() && !r.From.Before(r.Until) {
		return until, false
	}
	return "", true
}

// dateOf reads a date, of which "" and "-" are none, and tells whether it is a
// whole day.
func dateOf(cell string, zone *time.Location) (date time.Time, day, ok bool) {
	if cell == "" || cell == "-" {
		return time.Time{}, false, true
	}
	for _, layout := range dayLayouts {
		if date, err := time.ParseInLocation(layout, cell, zone); err == nil {
			return date, true, true
		}
	}
	for _, layout := range timeLayouts {
		if date, err := time.ParseInLocation(layout, cell, zone); err == nil {
			return date, false, true
		}
	}
	return time.Time{}, false, false
}
