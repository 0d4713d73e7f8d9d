package charset_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"lachan/internal/charset"
)

const table = "Tên miền;Văn bản;Ghi chú\nbet.example;12/QĐ;cờ bạc trực tuyến\n"

// inUTF16 is a text in UTF-16.
func inUTF16(text string, order binary.AppendByteOrder) (data []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		data = order.AppendUint16(data, unit)
	}
	return data
}

// inTCVN3 is the table as a program with a font of TCVN3 saves it.
const inTCVN3 = "T\xaan mi\xd2n;V\xa8n b\xb6n;Ghi ch\xf3\nbet.example;12/Q\xa7;c\xea b\xb9c tr\xf9c tuy\xd5n\n"

// in1258 is the table as Windows of Vietnam does: marks follow letters.
const in1258 = "T\xean mi\xea\xccn;V\xe3n ba\xd2n;Ghi chu\xec\nbet.example;12/Q\xd0;c\xf5\xcc ba\xf2c tr\xfd\xf2c tuy\xea\xecn\n"

func TestATableIsReadHoweverAnOfficeSavesIt(t *testing.T) {
	f := func(what string, data []byte, want string) {
		t.Helper()
		if got := string(charset.Text(data)); got != want {
			t.Errorf("%s: %q", what, got)
		}
	}
	f("UTF-8", []byte(table), table)
	f("UTF-8 with a mark", []byte("\ufeff"+table), table)
	f("UTF-16 LE with a mark", inUTF16("\ufeff"+table, binary.LittleEndian), table)
	f("UTF-16 BE with a mark", inUTF16("\ufeff"+table, binary.BigEndian), table)
	f("UTF-16 LE", inUTF16(table, binary.LittleEndian), table)
	f("UTF-16 BE", inUTF16(table, binary.BigEndian), table)
	f("TCVN3", []byte(inTCVN3), table)
	f("Windows-1258", []byte(in1258), table)
	f("Latin-1", []byte("# d\xe9p\xf4t fran\xe7ais \xe0 c\xf4t\xe9\n"), string(charset.Line([]byte("# d\xe9p\xf4t fran\xe7ais \xe0 c\xf4t\xe9\n"))))
	f("an archive", []byte("PK\x03\x04\x00\x00\xaaa\xa8b\xb6c\xb9d"), string(charset.Line([]byte("PK\x03\x04\x00\x00\xaaa\xa8b\xb6c\xb9d"))))
}

func TestTCVN3InAWorkbookIsKnown(t *testing.T) {
	latin := func(data string) string {
		var b strings.Builder
		for _, c := range []byte(data) {
			b.WriteRune(rune(c))
		}
		return b.String()
	}
	f := func(text string, want bool) {
		t.Helper()
		if got := charset.MisreadTCVN3(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	f(latin("T\xaan mi\xd2n V\xa8n b\xb6n"), true)
	f("Tên miền Văn bản", false)
	f("Tên miền «Văn bản»", false)
	f("domain document", false)
	f("Facebook® 5°C ½", false)
	f("à á é ê", false)
}

// FuzzText: what comes is UTF-8, or what went in.
func FuzzText(f *testing.F) {
	f.Add([]byte(inTCVN3))
	f.Add([]byte(in1258))
	f.Add(inUTF16(table, binary.BigEndian))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got := charset.Text(data); !utf8.Valid(got) && !bytes.Equal(got, data) {
			t.Errorf("%q: %q", data, got)
		}
	})
}
