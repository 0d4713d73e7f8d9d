package source_test

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"lachan/policy/source"
)

// TestUnitsAreReadHoweverAnOfficeSavesThem: as lists are.
func TestUnitsAreReadHoweverAnOfficeSavesThem(t *testing.T) {
	const table = "id;name;kind\nth-a;Trường Tiểu học Nguyễn Văn Đức;school\n"
	var utf16LE []byte
	for _, unit := range utf16.Encode([]rune(table)) {
		utf16LE = binary.LittleEndian.AppendUint16(utf16LE, unit)
	}
	f := func(what string, data []byte) {
		t.Helper()
		units, problems := source.ReadCSV("units.csv", data)
		if len(problems) > 0 || len(units) != 1 || units[0].ID != "th-a" || units[0].Name != "Trường Tiểu học Nguyễn Văn Đức" {
			t.Errorf("%s: %+v %v", what, units, problems)
		}
	}
	f("UTF-8", []byte(table))
	f("UTF-8 with a mark", []byte("\ufeff"+table))
	f("UTF-16", utf16LE)
	f("TCVN3", []byte("id;name;kind\nth-a;Tr\xad\xeang Ti\xd3u h\xe4c Nguy\xd4n V\xa8n \xa7\xf8c;school\n"))
	f("Windows-1258", []byte("id;name;kind\nth-a;Tr\xfd\xf5\xccng Ti\xea\xd2u ho\xf2c Nguy\xea\xden V\xe3n \xd0\xfd\xecc;school\n"))
}
