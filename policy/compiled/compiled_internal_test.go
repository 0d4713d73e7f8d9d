package compiled

import (
	"encoding/binary"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Records are the same in memory and in the file only if nothing lies between
// their fields, on machines of 32 bits as well.
func TestRecordsHaveNoPadding(t *testing.T) {
	var tables Tables
	for _, c := range tables.columns() {
		record := reflect.TypeOf(c).Field(0).Type.Elem().Elem()
		if size := binary.Size(reflect.New(record).Elem().Interface()); size != int(record.Size()) {
			t.Errorf("%v has %d bytes in memory, its fields have %d", record, record.Size(), size)
		}
	}
}

func TestEveryTableHasAColumn(t *testing.T) {
	count := func(v any) int { return reflect.TypeOf(v).NumField() }
	var tables Tables
	if want := count(tables) - 1 + count(tables.Own); len(tables.columns()) != want {
		t.Errorf("%d columns, want %d", len(tables.columns()), want)
	}
}

// Where records cannot be read in place they are copied, and come out the same.
func TestRecordsAreReadFromAnyPlace(t *testing.T) {
	rows := []OwnEntry{{From: 1, Until: Forever, Owner: 2, Note: 3, Key: 5, LineAllow: 9}, {From: -9}}
	section := records[OwnEntry]{&rows}.encode()
	shifted := make([]byte, len(section)+16)
	for shift := range 16 {
		copy(shifted[shift:], section)
		var read []OwnEntry
		if err := (records[OwnEntry]{&read}).decode(shifted[shift : shift+len(section)]); err != nil || !slices.Equal(read, rows) {
			t.Errorf("%d bytes further: %v, %v", shift, read, err)
		}
	}
	var read []OwnEntry
	if (records[OwnEntry]{&read}).decode(section[1:]) == nil {
		t.Error("part of a record was read")
	}
}

// On machines that count bytes the other way each integer is turned round.
func TestSwap(t *testing.T) {
	rows := []Rule{{Block: Set{1, 2, 3, 1 << 60}, During: -2, Profile: 7}}
	section := slices.Clone(bytesOf(rows))
	swapAll[Rule](section)
	var turned Rule
	if _, err := binary.Decode(section, binary.BigEndian, &turned); err != nil || turned != rows[0] {
		t.Errorf("%+v, %v, want %+v", turned, err, rows[0])
	}
	swapAll[Rule](section)
	if !slices.Equal(section, bytesOf(rows)) {
		t.Error("turned twice it is not as it was")
	}
}

// FORMAT.md says how many bytes the records of each table have.
func TestFormatIsDocumented(t *testing.T) {
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	var tables Tables
	for i, c := range tables.columns() {
		record := reflect.TypeOf(c).Field(0).Type.Elem().Elem()
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| %d \| \w+ \| %d \|`, i+1, record.Size()))
		if !row.Match(text) {
			t.Errorf("FORMAT.md has no table %d with records of %d bytes (%v)", i+1, record.Size(), record)
		}
	}
	if !strings.Contains(string(text), fmt.Sprintf("header is %d bytes", baseLayout().headerSize())) {
		t.Errorf("the header has %d bytes", baseLayout().headerSize())
	}
}
