package report

import (
	"fmt"
	"time"

	"lachan/metrics/report/figures"
)

// Schools of which nothing came: they are counted and the first ones named in the text,
// and all are named in an annex.

// quietTitle is that of the annex.
const quietTitle = "CƠ SỞ KHÔNG CÓ LƯỢT TRUY VẤN HOẶC KHÔNG CÓ SỐ LIỆU"

// silent are the names of the schools without data.
func (f *facts) silent() (names []string) {
	for _, s := range f.data.Schools {
		if s.Queries.Sign == figures.NoData {
			names = append(names, s.Name)
		}
	}
	return names
}

// idle are the names of the schools that asked nothing, although the filter ran.
func (f *facts) idle() (names []string) {
	for _, s := range f.data.Schools {
		if s.Queries.Known() && s.Queries.Value == 0 {
			names = append(names, s.Name)
		}
	}
	return names
}

// quiet are the sentences on schools of which nothing came.
func (b *body) quiet() (blocks []Block) {
	const most = 10
	silent, idle := b.silent(), b.idle()
	if len(silent) > 0 {
		blocks = append(blocks, para("Cơ sở không có dữ liệu: %s.", few(silent, most)))
	}
	if len(idle) > 0 {
		blocks = append(blocks, para("Cơ sở không có lượt truy vấn nào: %s.", few(idle, most)))
	}
	if len(silent) > most || len(idle) > most {
		blocks = append(blocks, para("Toàn bộ các cơ sở này có tên trong phụ lục “%s”.", quietTitle))
	}
	return blocks
}

// sures are how sure it is that the devices of a school no longer come by the filter.
var sures = map[string]string{"likely": "có lẽ", "almost-sure": "gần như chắc"}

// fewer are the schools with days of far fewer questions than usual.
func (b *body) fewer() []Block {
	const most = 10
	all := b.beside.Quiet
	if len(all) == 0 {
		return nil
	}
	var named []string
	for _, c := range all {
		day := c.Last
		if at, err := time.Parse(time.DateOnly, day); err == nil {
			day = at.Format("02/01/2006")
		}
		named = append(named, fmt.Sprintf("%s (%d ngày, gần nhất %s: %s lượt, thường lệ %s; %s)", b.nameOf(c.School), c.Days,
			day, figures.Number(c.Asked), figures.Number(c.Usual), sures[c.Sure]))
	}
	return []Block{para("Có ngày học mà lượt truy vấn ít hơn hẳn thường lệ của chính cơ sở, thiết bị có thể không còn đi "+
		"qua bộ lọc: %s.", few(named, most))}
}

// quietTable names every school of which nothing came.
func (ts *tables) quietTable() *Table {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Trường", 3.6, false},
		{"Xã, phường", 2.4, false},
		{"Số học sinh", 1.2, true},
		{"Tình trạng", 2.6, false},
	}}
	for _, s := range ts.data.Schools {
		state := ""
		switch {
		case s.Queries.Sign == figures.NoData:
			state = "không có số liệu"
		case s.Queries.Known() && s.Queries.Value == 0:
			state = "không có lượt truy vấn nào"
		default:
			continue
		}
		t.Rows = append(t.Rows, TableRow{Cells: []Cell{
			text(fmt.Sprint(len(t.Rows) + 1)), text(s.Name), text(ts.nameOf(s.Commune)), figure(s.Students),
			text(state),
		}})
	}
	return t
}
