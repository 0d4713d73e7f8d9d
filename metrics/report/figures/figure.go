package figures

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// A Sign says why there is no number. The three are never the same: nothing is
// known, there was truly nothing, or it may not be told.
type Sign string

// The signs. "0" is a Figure with the value zero.
const (
	NoData     Sign = "–"
	Suppressed Sign = "*"
)

// A Figure is an exact whole number, or the reason why there is none. The zero
// value is 0.
type Figure struct {
	Value int64
	Sign  Sign // "" when there is a value
}

// Number is a figure with a value.
func Number(n int64) Figure { return Figure{Value: n} }

// Known reports whether there is a value.
func (f Figure) Known() bool { return f.Sign == "" }

// String writes the figure as Vietnamese documents do: 1.234.567.
func (f Figure) String() string {
	if !f.Known() {
		return string(f.Sign)
	}
	return Grouped(f.Value)
}

// MarshalJSON writes a number, or the sign as a string.
func (f Figure) MarshalJSON() ([]byte, error) {
	if !f.Known() {
		return json.Marshal(string(f.Sign))
	}
	return strconv.AppendInt(nil, f.Value, 10), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Figure) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, &f.Sign)
	}
	return json.Unmarshal(text, &f.Value)
}

// Grouped writes an integer with a dot after each three digits.
func Grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	var b strings.Builder
	for i, digit := range text {
		if i > 0 && (len(text)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(digit)
	}
	return sign + b.String()
}

// A Ratio is a part of a whole as documents print it, with one decimal. It is
// kept as a number of thousandths, rounded half away from zero.
type Ratio struct {
	PerMille int64
	Sign     Sign // "" when there is a value
}

// Share is part of whole. Without a whole there is no data.
func Share(part, whole Figure) Ratio {
	if !part.Known() {
		return Ratio{Sign: part.Sign}
	}
	if !whole.Known() {
		return Ratio{Sign: whole.Sign}
	}
	if whole.Value == 0 {
		return Ratio{Sign: NoData}
	}
	return Ratio{PerMille: int64(math.Round(float64(part.Value) * 1000 / float64(whole.Value)))}
}

// Known reports whether there is a value.
func (r Ratio) Known() bool { return r.Sign == "" }

// String writes 3,4%.
func (r Ratio) String() string {
	if !r.Known() {
		return string(r.Sign)
	}
	return Decimal(r.PerMille) + "%"
}

// MarshalJSON writes percent as a number with one decimal, or the sign.
func (r Ratio) MarshalJSON() ([]byte, error) {
	if !r.Known() {
		return json.Marshal(string(r.Sign))
	}
	return []byte(strings.Replace(strings.ReplaceAll(Decimal(r.PerMille), ".", ""), ",", ".", 1)), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Ratio) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, &r.Sign)
	}
	var percent float64
	err := json.Unmarshal(text, &percent)
	r.PerMille = int64(math.Round(percent * 10))
	return err
}

// Decimal writes a number of tenths: 34 is 3,4.
func Decimal(tenths int64) string {
	sign := ""
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	return sign + Grouped(tenths/10) + "," + strconv.FormatInt(tenths%10, 10)
}
