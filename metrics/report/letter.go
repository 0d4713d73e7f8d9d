package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"lachan/metrics/report/figures"
)

// A letter is what stands around the sections: the head, the first paragraph, the
// signature and the recipients.
type letter struct{ *facts }

// A form is the part of the head that depends on the rank of the office.
type form struct{ parent, office, symbol, position string }

// formOf makes the head in the form of decree 30/2020/NĐ-CP from the names of units.
// The officer's own text takes precedence.
func (l *letter) formOf() form {
	u := l.unit
	name := strings.ToUpper(u.Name)
	switch u.Rank {
	case figures.School:
		f := form{parent: "UBND " + dots(20), office: name, symbol: "BC-" + initials(u.Name), position: "HIỆU TRƯỞNG"}
		if commune, known := l.units[u.Commune]; known {
			f.parent = "UBND " + strings.ToUpper(commune.Name)
		}
		if u.Level == "upper-secondary" || u.Level == "continuing" {
			f.parent = "SỞ GIÁO DỤC VÀ ĐÀO TẠO"
			if province, known := l.units[u.Province]; known {
				f.parent += " " + strings.ToUpper(withoutRank(province.Name))
			}
		}
		return f
	case figures.Commune:
		return form{office: "ỦY BAN NHÂN DÂN " + name, symbol: "BC-UBND", position: "CHỦ TỊCH"}
	case figures.Province:
		return form{parent: "UBND " + name, office: "SỞ GIÁO DỤC VÀ ĐÀO TẠO", symbol: "BC-SGDĐT", position: "GIÁM ĐỐC"}
	}
	return form{parent: dots(30), office: "CÔNG TY " + dots(24), symbol: "BC-" + dots(8), position: "GIÁM ĐỐC"}
}

func (l *letter) head() (Head, Signature) {
	typed, f := l.spec.Typed, l.formOf()
	number := typed.Number
	if number == "" {
		number = dots(6)
	} else if len(number) == 1 {
		number = "0" + number // decree 30/2020, annex I, II.3: numbers under 10
	}
	h := Head{
		Parent: cmp.Or(typed.Parent, f.parent),
		Office: cmp.Or(typed.Office, f.office),
		Number: fmt.Sprintf("Số: %s/%s", number, cmp.Or(typed.Symbol, f.symbol)),
		Place:  cmp.Or(typed.Place, dots(12)) + ", " + dayOf(&typed, l.data.AsOf.Year()),
	}
	return h, Signature{typed.Capacity, cmp.Or(typed.Position, f.position), typed.Signer}
}

// dayOf writes the day of signing: days under 10 and the first two months have
// a zero before them. What was typed and is no day stands there as it is.
func dayOf(typed *figures.Typed, year int) string {
	signed, month, day, ok := typed.Signed()
	switch {
	case typed.Date == "":
		return fmt.Sprintf("ngày %s tháng %s năm %d", dots(4), dots(4), year)
	case !ok:
		return typed.Date
	case month <= time.February:
		return fmt.Sprintf("ngày %02d tháng %02d năm %d", day, month, signed)
	}
	return fmt.Sprintf("ngày %02d tháng %d năm %d", day, month, signed)
}

// initials are the first letters of the words of a school's name, as numbers of
// documents have them: Trường Tiểu học Kim Đồng is TTHKĐ.
func initials(name string) string {
	var b strings.Builder
	for _, word := range strings.Fields(name) {
		b.WriteRune([]rune(strings.ToUpper(word))[0])
	}
	return b.String()
}

// withoutRank is the name of a province alone: Tỉnh Lào Cai is Lào Cai.
func withoutRank(name string) string {
	for _, rank := range []string{"Tỉnh ", "Thành phố ", "tỉnh ", "thành phố ", "TP. "} {
		if rest, ok := strings.CutPrefix(name, rank); ok {
			return rest
		}
	}
	return name
}

// dots are a place to write by hand.
func dots(n int) string { return strings.Repeat(".", n) }

// about is what the report is about, in the middle of a sentence.
func (l *letter) about() string {
	if l.spec.Document != "" {
		return fmt.Sprintf(
			"kết quả thực hiện yêu cầu tại văn bản số %s trên hệ thống mạng của %s %s",
			l.spec.Document,
			l.whose(),
			l.spec.Period.Label,
		)
	}
	return "kết quả lọc, chặn nội dung không phù hợp với trẻ em trên hệ thống mạng của " + l.whose() + " " + l.spec.Period.Label
}

func (l *letter) whose() string {
	if l.unit.Rank == figures.School {
		return "nhà trường"
	}
	return "các cơ sở giáo dục"
}

// opening is the paragraph before the sections, with the legal basis.
func (l *letter) opening() []string {
	said := l.who() + " báo cáo " + l.about() + " như sau:"
	basis := l.spec.Typed.Basis
	switch {
	case len(basis) > 0:
	case l.isMonth(), l.spec.Document != "":
		return []string{upperFirst(said)}
	default:
		basis = []string{
			"Luật An ninh mạng số 116/2025/QH15 ngày 10 tháng 12 năm 2025",
			"Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15",
			"Nghị định số 147/2024/NĐ-CP ngày 09 tháng 11 năm 2024 của Chính phủ",
			"Quyết định số 830/QĐ-TTg ngày 01 tháng 6 năm 2021 của Thủ tướng Chính phủ",
		}
	}
	return []string{"Thực hiện " + strings.Join(basis, "; ") + ", " + said}
}

// who is the name of the reporting office, in the middle of a sentence.
func (l *letter) who() string {
	switch {
	case l.spec.Typed.Office != "":
		return l.spec.Typed.Office
	case l.unit.Rank == figures.Province:
		return "Sở Giáo dục và Đào tạo " + lowerFirst(l.unit.Name)
	case l.unit.Rank == figures.Commune:
		return "Ủy ban nhân dân " + lowerFirst(l.unit.Name)
	case l.unit.Rank == figures.Operator:
		return "đơn vị"
	}
	return l.unit.Name
}

func (l *letter) recipients() []string {
	if len(l.spec.Typed.Recipients) > 0 {
		return l.spec.Typed.Recipients
	}
	above := map[figures.Rank]string{
		figures.School: "Cơ quan quản lý trực tiếp (để báo cáo)", figures.Commune: "Sở Giáo dục và Đào tạo (để báo cáo)",
		figures.Province: "Ủy ban nhân dân tỉnh (để báo cáo)", figures.Operator: "Cơ quan có thẩm quyền (để báo cáo)",
	}
	return []string{"- " + above[l.unit.Rank] + ";", "- Lưu: VT, " + dots(6)}
}
