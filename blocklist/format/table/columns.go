package table

import (
	"strings"

	"lachan/internal/wording"
)

// Columns says which column has what, counted from 0; -1 if the table does not
// have it.
type Columns struct {
	Name, Category, Document, From, Until int
	Date, Authority, Urgency, Note        int // of the document
}

// NameOnly are the columns of a table without a header.
func NameOnly() Columns {
	c := noColumns()
	c.Name = 0
	return c
}

func noColumns() Columns {
	const none = -1
	return Columns{none, none, none, none, none, none, none, none, none}
}

// Header reads a row as a header; ok is false unless it names the column of
// names. Of two columns with the same meaning the first counts.
func Header(cells []string) (c Columns, ok bool) {
	c = noColumns()
	for i, cell := range cells {
		if column := c.headed(cell); column != nil && *column < 0 {
			*column = i
		}
	}
	if c.Name < 0 {
		return NameOnly(), false
	}
	return c, true
}

// Knows reports whether a heading names one of the columns.
func Knows(heading string) bool {
	var c Columns
	return c.headed(heading) != nil
}

// headed returns the column with a heading as people write it, nil if none has
// it.
func (c *Columns) headed(heading string) *int {
	for _, name := range Spellings(heading) {
		if column := c.called(name); column != nil {
			return column
		}
	}
	if namesSites(ColumnName(heading)) {
		return &c.Name
	}
	return nil
}

// Spellings are what a heading may be called, as the configuration would write it:
// "Tên miền (*)" is "ten_mien". What is in brackets or after a slash may be a part
// of it or only explain it.
func Spellings(heading string) []string {
	names := []string{ColumnName(heading)}
	if at := strings.IndexAny(heading, "(/["); at > 0 {
		names = append(names, ColumnName(heading[:at]))
	}
	return names
}

// called returns the column with a heading, nil if none has it.
func (c *Columns) called(heading string) *int {
	switch heading {
	case "name", "host", "hostname":
		return &c.Name
	case "nhom", "nhom_noi_dung", "ma_nhom", "phan_loai", "phan_nhom", "category":
		return &c.Category
	case "so_van_ban", "van_ban", "so_cong_van", "so_ky_hieu", "so_hieu", "so_hieu_van_ban", "so_ky_hieu_van_ban", "ky_hieu_van_ban", "document", "document_number":
		return &c.Document
	case "hieu_luc_tu", "hieu_luc_tu_ngay", "ngay_hieu_luc_tu", "ngay_hieu_luc", "ngay_co_hieu_luc", "tu_ngay", "effective", "effective_from", "valid_from", "from", "insert_date", "insertdate", "ngay_bat_dau", "bat_dau":
		return &c.From
	case "hieu_luc_den", "hieu_luc_den_ngay", "ngay_hieu_luc_den", "den_het_ngay", "ngay_het_hieu_luc", "het_hieu_luc", "den_ngay", "expires", "effective_to", "valid_until", "until", "delete_date", "deletedate", "ngay_ket_thuc", "ket_thuc", "ngay_het_han", "het_han":
		return &c.Until
	case "ngay_van_ban", "ngay_ban_hanh", "ngay_ky", "document_date", "issued":
		return &c.Date
	case "co_quan", "co_quan_ban_hanh", "co_quan_yeu_cau", "don_vi_ban_hanh", "authority":
		return &c.Authority
	case "muc_khan", "muc_do_khan", "do_khan", "urgency", "urgent":
		return &c.Urgency
	case "ghi_chu", "note", "notes", "comment":
		return &c.Note
	}
	return nil
}

// TellsOfTime reports whether a heading is about the time for which entries
// hold.
func TellsOfTime(heading string) bool {
	heading = ColumnName(heading)
	for _, words := range []string{"hieu_luc", "het_han", "thoi_han", "expire", "valid"} {
		if strings.Contains(heading, words) {
			return true
		}
	}
	return false
}

// LostLetters finds a heading that a program without Vietnamese letters has
// turned into "Tên mi?n".
func LostLetters(cells []string) (heading string, ok bool) {
	for _, cell := range cells {
		at := strings.IndexByte(cell, '?')
		if at <= 0 || len(cell) >= 40 || strings.ContainsAny(cell, "./") {
			continue
		}
		if before := cell[at-1] | 0x20; 'a' <= before && before <= 'z' {
			return cell, true
		}
	}
	return "", false
}

// TwoRows joins a header of two rows, as merged cells make it: "Hiệu lực" above
// "từ" and "đến".
func TwoRows(upper, lower []string) []string {
	cells := make([]string, len(lower))
	for i := range cells {
		joined := Cell(upper, i) + " " + lower[i]
		cells[i] = lower[i]
		if Knows(joined) {
			cells[i] = joined
		}
	}
	return cells
}

// maxHeading is how many bytes a heading may have. A longer text is none: reading a
// table must not cost more than its cells because they might be headings.
const maxHeading = 256

// ColumnName writes a heading as the configuration would: "Tên miền" becomes
// "ten_mien". It is "" if the text is too long for a heading.
func ColumnName(heading string) string {
	if len(heading) > maxHeading {
		return ""
	}
	return wording.Plain(heading, '_')
}

// Beginnings joins the beginnings of cells, as long as headings may be.
func Beginnings(cells []string) string {
	var b strings.Builder
	for _, cell := range cells {
		b.WriteString(cell[:min(len(cell), maxHeading)])
		b.WriteByte(' ')
	}
	return b.String()
}
