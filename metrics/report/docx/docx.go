// Package docx writes a report as a document that offices go on with: in the
// form of decree 30/2020/NĐ-CP, with the heads of tables repeated on each page
// and charts that can be changed.
package docx

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"lachan/metrics/report"
)

// The parts that are the same in every document: styles, settings, the header
// with the page number and the empty one of the first page.
//
//go:embed all:template
var template embed.FS

// Write writes the report. The same model gives the same bytes.
func Write(w io.Writer, m *report.Model) error {
	parts := make(map[string]string)
	err := fs.WalkDir(template, "template", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := template.ReadFile(name)
		parts[strings.TrimPrefix(name, "template/")] = string(text)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the template of a document: %w", err)
	}
	var charts []string
	parts["word/document.xml"], charts = document(m)
	parts["word/footer1.xml"] = footer(m)
	parts["docProps/core.xml"] = properties(m)
	names := order
	for i, chart := range charts {
		name := fmt.Sprintf("charts/chart%d.xml", i+1)
		parts["word/"+name] = chart
		names = append(names, "word/"+name)
		refer(parts, "[Content_Types].xml", "</Types>", `<Override PartName="/word/`+name+`" ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>`)
		refer(parts, "word/_rels/document.xml.rels", "</Relationships>", fmt.Sprintf(`<Relationship Id="chart%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart" Target="%s"/>`, i+1, name))
	}
	out := zip.NewWriter(w)
	for _, name := range names {
		if err := add(out, name, parts[name]); err != nil {
			return fmt.Errorf("write report as DOCX: %w", err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("write report as DOCX: %w", err)
	}
	return nil
}

// order is that of the parts in the file; the types of content come first.
var order = []string{
	"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml", "word/_rels/document.xml.rels",
	"word/styles.xml", "word/settings.xml", "word/header1.xml", "word/header2.xml", "word/footer1.xml",
}

// refer puts an element at the end of a part.
func refer(parts map[string]string, part, end, element string) {
	parts[part] = strings.Replace(parts[part], end, element+end, 1)
}

func add(out *zip.Writer, name, text string) error {
	part, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = io.WriteString(part, text)
	return err
}

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	namespaces  = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"` +
		` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"` +
		` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"` +
		` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"` +
		` xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"`
)

func footer(m *report.Model) string {
	text := "Mã băm số liệu: " + m.Hash
	if m.Draft {
		text = "DỰ THẢO. " + text
	}
	return declaration + `<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` +
		paragraph("Normal", run(text, "<w:i/>"+size(9))) + `</w:ftr>`
}

func properties(m *report.Model) string {
	at := m.Data.AsOf.UTC().Format(time.RFC3339)
	return declaration + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"` +
		` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escaped(m.Title+". "+m.Subject) + `</dc:title><dc:creator>` + escaped(m.Head.Office) + `</dc:creator>` +
		`<cp:keywords>` + escaped(m.Seal().String()) + `</cp:keywords>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified>` +
		`</cp:coreProperties>`
}

// escaped is text between tags or in an attribute.
func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a Buffer takes all
	return b.String()
}

// size is a property of a run: the height of its letters in points.
func size(points float64) string {
	half := int(points * 2)
	return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, half, half)
}

// run is text with properties.
func run(text, properties string) string {
	if properties != "" {
		properties = "<w:rPr>" + properties + "</w:rPr>"
	}
	return `<w:r>` + properties + `<w:t xml:space="preserve">` + escaped(text) + `</w:t></w:r>`
}

// paragraph is one of a style.
func paragraph(style string, content ...string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>` + strings.Join(content, "") + `</w:p>`
}
