package format

import (
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"

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
		if column := c.headed(cell); column != nil && *column < 0 {
			*column = i
		}
	}
	if c.name < 0 {
		return nameOnly, false
	}
	return c, true
}

// headed is the column with a heading as people write it, or nil. What is in
// brackets or behind a slash may be a part of it or only explain it.
func (c *columns) headed(heading string) *int {
	if column := c.called(columnName(heading)); column != nil {
		return column
	}
	if at := strings.IndexAny(heading, "(/["); at > 0 {
		return c.called(columnName(heading[:at]))
	}
	return nil
}

// called is the column with a heading, or nil.
func (c *columns) called(heading string) *int {
	switch heading {
	case "ten_mien", "ten_mien_website", "ten_mien_url", "ten_mien_vi_pham", "ten_mien_can_chan", "ten_mien_bi_chan", "ten_mien_de_nghi_chan",
		"dia_chi_website", "dia_chi_web", "dia_chi_ten_mien", "dia_chi_trang_web", "trang_web", "ten_website", "ten_trang_web", "duong_dan", "link",
		"domain", "domains", "domain_name", "name", "host", "hostname", "url", "website":
		return &c.name
	case "nhom", "nhom_noi_dung", "ma_nhom", "phan_loai", "phan_nhom", "category":
		return &c.category
	case "so_van_ban", "van_ban", "so_cong_van", "so_ky_hieu", "so_hieu", "so_hieu_van_ban", "so_ky_hieu_van_ban", "ky_hieu_van_ban", "document", "document_number":
		return &c.document
	case "hieu_luc_tu", "hieu_luc_tu_ngay", "ngay_hieu_luc_tu", "ngay_hieu_luc", "ngay_co_hieu_luc", "tu_ngay", "effective", "effective_from", "valid_from", "from":
		return &c.from
	case "hieu_luc_den", "hieu_luc_den_ngay", "ngay_hieu_luc_den", "den_het_ngay", "ngay_het_hieu_luc", "het_hieu_luc", "den_ngay", "expires", "effective_to", "valid_until", "until":
		return &c.until
	case "ngay_van_ban", "ngay_ban_hanh", "ngay_ky", "document_date", "issued":
		return &c.date
	case "co_quan", "co_quan_ban_hanh", "co_quan_yeu_cau", "don_vi_ban_hanh", "authority":
		return &c.authority
	case "muc_khan", "muc_do_khan", "do_khan", "urgency", "urgent":
		return &c.urgency
	case "ghi_chu", "note", "notes", "comment":
		return &c.note
	}
	return nil
}

// tellsOfTime tells whether a heading is of the time for which entries hold.
func tellsOfTime(heading string) bool {
	for _, words := range []string{"hieu_luc", "het_han", "thoi_han", "expire", "valid"} {
		if strings.Contains(heading, words) {
			return true
		}
	}
	return false
}

// lostLetters finds a heading of which a program that knows no Vietnamese has
// made "Tên mi?n".
func lostLetters(cells []string) (heading string, ok bool) {
	for _, cell := range cells {
		at := strings.IndexByte(cell, '?')
		if at > 0 && len(cell) < 40 && !strings.ContainsAny(cell, "./") && 'a' <= cell[at-1]|0x20 && cell[at-1]|0x20 <= 'z' {
			return cell, true
		}
	}
	return "", false
}

// twoRows is one header of two rows, as cells that are merged make it: "Hiệu
// lực" above "từ" and "đến".
func twoRows(upper, lower []string) []string {
	cells := make([]string, len(lower))
	for i := range cells {
		joined := cellAt(upper, i) + " " + lower[i]
		cells[i] = lower[i]
		if noColumns.headed(joined) != nil {
			cells[i] = joined
		}
	}
	return cells
}

// columnName writes a heading as the configuration would: "Tên miền" is
// "ten_mien".
func columnName(heading string) string { return wording.Plain(heading, '_') }

// The ways in which dates are written; the last ones tell the time too.
var (
	dayLayouts  = []string{"2/1/2006", "2-1-2006", "2.1.2006", "2006-1-2", "2006/1/2", "2/1/06", "ngày 2 tháng 1 năm 2006"}
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
	if date, _, ok := dateOf(cellAt(cells, t.columns.date), t.zone); ok {
		o.Date = date // the entry holds even if the day of its document cannot be read
	}
	if o == (Order{}) {
		return nil
	}
	return &o
}

// dateOf reads a date, of which "" and "-" are none, and tells whether it is a
// whole day. A year that no document is of is a slip of the hand.
func dateOf(cell string, zone *time.Location) (date time.Time, day, ok bool) {
	if cell == "" || cell == "-" {
		return time.Time{}, false, true
	}
	date, day, ok = anyDate(norm.NFC.String(strings.ToLower(cell)), zone)
	return date, day, ok && 1900 < date.Year() && date.Year() < 9000
}

// anyDate reads a date in any of the ways. A number of five digits is a day as
// spreadsheets count.
func anyDate(cell string, zone *time.Location) (date time.Time, day, ok bool) {
	for _, layout := range dayLayouts {
		if date, err := time.ParseInLocation(layout, cell, zone); err == nil {
			return date, true, true
		}
	}
	for _, layout := range timeLayouts {
		if date, err := time.ParseInLocation(layout, strings.ToUpper(cell), zone); err == nil {
			return date, false, true
		}
	}
	if days, err := strconv.ParseUint(cell, 10, 32); err == nil && len(cell) == 5 {
		return time.Date(1899, 12, 30+int(days), 0, 0, 0, 0, zone), true, true
	}
	return time.Time{}, false, false
}
