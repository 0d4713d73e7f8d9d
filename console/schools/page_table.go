package schools

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A tablePage is the page on which many units are added or changed by a table.
type tablePage struct {
	Frame    frame.Frame
	Who      wording.Text // may do it; empty if the visitor may
	Text     string       // the table as it is sent again
	Why      string
	Mistakes []frame.TableNote
	Remarks  []frame.TableNote
	Read     bool // there is a preview
	Rows     []tableRow
	New      int
	Changed  int
	Same     int
	Cut      int // rows that are not shown
	Effect   *frame.Effect
}

type tableRow struct {
	Line         int
	ID, Name     string
	Parent       string
	New, Changed bool
	Changes      []changeRow
}

// rowsShown bounds the rows of a preview.
const rowsShown = 200

// ShowTable is the page with an empty form.
func ShowTable(_ *frame.Site, v *frame.Visit) (frame.Reply, error) {
	p := tablePage{}
	return p.draw(v, http.StatusOK), nil
}

func (p *tablePage) draw(v *frame.Visit, status int) frame.Reply {
	p.Who = v.WhoMay(account.Structure, v.Who.Unit)
	p.Frame = v.Frame(textTable)
	return frame.Reply{Page: "table", Status: status, Data: p}
}

// TakeTable takes a table: it is shown first, then written, all of it or nothing.
func TakeTable(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	p := tablePage{Text: v.PostForm.Get("table"), Why: v.PostForm.Get("why")}
	if err := mayEdit(v, v.Who.Unit); err != nil {
		return frame.Reply{}, err
	}
	name, data := "table.csv", []byte(p.Text)
	if file, header, err := v.FormFile("file"); err == nil {
		name = header.Filename
		data, err = io.ReadAll(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return frame.Reply{}, err
		}
		p.Text = ""
	}
	if strings.TrimSpace(string(data)) == "" {
		v.Wrong = []frame.Wrong{{Field: "table", Text: textNoTable}}
		return p.draw(v, http.StatusUnprocessableEntity), nil
	}
	read := s.Table(v.Context(), name, data)
	p.Mistakes, p.Remarks = read.Mistakes, read.Remarks
	units := p.units(s, v, &read)
	if len(p.Mistakes) == 0 && len(read.Rows) == 0 {
		p.Mistakes = []frame.TableNote{{Text: textNoRows}}
	}
	if len(p.Mistakes) > 0 {
		if p.Text == "" && !strings.HasPrefix(string(data), "PK") {
			p.Text = strings.ToValidUTF8(string(data), "\ufffd")
		}
		return p.wrong(v), nil
	}
	p.Text = csvOf(&read)
	what, how := admin.SetUnits{Units: units}, admin.How{Why: p.Why, Preview: v.PostForm.Get("do") != "save"}
	if len(units) == 0 {
		p.Read = true
		return p.draw(v, http.StatusOK), nil
	}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, how)
	var r *admin.Refusal
	switch {
	case errors.As(err, &r) && r.Kind != admin.Trouble:
		p.Mistakes = append(p.Mistakes, frame.TableNote{Line: lineOf(&read, r.Text.VI), Text: r.Text})
		return p.wrong(v), nil
	case err != nil:
		return frame.Reply{}, err
	case how.Preview:
		p.Read, p.Effect = true, v.EffectOf(out.Impact)
		return p.draw(v, http.StatusOK), nil
	}
	return frame.Reply{To: frame.SaidAt("/units", out)}, nil
}

// wrong shows the table with what is wrong with it.
func (p *tablePage) wrong(v *frame.Visit) frame.Reply {
	p.Rows = nil
	for _, m := range p.Mistakes {
		text := m.Text
		if m.Line > 0 {
			text = textAtLine.With(m.Line, m.Text)
		}
		v.Wrong = append(v.Wrong, frame.Wrong{Field: "table", Text: text})
	}
	return p.draw(v, http.StatusUnprocessableEntity)
}

// lineOf is the line of the row that a refusal names; 0 if it names none.
func lineOf(t *frame.Table, said string) int {
	for i := range t.Rows {
		row := &t.Rows[i]
		for _, value := range append(listOf(row.Unit["networks"]), row.ID, fmt.Sprint(row.Unit["parent"]), fmt.Sprint(row.Unit["profile"])) {
			if strings.Contains(said, `"`+value+`"`) || strings.Contains(said, " "+value+" ") {
				return row.Line
			}
		}
	}
	return 0
}

