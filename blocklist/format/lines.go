package format

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// MaxLine bounds a line, in octets; a longer one is rejected.
const MaxLine = 64 << 10

// lines reads a text a line at a time through one buffer.
type lines struct{ *bufio.Reader }

// newLines reads r as UTF-8. A byte order mark is taken off; the two of UTF-16
// make it decode that.
func newLines(r io.Reader) lines {
	in := bufio.NewReaderSize(r, MaxLine)
	mark, _ := in.Peek(3) // an error comes again with the first line
	switch {
	case bytes.HasPrefix(mark, []byte("\xEF\xBB\xBF")):
		in.Discard(3)
	case bytes.HasPrefix(mark, []byte("\xFF\xFE")), bytes.HasPrefix(mark, []byte("\xFE\xFF")):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
		in = bufio.NewReaderSize(transform.NewReader(in, utf16.NewDecoder()), MaxLine)
	}
	return lines{in}
}

// head is what the text begins with, at most MaxLine octets; the next line is
// still the first.
func (l lines) head() []byte {
	head, _ := l.Peek(MaxLine)
	return head
}

// next is the next line without its end ("\n" or "\r\n"), valid until the next
// call. Of a line longer than MaxLine it returns the beginning and whole false.
// io.EOF comes alone, after the last line.
func (l lines) next() (line []byte, whole bool, err error) {
	line, err = l.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		beginning := bytes.Clone(line[:MaxRejectText])
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.ReadSlice('\n')
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return beginning, false, err
	case errors.Is(err, io.EOF) && len(line) > 0:
		err = nil
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), true, err
}
