package feed

import (
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zstdWindow is the largest window that a sender may use over HTTP (RFC 9659
// section 3).
const zstdWindow = 8 << 20

// unpack undoes the Content-Encoding (RFC 9110 section 8.4) of a body and writes
// it to w. Packed and unpacked it may have at most max bytes.
func unpack(w io.Writer, body io.Reader, encoding string, max int64) error {
	body = &cappedReader{r: body, left: max}
	switch encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(body)
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		body = z
	case "zstd":
		z, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return err
		}
		defer z.Close()
		body = z
	default:
		return refuse(textEncoding.With(encoding),
			fmt.Errorf("%w: content encoding %q", ErrAnswer, encoding))
	}
	_, err := io.Copy(w, &cappedReader{r: body, left: max})
	return err
}

// A cappedReader returns ErrTooLarge instead of the end if there is more than its
// cap.
type cappedReader struct {
	r    io.Reader
	left int64
}

func (c *cappedReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b[:min(int64(len(b)), c.left+1)])
	if c.left -= int64(n); c.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}
