package format

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// columns are where the cells that matter stand, counted from 0; -1 where the
// table has no such column.
type columns struct {
	name, category, document, from, until int
	date, authority, urgency, note        int // of the Order
}

var (
	noColumns = columns{-1, -1, -1, -1, -1, -1, -1, -1, -1}
	nameOnly  = columns{0, -1, -1, -1, -1, -1, -1, -1, -1}
)

// headerOf reads a row as a header; it is one if it names the column of names.
// Of two columns with the same meaning the first counts.
func headerOf(cells []string) (columns, bool) {
	c := noColumns
	for i, cell := range cells {
		if column := c.called(columnName(cell)); column != nil && *column < 0 {
			*column = i
		}
	}
	if c.name < 0 {
		return nameOnly, false
	}
	return c, true
}

// called is the column with a heading, or nil.
func (c *columns) called(heading string) *int {
	switch heading {
	case "ten_mien", "ten_mien_website", "ten_mien_url", "dia_chi_website", "trang_web", "domain", "domains", "domain_name", "name", "host", "hostname", "url", "website":
		return &c.name
	case "nhom", "nhom_noi_dung", "phan_loai", "category":
		return &c.category
	case "so_van_ban", "van_ban", "so_cong_van", "so_ky_hieu", "so_ky_hieu_van_ban", "document", "document_number":
		return &c.document
	case "hieu_luc_tu", "hieu_luc_tu_ngay", "ngay_hieu_luc", "tu_ngay", "effective", "effective_from", "valid_from", "from":
		return &c.from
	case "hieu_luc_den", "hieu_luc_den_ngay", "ngay_het_hieu_luc", "den_ngay", "expires", "effective_to", "valid_until", "until":
		return &c.until
	case "ngay_van_ban", "ngay_ban_hanh", "document_date", "issued":
		return &c.date
	case "co_quan", "co_quan_ban_hanh", "don_vi_ban_hanh", "authority":
		return &c.authority
	case "muc_khan", "muc_do_khan", "urgency", "urgent":
		return &c.urgency
	case "ghi_chu", "note", "notes", "comment":
		return &c.note
	}
	return nil
}

// twoRows is one header of two rows, as cells that are merged make it: "Hiệu
// lực" above "từ" and "đến".
func twoRows(upper, lower []string) []string {
	cells := make([]string, len(lower))
	for i := range cells {
		joined := cellAt(upper, i) + " " + lower[i]
		cells[i] = lower[i]
		if noColumns.called(columnName(joined)) != nil {
			cells[i] = joined
		}
	}
	return cells
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
		case !strings.HasSuffix(b.String(), "_"):
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

// order is what the row says of the document behind it, nil if nothing.
func (t *table) order(cells []string) *Order {
	o := Order{
		Authority: cellAt(cells, t.columns.authority),
		Urgency:   cellAt(cells, t.columns.urgency),
		Note:      cellAt(cells, t.columns.note),
	}
	// The entry holds even if the day of its document cannot be read.
	o.Date, _, _ = dateOf(cellAt(cells, t.columns.date), t.zone)
	if o == (Order{}) {
		return nil
	}
	return &o
}

// dateOf reads a date, of which "" and "-" are none, and tells whether it is a
// whole day. A number of five digits is a day as spreadsheets count.
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
	if days, err := strconv.ParseUint(cell, 10, 32); err == nil && len(cell) == 5 {
		return time.Date(1899, 12, 30+int(days), 0, 0, 0, 0, zone), true, true
	}
	return time.Time{}, false, false
}
