package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"lachan/metrics/report/figures"
)

// A form is the part of the head that depends on the rank of the office.
type form struct{ parent, office, symbol, position string }

// formOf makes the head in the form of decree 30/2020/NĐ-CP from the names of units.
// The officer's own text takes precedence.
func (w *writer) formOf() form {
	u := w.unit
	name := strings.ToUpper(u.Name)
	switch u.Rank {
	case figures.School:
		f := form{parent: "UBND " + dots(20), office: name, symbol: "BC-" + initials(u.Name), position: "HIỆU TRƯỞNG"}
		if commune, known := w.units[u.Commune]; known {
			f.parent = "UBND " + strings.ToUpper(commune.Name)
		}
		if u.Level == "upper-secondary" || u.Level == "continuing" {
			f.parent = "SỞ GIÁO DỤC VÀ ĐÀO TẠO"
			if province, known := w.units[u.Province]; known {
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

func (w *writer) head() (Head, Signature) {
	typed, f := w.spec.Typed, w.formOf()
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
		Place:  cmp.Or(typed.Place, dots(12)) + ", " + dayOf(typed.Date, w.data.AsOf.Year()),
	}
	return h, Signature{typed.Capacity, cmp.Or(typed.Position, f.position), typed.Signer}
}

// dayOf writes the day of signing: days under 10 and the first two months have
// a zero before them.
func dayOf(typed string, year int) string {
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return fmt.Sprintf("ngày %s tháng %s năm %d", dots(4), dots(4), year)
	}
	month := fmt.Sprint(int(day.Month()))
	if day.Month() <= time.February {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", day.Day(), month, day.Year())
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
