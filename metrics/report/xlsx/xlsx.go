// Package xlsx writes the tables of a report as a workbook, one sheet a table.
// Sums are formulas, so that a changed figure shows in them, and each has the
// value that the report prints beside it.
package xlsx

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"lachan/metrics/report"
)

// Write writes the report. The same model gives the same bytes.
func Write(w io.Writer, m *report.Model) error {
	book, err := newBook()
	if err != nil {
		return fmt.Errorf("begin a workbook: %w", err)
	}
	defer book.Close()
	if err := book.cover(m); err != nil {
		return fmt.Errorf("write the first sheet: %w", err)
	}
	for _, t := range tables(m) {
		if err := book.sheet(t); err != nil {
			return fmt.Errorf("write sheet %s: %w", t.name, err)
		}
	}
	at := m.Data.AsOf.UTC().Format(time.RFC3339)
	properties := &excelize.DocProperties{
		Title: m.Title + ". " + m.Subject, Creator: m.Head.Office, Created: at, Modified: at, Language: "vi-VN",
		Keywords: m.Seal().String(),
	}
	if err := book.SetDocProps(properties); err != nil {
		return fmt.Errorf("describe the workbook: %w", err)
	}
	buffer, err := book.WriteToBuffer()
	if err == nil {
		err = inOrder(w, buffer.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write report as XLSX: %w", err)
	}
	return nil
}

// inOrder writes the parts of a workbook in the order of their names, without
// times: excelize writes them as its maps have them.
func inOrder(w io.Writer, book []byte) error {
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return err
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int { return cmp.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, f := range in.File {
		part, err := f.Open()
		if err != nil {
			return err
		}
		to, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := io.Copy(to, part); err != nil {
			return err
		}
	}
	return out.Close()
}

// A named is a table, the name of its sheet and the title in it.
type named struct {
	name, title string
	*report.Table
}

// tables are all those of a report. A table that stands in a section and again in an
// annex is one sheet.
func tables(m *report.Model) (list []named) {
	seen := make(map[string]bool)
	for _, s := range slices.Concat(m.Sections, m.Annexes) {
		title := s.Title
		for _, b := range s.Blocks {
			switch {
			case b.Kind == report.Heading:
				title = b.Text
			case b.Table != nil && !seen[b.Table.Name]:
				seen[b.Table.Name] = true
				list = append(list, named{b.Table.Name, title, b.Table})
			}
		}
	}
	return list
}

// A book is the workbook and its styles.
type book struct {
	*excelize.File
	title, head, text, whole, share          int
	boldText, boldWhole, boldShare, wrapText int
}

func newBook() (*book, error) {
	b := &book{File: excelize.NewFile()}
	whole, share := "#,##0", "0.0%"
	frame := []excelize.Border{
		{Type: "left", Style: 1, Color: "000000"},
		{Type: "right", Style: 1, Color: "000000"},
		{Type: "top", Style: 1, Color: "000000"},
		{Type: "bottom", Style: 1, Color: "000000"},
	}
	font := func(bold bool, size float64) *excelize.Font {
		return &excelize.Font{Family: "Times New Roman", Size: size, Bold: bold}
	}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	left := &excelize.Alignment{Vertical: "center", WrapText: true}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.title, excelize.Style{Font: font(true, 13)}},
		{&b.wrapText, excelize.Style{Font: font(false, 12), Alignment: left}},
		{&b.head, excelize.Style{
			Font: font(true, 11), Border: frame,
			Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
		}},
		{&b.text, excelize.Style{Font: font(false, 11), Border: frame, Alignment: left}},
		{&b.whole, excelize.Style{Font: font(false, 11), Border: frame, Alignment: right, CustomNumFmt: &whole}},
		{&b.share, excelize.Style{Font: font(false, 11), Border: frame, Alignment: right, CustomNumFmt: &share}},
		{&b.boldText, excelize.Style{Font: font(true, 11), Border: frame, Alignment: left}},
		{&b.boldWhole, excelize.Style{Font: font(true, 11), Border: frame, Alignment: right, CustomNumFmt: &whole}},
		{&b.boldShare, excelize.Style{Font: font(true, 11), Border: frame, Alignment: right, CustomNumFmt: &share}},
	} {
		id, err := b.NewStyle(&s.style)
		if err != nil {
			return nil, err
		}
		*s.id = id
	}
	return b, nil
}

// cover is the first sheet: what the report is, and its sentences.
func (b *book) cover(m *report.Model) error {
	const name = "Báo cáo"
	if err := b.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	if err := b.SetColWidth(name, "A", "A", 110); err != nil {
		return err
	}
	var lines []string
	put := func(texts ...string) {
		for _, text := range texts {
			if text != "" {
				lines = append(lines, text)
			}
		}
	}
	put(m.Head.Parent, m.Head.Office, m.Head.Number, m.Head.Place, m.Title, m.Subject)
	titles := len(lines)
	if m.Draft {
		put("DỰ THẢO")
	}
	for _, why := range m.Provisional {
		put("Số liệu tạm thời: " + why)
	}
	if len(m.To) > 0 {
		put("Kính gửi: " + strings.Join(m.To, "; "))
	}
	put(m.Opening...)
	for _, s := range m.Sections {
		put(s.Number + ". " + s.Title)
		for _, block := range s.Blocks {
			put(block.Text)
		}
	}
	put(m.Closing, m.Signature.Capacity, m.Signature.Position, m.Signature.Signer)
	if len(m.Recipients) > 0 {
		put("Nơi nhận: " + strings.Join(m.Recipients, " "))
	}
	put("Mã băm số liệu: " + m.Hash)
	for i, line := range lines {
		cell, _ := excelize.CoordinatesToCellName(1, i+1) // both are positive
		style := b.wrapText
		if i < titles {
			style = b.title
		}
		if err := b.SetCellStr(name, cell, line); err != nil {
			return err
		}
		if err := b.SetCellStyle(name, cell, cell, style); err != nil {
			return err
		}
	}
	return nil
}
