package yamlfile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/internal/dates"
)

// Line is the type of a struct field that Decode sets to the line, from 1,
// where the mapping of its struct begins. Such a field has no key.
type Line int

// Lines is the type of a field of the outermost struct that Decode sets to the
// line of every value in the file, under its path: "server.listen[1]". Such a
// field has no key.
type Lines map[string]int

// An At is a value with the line, from 1, it stands on.
type At[T any] struct {
	V    T
	Line int
}

func (a *At[T]) locate(line int) any {
	a.Line = line
	return &a.V
}

// A located value is an At of any type.
type located interface{ locate(line int) any }

// A ShortForm is a struct that may also be written as a plain value, as
// `allow: [olm.vn]` is short for `allow: [{name: olm.vn}]`, or a list that may
// be written without its brackets. Its pointer implements it.
type ShortForm interface{ SetShort(s string) error }

// A ListForm is a struct that may also be written as a list alone, which is then the one
// under its key ListKey. Its pointer implements it.
type ListForm interface{ ListKey() string }

// Defaults is an item of a list or of a map, or what a pointer leads to, that
// does not begin as the zero value. Its pointer implements it.
type Defaults interface{ SetDefaults() }

// Bytes is an amount of bytes, written with its unit: 512KiB, 64MiB, 1GiB, or
// kB, MB, GB for powers of 1000. A bare number is bytes.
type Bytes int64

var byteUnits = []struct {
	name string
	size int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// UnmarshalText reads an amount of bytes.
func (b *Bytes) UnmarshalText(text []byte) error {
	number, unit := strings.TrimSpace(string(text)), int64(1)
	for _, u := range byteUnits {
		if n, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(n), u.size
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return Problem{Text: textWantBytes.With(string(text))}
	}
	*b = Bytes(n * unit)
	return nil
}

// String writes the amount as it is read, in the largest unit of which it is a
// whole number.
func (b Bytes) String() string {
	for _, u := range slices.Backward(byteUnits[:4]) {
		if b != 0 && int64(b)%u.size == 0 {
			return strconv.FormatInt(int64(b)/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(b), 10) + "B"
}

// Rounded writes the amount for people, with one place after the point: 1.5 MiB.
func (b Bytes) Rounded() string {
	if b < 1<<20 {
		return fmt.Sprintf("%.1f KiB", float64(b)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(b)/(1<<20))
}

// MarshalText writes the amount as UnmarshalText reads it.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// Percent is a share from 0 to 1, written from 0% to 100%.
type Percent float64

// UnmarshalText reads a share.
func (p *Percent) UnmarshalText(text []byte) error {
	number, ok := strings.CutSuffix(strings.TrimSpace(string(text)), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || !(f >= 0 && f <= 100) {
		return Problem{Text: textWantPart.With(string(text))}
	}
	*p = Percent(f / 100)
	return nil
}

// MarshalText writes the share as UnmarshalText reads it.
func (p Percent) MarshalText() ([]byte, error) {
	return []byte(strconv.FormatFloat(float64(p)*100, 'f', -1, 64) + "%"), nil
}

// Days is a length of time, written as whole days (400d) or as any other
// length of time (36h).
type Days time.Duration

// UnmarshalText reads a length of time.
func (d *Days) UnmarshalText(text []byte) error {
	v, err := duration(string(text))
	*d = Days(v)
	return err
}

// MarshalText writes the length of time as UnmarshalText reads it.
func (d Days) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// duration reads a length of time that is not negative: a Go duration or
// whole days.
func duration(text string) (time.Duration, error) {
	wrong := Problem{Text: textWantTime.With(text)}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 64)
		if err != nil || n < 0 || n > int64(math.MaxInt64/(24*time.Hour)) {
			return 0, wrong
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, wrong
	}
	return d, nil
}

// Date is a day of the calendar, written 2026-12-31 or in any other way that package
// dates reads, such as 31/12/2026, in whatever time zone the reader of the file has. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// UnmarshalText reads a day; no text is no day.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	var ok bool
	if d.Year, d.Month, d.Day, ok = dates.Day(string(text)); !ok {
		return Problem{Text: textWantDate.With(string(text))}
	}
	return nil
}

// MarshalText writes the day as UnmarshalText reads it.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// In is the midnight with which the day begins in loc.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// IsZero says that there is no day.
func (d Date) IsZero() bool { return d == Date{} }

// String writes the day as it is read, "" for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.In(time.UTC).Format(time.DateOnly)
}
