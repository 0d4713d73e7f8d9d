package queryfile_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"lachan/bench/queryfile"
)

func encode(t testing.TB, f *queryfile.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	want := &queryfile.File{Messages: [][]byte{[]byte("one"), []byte("second")}, Order: []uint32{1, 0, 1}}
	octets := encode(t, want)
	got, err := queryfile.Parse(octets)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("read %v, %v", got, err)
	}
	for end := range octets {
		if _, err := queryfile.Parse(octets[:end]); !errors.Is(err, queryfile.ErrFormat) {
			t.Errorf("the first %d octets were read as a whole file", end)
		}
	}
}

// FuzzParse: whatever the octets, Parse returns an error or a file that is
// written back as the same octets and whose order stays within its messages.
func FuzzParse(f *testing.F) {
	f.Add(encode(f, &queryfile.File{Messages: [][]byte{[]byte("one"), {}}, Order: []uint32{1, 0}}))
	f.Fuzz(func(t *testing.T, octets []byte) {
		file, err := queryfile.Parse(octets)
		if err != nil {
			return
		}
		for _, i := range file.Order {
			_ = file.Messages[i]
		}
		if !bytes.Equal(encode(t, file), octets) {
			t.Error("written back differently")
		}
	})
}