func listOf(value any) []string {
	list, _ := value.([]string)
	return slices.Clone(list)
}

// units are what a table decides: each row laid over what the console has of its unit,
// each group put into its school. Rows that change nothing are left out.
func (p *tablePage) units(s *frame.Site, v *frame.Visit, t *frame.Table) (units []admin.SetUnit) {
	made := map[string]map[string]any{}
	var order []string
	before := map[string]json.RawMessage{}
	for i := range t.Rows {
		row := &t.Rows[i]
		id := row.ID
		group := row.Unit["kind"] == "group"
		if group {
			id, _ = row.Unit["parent"].(string)
		}
		unit, known := made[id]
		if !known {
			u, err := s.Desk.Unit(v.Context(), v.Who.Actor, id)
			if err == nil && (u.Home != "console" || u.Value == nil) {
				p.Mistakes = append(p.Mistakes, frame.TableNote{Line: row.Line, Text: textRowInFile.With(id, u.Home)})
				continue
			}
			unit = map[string]any{}
			if err == nil && json.Unmarshal(u.Value, &unit) == nil {
				before[id] = u.Value
			} else if group {
				p.Mistakes = append(p.Mistakes, frame.TableNote{Line: row.Line, Text: textNoSchool.With(id)})
				continue
			}
			made[id], order = unit, append(order, id)
		} else if !group && t.Rows[i].ID == id && unit["id"] != nil && before[id] == nil {
			p.Mistakes = append(p.Mistakes, frame.TableNote{Line: row.Line, Text: textIDTaken.With(id)})
			continue
		}
		if group {
			putGroup(unit, row)
			continue
		}
		for key, value := range row.Unit {
			unit[key] = value
		}
	}
	for _, id := range order {
		text, err := json.Marshal(made[id])
		if err != nil {
			continue // texts and numbers alone
		}
		row := tableRow{Line: lineOfUnit(t, id), ID: id, New: before[id] == nil}
		row.Name, _ = made[id]["name"].(string)
		row.Parent, _ = made[id]["parent"].(string)
		row.Changes = changed(before[id], text, s.Levels())
		row.Changed = !row.New && !sameJSON(before[id], text)
		switch {
		case row.New:
			p.New++
		case row.Changed:
			p.Changed++
		default:
			p.Same++
			continue
		}
		units = append(units, admin.SetUnit{ID: id, Unit: text})
		if len(p.Rows) < rowsShown {
			p.Rows = append(p.Rows, row)
		} else {
			p.Cut++
		}
	}
	return units
}

// putGroup puts the group of a row into its school.
func putGroup(school map[string]any, row *frame.TableRow) {
	groups, _ := school["groups"].([]any)
	groups = slices.DeleteFunc(slices.Clone(groups), func(g any) bool {
		is, _ := g.(map[string]any)
		return is["id"] == row.ID
	})
	group := map[string]any{}
	for key, value := range row.Unit {
		if key != "kind" && key != "parent" {
			group[key] = value
		}
	}
	school["groups"] = append(groups, group)
}

func lineOfUnit(t *frame.Table, id string) int {
	for i := range t.Rows {
		if t.Rows[i].ID == id || t.Rows[i].Unit["parent"] == id && t.Rows[i].Unit["kind"] == "group" {
			return t.Rows[i].Line
		}
	}
	return 0
}

// sameJSON reports whether two texts have the same in them, in whatever order.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	one, _ := json.Marshal(x)
	two, _ := json.Marshal(y)
	return string(one) == string(two)
}

// columns are those of a table as it is sent again.
var columns = []string{"id", "name", "parent", "kind", "level", "networks", "code", "profile", "type", "students", "links", "link_tokens",
	"radius_ids", "contact"}

// csvOf is a table as it is sent again after its preview, whatever it came as.
func csvOf(t *frame.Table) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(columns) // into memory
	for i := range t.Rows {
		cells := make([]string, len(columns))
		for j, key := range columns {
			switch value := t.Rows[i].Unit[key].(type) {
			case string:
				cells[j] = value
			case int:
				cells[j] = strconv.Itoa(value)
			case []string:
				cells[j] = strings.Join(value, " ")
			}
		}
		_ = w.Write(cells) // into memory
	}
	w.Flush()
	return b.String()
}
