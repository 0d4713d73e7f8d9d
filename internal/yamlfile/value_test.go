package yamlfile_test

import (
	"reflect"
	"testing"
	"time"

	"lachan/internal/yamlfile"
)

func TestBytes(t *testing.T) {
	f := func(text string, want yamlfile.Bytes) {
		t.Helper()
		var got yamlfile.Bytes
		if err := got.UnmarshalText([]byte(text)); (err != nil) != (want < 0) || want >= 0 && got != want {
			t.Errorf("%q: got %d, %v; want %d", text, got, err, want)
		}
	}
	f("0", 0)
	f("1000", 1000)
	f("512 KiB", 512<<10)
	f("64MiB", 64<<20)
	f("64MB", 64e6)
	f("1GiB", 1<<30)
	f("10B", 10)
	f("", -1)
	f("MiB", -1)
	f("-1MiB", -1)
	f("64M", -1)
	f("1.5MiB", -1)
	f("9999999999TiB", -1) // more than an int64 holds
}

func TestPercent(t *testing.T) {
	f := func(text string, want yamlfile.Percent) {
		t.Helper()
		var got yamlfile.Percent
		if err := got.UnmarshalText([]byte(text)); (err != nil) != (want < 0) || want >= 0 && got != want {
			t.Errorf("%q: got %v, %v; want %v", text, got, err, want)
		}
	}
	f("0%", 0)
	f("12.5%", .125)
	f("100%", 1)
	f("30", -1)
	f("101%", -1)
	f("-1%", -1)
	f("NaN%", -1)
}

func TestDays(t *testing.T) {
	f := func(text string, want time.Duration) {
		t.Helper()
		var got yamlfile.Days
		if err := got.UnmarshalText([]byte(text)); (err != nil) != (want < 0) || want >= 0 && time.Duration(got) != want {
			t.Errorf("%q: got %v, %v; want %v", text, time.Duration(got), err, want)
		}
	}
	f("400d", 400*24*time.Hour)
	f("36h", 36*time.Hour)
	f("0", 0)
	f("1.5d", -1)
	f("-1d", -1)
	f("99999999d", -1)
}

func TestDateIsADayOfTheReadersTimeZone(t *testing.T) {
	hanoi := time.FixedZone("Asia/Ho_Chi_Minh", 7*3600)
	d := yamlfile.Date{Year: 2026, Month: 12, Day: 31}
	if got := d.In(hanoi).UTC().Format(time.RFC3339); got != "2026-12-30T17:00:00Z" {
		t.Errorf("midnight of %s is %s", d, got)
	}
	if d.String() != "2026-12-31" || (yamlfile.Date{}).String() != "" {
		t.Error("a day is not written as it is read")
	}
	if d.IsZero() || !(yamlfile.Date{}).IsZero() {
		t.Error("only the zero Date is no day")
	}
}

func TestTheWordNullIsAWordWhereWordsAreWanted(t *testing.T) {
	var doc struct {
		Reply   word              `yaml:"reply"`
		Located yamlfile.At[word] `yaml:"located"`
		Empty   word              `yaml:"empty"`
	}
	doc.Empty = "before"
	if p := yamlfile.Decode("x.yaml", []byte("reply: null\nlocated: null\nempty:\n"), &doc); len(p) > 0 {
		t.Fatal(p)
	}
	if doc.Reply != "null" || doc.Located.V != "null" || doc.Empty != "before" {
		t.Errorf("%+v, want the word twice and nothing changed by nothing", doc)
	}
}

// A word is any text.
type word string

func (w *word) UnmarshalText(text []byte) error {
	*w = word(text)
	return nil
}

// A week may be written as its days alone.
type week struct {
	Begins string   `yaml:"begins"`
	Days   []string `yaml:"days"`
}

func (*week) ListKey() string { return "days" }

// TestAListFormIsReadEitherWay: as a mapping, or as the list under its one key.
func TestAListFormIsReadEitherWay(t *testing.T) {
	for text, want := range map[string]week{
		"w: [mon, tue]":                    {Days: []string{"mon", "tue"}},
		"w: {begins: mon, days: [mon]}":    {Begins: "mon", Days: []string{"mon"}},
		"w:\n  begins: sun\n  days: [sun]": {Begins: "sun", Days: []string{"sun"}},
	} {
		var got struct {
			W week `yaml:"w"`
		}
		if problems := yamlfile.Decode("w.yaml", []byte(text), &got); len(problems) > 0 || !reflect.DeepEqual(got.W, want) {
			t.Errorf("%q is %+v, %v", text, got.W, problems)
		}
	}
	var got struct {
		W week `yaml:"w"`
	}
	if problems := yamlfile.Decode("w.yaml", []byte("w:\n  - mon\n  - {a: b}\n"), &got); len(problems) != 1 || problems[0].Line != 3 {
		t.Errorf("a wrong item is told as %v", problems)
	}
}
