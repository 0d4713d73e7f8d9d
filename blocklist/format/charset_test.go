package format_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"lachan/blocklist/format"
)

// TestATableInAnEncodingOfOfficesIsReadOrRefusedByName: TCVN3 as a program saved it
// is read; TCVN3 that was taken for Latin letters is not guessed at.
func TestATableInAnEncodingOfOfficesIsReadOrRefusedByName(t *testing.T) {
	const table = "Tên miền;Số văn bản;Cơ quan\nbet.example;12/QĐ;Sở Thông tin\n"
	var utf16LE []byte
	for _, unit := range utf16.Encode([]rune(table)) {
		utf16LE = binary.LittleEndian.AppendUint16(utf16LE, unit)
	}
	const tcvn3 = "T\xaan mi\xd2n;S\xe8 v\xa8n b\xb6n;C\xac quan\nbet.example;12/Q\xa7;S\xeb Th\xabng tin\n"
	f := func(what, text string, want error) {
		t.Helper()
		var got []format.Rule
		_, err := format.Parse(strings.NewReader(text), format.CSV, format.Options{}, func(r format.Rule) error {
			got = append(got, r)
			return nil
		}, nil)
		if want != nil {
			if !errors.Is(err, want) || len(got) > 0 {
				t.Errorf("%s: %v, %+v", what, err, got)
			}
			return
		}
		if err != nil || len(got) != 1 || got[0].Name != "bet.example" || got[0].Document != "12/QĐ" ||
			got[0].Order == nil || got[0].Order.Authority != "Sở Thông tin" {
			t.Errorf("%s: %v, %+v", what, err, got)
		}
	}
	f("UTF-8", table, nil)
	f("UTF-16 without a mark", string(utf16LE), nil)
	f("TCVN3", tcvn3, nil)
	var misread strings.Builder
	for _, c := range []byte(tcvn3) {
		misread.WriteRune(rune(c))
	}
	f("TCVN3 taken for Latin-1", misread.String(), format.ErrTCVN3)
	if text := format.Explain(format.ErrTCVN3); !strings.Contains(text.EN, "TCVN3") || !strings.Contains(text.VI, "Unicode") {
		t.Errorf("%+v", text)
	}
}
