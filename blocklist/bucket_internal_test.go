package blocklist

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"

	"lachan/blocklist/format"
)

// TestBucketsAreSmall bounds what a look-up walks: a bucket is as large with many
// names as with few.
func TestBucketsAreSmall(t *testing.T) {
	const names = 50_000
	source := Source{Name: "a", Digest: "1", Rules: func(emit func(format.Rule) error) error {
		for i := range names {
			if err := emit(format.Rule{Name: fmt.Sprintf("n%d.example", i)}); err != nil {
				return err
			}
		}
		return nil
	}}
	path := filepath.Join(t.TempDir(), "x.snap")
	if _, err := Compile(t.Context(), path, []Source{source}, Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	buckets := 1 << s.header.bucketBits
	largest := uint32(0)
	for i := range buckets {
		begin := binary.LittleEndian.Uint32(s.directory[4*i:])
		largest = max(largest, binary.LittleEndian.Uint32(s.directory[4*i+4:])-begin)
	}
	average := len(s.arena) / buckets
	t.Logf("%d buckets of %d bytes, the largest has %d", buckets, average, largest)
	if each := len(s.arena) / names; average > 2*keysPerBucket*each || int(largest) > 16*keysPerBucket*each {
		t.Errorf("a look-up walks %d bytes, the longest %d; an entry has %d", average, largest, each)
	}
}
