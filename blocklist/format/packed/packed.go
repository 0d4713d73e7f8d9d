// Package packed opens what lists come packed in: one that is compressed, and
// several in an archive. What comes out is bounded in bytes, files and memory,
// whatever the archive says of itself.
package packed

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
)

const (
	// MaxFiles bounds the files of an archive.
	MaxFiles = 1000
	// maxWindow bounds, in bytes, how far back a compressed text may refer, which is
	// the memory that opening it takes: as much as `xz -9` uses.
	maxWindow = 64 << 20
	// headBytes are enough to tell what a file is: the mark of tar is the last.
	headBytes = 512
)

// Why something is not opened.
var (
	ErrTooLarge = errors.New("unpacks to more than is allowed")
	ErrFiles    = errors.New("archive has too many files")
	ErrDamaged  = errors.New("packed data are damaged")
	ErrOther    = errors.New("packed in a way that is not read")
	ErrSeveral  = errors.New("archive has several categories")
)

// A kind is what the first bytes of a file say that it is.
type kind string

const (
	plain kind = ""
	gz    kind = "gzip"
	zst   kind = "zstd"
	xzip  kind = "xz"
	bz2   kind = "bzip2"
	tarf  kind = "tar"
	zipf  kind = "zip"
)

// marks are the first bytes of files that are packed; those of other kinds are
// not read.
var marks = []struct {
	mark string
	kind kind
}{
	{"\x1f\x8b", gz}, {"\x28\xb5\x2f\xfd", zst}, {"\xfd7zXZ\x00", xzip}, {"BZh", bz2}, {"PK\x03\x04", zipf},
	{"7z\xbc\xaf\x27\x1c", "7z"}, {"Rar!\x1a\x07", "rar"}, {"LZIP", "lzip"}, {"\x04\x22\x4d\x18", "lz4"},
	{"\x1f\x9d", "compress (.Z)"}, {"\x5d\x00\x00", "lzma"}, {"MSCF", "cab"},
}

const (
	tarMark   = "ustar"
	tarMarkAt = 257
)

// kindOf looks at the beginning of a file.
func kindOf(head []byte) kind {
	for _, m := range marks {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.kind
		}
	}
	if len(head) > tarMarkAt && bytes.HasPrefix(head[tarMarkAt:], []byte(tarMark)) {
		return tarf
	}
	return plain
}

// unpack undoes the compression of a text of a kind. The caller calls done.
func unpack(r io.Reader, k kind) (text io.Reader, done func(), err error) {
	done = func() {}
	switch k {
	case gz:
		text, err = gzip.NewReader(r)
	case bz2:
		text = bzip2.NewReader(r)
	case xzip:
		text, err = xz.NewReader(r, maxWindow)
	case zst:
		var z *zstd.Decoder
		z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err == nil {
			text, done = z, z.Close
		}
	default:
		err = fmt.Errorf("%w: %s", ErrOther, k)
	}
	if err != nil {
		return nil, done, damaged(err)
	}
	return damagedReader{text}, done, nil
}

// damaged says of an error of what is packed that it is one.
func damaged(err error) error {
	if err == nil || err == io.EOF || errors.Is(err, ErrOther) || errors.Is(err, ErrTooLarge) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// A damagedReader says of each error of what it reads that the data are damaged.
type damagedReader struct{ r io.Reader }

func (d damagedReader) Read(b []byte) (n int, err error) {
	n, err = d.r.Read(b)
	return n, damaged(err)
}

// A budget is how many bytes may still come out.
type budget struct{ left int64 }

// of is a reader that uses the budget up, and returns ErrTooLarge when there is
// more than that.
func (b *budget) of(r io.Reader) io.Reader { return budgetReader{r, b} }

type budgetReader struct {
	r io.Reader
	b *budget
}

func (r budgetReader) Read(p []byte) (n int, err error) {
	n, err = r.r.Read(p[:min(int64(len(p)), r.b.left+1)])
	if r.b.left -= int64(n); r.b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}
