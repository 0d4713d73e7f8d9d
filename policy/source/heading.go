package source

import (
	"slices"
	"strings"

	"lachan/blocklist/format/table"
	"lachan/internal/wording"
)

// A column says what the cells below a heading are.
type column uint8

// The columns of a table of units. Only columnID must be there.
const (
	columnUnknown column = iota
	columnNone           // nothing of a unit: a running number, a remark, an empty heading
	columnID
	columnParent
	columnName
	columnKind
	columnLevel
	columnCode
	columnType
	columnStudents
	columnNetworks
	columnProfile
	columnLinks
	columnLinkTokens
	columnRADIUSIDs
	columnContact
)

// headings are what columns are called, as table.ColumnName writes it; the first is
// the name that messages give.
var headings = []struct {
	column column
	names  []string
}{
	{columnID, []string{"id", "ma", "ma_don_vi", "ma_so", "unit", "unit_id"}},
	{columnParent, []string{"parent", "truc_thuoc", "cap_tren", "don_vi_cap_tren", "don_vi_chu_quan", "co_quan_chu_quan", "don_vi_quan_ly",
		"co_quan_quan_ly", "thuoc", "ma_don_vi_cap_tren", "ma_cap_tren", "ma_xa", "ma_xa_phuong", "parent_id", "belongs_to", "managed_by",
		"commune", "ward"}},
	{columnName, []string{"name", "ten", "ten_truong", "ten_don_vi", "ten_co_so", "ten_co_so_giao_duc", "truong", "don_vi", "co_so_giao_duc", "school"}},
	{columnKind, []string{"kind", "loai_don_vi", "loai"}},
	{columnLevel, []string{"level", "cap_hoc", "bac_hoc", "cap", "cap_truong", "khoi_cap"}},
	{columnCode, []string{"code", "ma_nganh", "ma_csdl", "ma_csdl_nganh", "ma_dinh_danh", "ma_bo", "ma_truong", "ma_gddt", "school_code"}},
	{columnType, []string{"type", "loai_hinh", "loai_hinh_truong", "loai_truong"}},
	{columnStudents, []string{"students", "so_hoc_sinh", "hoc_sinh", "so_hs", "si_so", "so_luong_hoc_sinh", "tong_so_hoc_sinh", "tong_so_hs", "pupils"}},
	{columnNetworks, []string{"networks", "network", "mang", "dai_mang", "dai_dia_chi", "dai_ip", "ip", "dia_chi_ip", "dia_chi_mang", "ip_tinh",
		"cac_mang", "subnet", "subnets", "prefix", "prefixes"}},
	{columnProfile, []string{"profile", "ho_so", "ho_so_loc", "muc_loc", "che_do_loc"}},
	{columnLinks, []string{"links", "lien_ket", "ma_lien_ket", "ma_bi_mat"}},
	{columnLinkTokens, []string{"link_tokens", "ma_bo_dinh_tuyen", "ma_router", "ma_modem"}},
	{columnRADIUSIDs, []string{"radius_ids", "radius", "radius_id", "ma_radius", "ma_thue_bao", "tai_khoan_pppoe"}},
	{columnContact, []string{"contact", "lien_he", "email", "thu_dien_tu", "contacts", "dia_chi_email"}},
	{columnNone, []string{"stt", "tt", "so_tt", "so_thu_tu", "thu_tu", "no", "ghi_chu", "note", "notes", "comment"}},
}

// columnNames are the columns by their first names.
func columnNames() (names []string) {
	for _, h := range headings {
		if h.column != columnNone {
			names = append(names, h.names[0])
		}
	}
	return names
}

// columnOf is the column with a heading, and how sure that is: of two columns with the
// parent the surer one counts.
func columnOf(heading string) (c column, sure int) {
	if heading == "" || heading == "#" {
		return columnNone, 0
	}
	spellings := table.Spellings(heading)
	for _, name := range spellings {
		for _, h := range headings {
			if slices.Contains(h.names, name) {
				return h.column, parentWorded(name)
			}
		}
	}
	for _, name := range spellings {
		if sure := parentWorded(name); sure > 0 {
			return columnParent, sure
		}
	}
	return columnUnknown, 0
}

// How surely a heading of several words names the parent.
const (
	byPlace    = iota + 1 // "Xã/phường"
	byRelation            // "Đơn vị quản lý"
	byCode                // "Mã xã"
)

// What headings of the parent are made of: places, what says that a unit is above, and
// words that may stand with either.
var (
	places    = []string{"xa", "phuong", "thi_tran", "dac_khu", "ubnd", "uy_ban", "commune", "ward"}
	relations = []string{"thuoc", "cap_tren", "chu_quan", "quan_ly", "quan_li", "parent"}
	besides   = []string{
		"ma", "id", "ten", "truc", "tiep", "cua", "don", "vi", "dv", "co", "quan", "cq", "cap", "dia", "ban", "va", "hoac",
		"nhan", "dan", "hanh", "chinh", "so", "phong", "gd", "dt", "gddt", "giao", "duc", "dao", "tao", "unit", "code", "name",
	}
)

// parentWorded reports how surely a heading names the parent; 0 if it does not. "Quản lý"
// alone is more likely a person.
func parentWorded(name string) (sure int) {
	if name == "quan_ly" || name == "quan_li" {
		return 0
	}
	rest := "_" + name + "_"
	for _, known := range []struct {
		phrases []string
		sure    int
	}{{relations, byRelation}, {places, byPlace}, {besides, 0}} {
		for _, phrase := range known.phrases {
			if without := strings.ReplaceAll(rest, "_"+phrase+"_", "_"); without != rest {
				rest, sure = without, max(sure, known.sure)
			}
		}
	}
	coded := slices.ContainsFunc(strings.Split(name, "_"), func(word string) bool {
		return word == "ma" || word == "id" || word == "code"
	})
	switch {
	case strings.Trim(rest, "_") != "":
		return 0
	case coded && sure > 0:
		return byCode
	}
	return sure
}

// columnsOf are the columns of a header. Where no column has the id, the code of
// the ministry is it; where several have the parent, such as the code and the name of a
// commune, it is read from the one that says so most surely.
func columnsOf(cells []string) []column {
	columns, surest := make([]column, len(cells)), 0
	sure := make([]int, len(cells))
	for i, cell := range cells {
		columns[i], sure[i] = columnOf(cell)
		if columns[i] == columnParent {
			surest = max(surest, sure[i])
		}
	}
	for i := range columns {
		if columns[i] == columnParent && sure[i] < surest {
			columns[i] = columnUnknown
		}
	}
	if at := slices.Index(columns, columnCode); at >= 0 && !slices.Contains(columns, columnID) {
		columns[at] = columnID
	}
	return columns
}

// isHeader reports whether a row names the column of ids; and another one, unless
// it says so plainly.
func isHeader(cells []string) bool {
	columns := columnsOf(cells)
	if slices.ContainsFunc(cells, func(cell string) bool { return strings.EqualFold(cell, "id") }) {
		return true
	}
	known := 0
	for _, c := range columns {
		if c != columnUnknown && c != columnNone {
			known++
		}
	}
	return slices.Contains(columns, columnID) && (known > 1 || len(table.Trim(cells)) == 1)
}

// typeOf is the type of a school as policy.yaml writes it.
func typeOf(cell string) string {
	switch plain := wording.Plain(cell, '-'); plain {
	case "cong-lap", "cl", "public":
		return "cong-lap"
	case "ngoai-cong-lap", "ncl", "tu-thuc", "dan-lap", "private":
		return "ngoai-cong-lap"
	}
	return cell
}
