package blocklist

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// FuzzDecode: whatever the bytes, decode returns a snapshot or an error and
// every look-up in what it returns ends without a panic.
func FuzzDecode(f *testing.F) {
	path := filepath.Join(f.TempDir(), "x.snap")
	rules := []format.Rule{{Name: "a.example"}, {Name: "b.example", Allow: true}, {Regex: "^ads"}}
	src := Source{Name: "a", Rules: func(emit func(format.Rule) error) error {
		for _, r := range rules {
			if err := emit(r); err != nil {
				return err
			}
		}
		return nil
	}}
	if _, err := Compile(f.Context(), path, []Source{src}, Options{}); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, false)
	f.Add(whole, true)
	f.Add(whole[:headerSize], true)
	f.Fuzz(func(t *testing.T, data []byte, mend bool) {
		if mend { // let damage behind the checksums through
			mendChecksums(data)
		}
		s, err := decode(data)
		if err != nil {
			return
		}
		l := s.Bind(func(string, string) Set { return Of(1) }, nil)
		var n domain.Name
		for _, text := range []string{"a.example", "x.b.example", "ads.test"} {
			if err := n.SetText(text); err != nil {
				t.Fatal(err)
			}
			l.Classify(&n, 1, 0)
			l.Matches(&n, 1, 0)
		}
	})
}

// mendChecksums makes the checksums of a snapshot true again wherever its
// sections lie within it.
func mendChecksums(data []byte) {
	if len(data) < headerSize {
		return
	}
	for i := range 4 {
		at := data[32+20*i:]
		offset, size := binary.LittleEndian.Uint64(at), binary.LittleEndian.Uint64(at[8:])
		if offset <= uint64(len(data)) && size <= uint64(len(data))-offset {
			binary.LittleEndian.PutUint32(at[16:], crc32.Checksum(data[offset:offset+size], castagnoli))
		}
	}
	binary.LittleEndian.PutUint32(data[headerSize-4:], crc32.Checksum(data[:headerSize-4], castagnoli))
}
