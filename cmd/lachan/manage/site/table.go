package site

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"lachan/console/frame"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/source"
)

// table reads a table of units, and says of each line what can be said of it without the
// others.
func (p plans) table(ctx context.Context, file string, data []byte) (t frame.Table) {
	read, err := p.src.Table(ctx, file, data)
	if err != nil {
		p.src.Log.Error("read a table of units", "error", err)
		t.Mistakes = []frame.TableNote{{Text: textTableUnread}}
		return t
	}
	notes := func(list yamlfile.Problems) (notes []frame.TableNote) {
		for _, one := range list {
			notes = append(notes, frame.TableNote{Line: one.Line, Text: one.Text})
		}
		return notes
	}
	t.Mistakes, t.Remarks = notes(read.Mistakes), notes(read.Remarks)
	if len(read.Whole) > 0 {
		t.Mistakes = notes(read.Whole)
		for i := range t.Mistakes {
			t.Mistakes[i].Line = 0
		}
		return t
	}
	for i := range read.Rows {
		row := &read.Rows[i]
		for _, text := range p.mistakes(row) {
			t.Mistakes = append(t.Mistakes, frame.TableNote{Line: row.Line, Text: text})
		}
		t.Rows = append(t.Rows, frame.TableRow{Line: row.Line, ID: row.ID, Unit: p.written(row)})
	}
	slices.SortStableFunc(t.Mistakes, func(a, b frame.TableNote) int { return a.Line - b.Line })
	return t
}

// mistakes are the cells of a row that say nothing.
func (p plans) mistakes(row *source.Row) (list []wording.Text) {
	if row.Level != "" && p.src.Facts.Level(row.Level) == nil {
		var known []string
		for i := range p.src.Facts.Levels {
			known = append(known, p.src.Facts.Levels[i].Label.VI)
		}
		list = append(list, textNoLevel.With(row.Level, strings.Join(known, ", ")))
	}
	for _, network := range row.Networks {
		_, err := netip.ParsePrefix(network)
		if _, alone := netip.ParseAddr(network); err != nil && alone != nil {
			list = append(list, textNoNetwork.With(network))
		}
	}
	return list
}

// written is a row as policies write it, without what it does not say.
func (p plans) written(row *source.Row) map[string]any {
	unit := map[string]any{"id": row.ID}
	for key, text := range map[string]string{
		"parent": row.Parent, "name": row.Name, "code": row.Code, "type": row.Type, "profile": row.Profile, "level": row.Level,
	} {
		if text != "" {
			unit[key] = text
		}
	}
	if level := p.src.Facts.Level(row.Level); row.Level != "" && level != nil {
		unit["level"] = level.Code
	}
	for key, list := range map[string][]string{
		"networks": row.Networks, "links": row.Links, "link_tokens": row.LinkTokens,
		"radius_ids": row.RADIUSIDs, "contact": row.Contact,
	} {
		if len(list) > 0 {
			unit[key] = list
		}
	}
	if row.Kind != 0 {
		unit["kind"] = row.Kind.String()
	}
	if row.Students > 0 {
		unit["students"] = row.Students
	}
	return unit
}

var (
	textTableUnread = wording.Text{
		VI: "không đọc được bảng này: nó hỏng hoặc cần quá nhiều bộ nhớ; hãy lưu lại thành CSV, hoặc chia thành nhiều bảng nhỏ hơn",
		EN: "this table cannot be read: it is damaged or takes too much memory; save it as CSV, or divide it into smaller tables",
	}
	textNoLevel   = wording.Text{VI: "ô cấp học: không có cấp %q; các cấp: %s", EN: "cell level: there is no level %q; levels: %s"}
	textNoNetwork = wording.Text{VI: "ô mạng: %q không phải mạng; hãy ghi như 10.20.0.0/16", EN: "cell networks: %q is no network; write one as 10.20.0.0/16"}
)
