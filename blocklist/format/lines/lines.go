// Package lines reads the lines of a list, and what formats of plain text have
// in common: fields and comments.
package lines

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"lachan/internal/charset"
	"strings"

	"golang.org/x/text/transform"
)

const (
	// Max bounds a line, in bytes.
	Max = 64 << 10
	// MaxBeginning is how many bytes Next returns of a line longer than Max.
	MaxBeginning = 120
)

// A Reader reads a text a line at a time through one buffer.
type Reader struct{ *bufio.Reader }

// NewReader reads r as UTF-8, whatever of package charset it is; what is of a code
// page ToUTF8 decodes by the line.
func NewReader(r io.Reader) Reader {
	in := bufio.NewReaderSize(r, Max)
	head, _ := in.Peek(Max) // an error comes again with the first line
	if d := charset.Decoder(head); d != nil {
		in = bufio.NewReaderSize(transform.NewReader(in, d), Max)
		head, _ = in.Peek(Max)
	}
	if bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		in = bufio.NewReaderSize(returns{in}, Max)
	}
	return Reader{in}
}

// returns reads a text whose lines end with "\r" alone, as old programs write it, as
// one whose lines end with "\n".
type returns struct{ io.Reader }

func (r returns) Read(p []byte) (n int, err error) {
	n, err = r.Reader.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// Head returns the beginning of the text, at most Max bytes, without reading
// on.
func (r Reader) Head() []byte {
	head, _ := r.Peek(Max)
	return head
}

// Next returns the next line without its end ("\n", "\r\n" or in some texts "\r"), valid until the
// next call. Of a line longer than Max it returns the beginning, with whole
// false. io.EOF comes alone, after the last line.
func (r Reader) Next() (line []byte, whole bool, err error) {
	line, err = r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		beginning := bytes.Clone(line[:MaxBeginning])
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
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

// ToUTF8 decodes a line that is not UTF-8 from the code page in which a
// Vietnamese Windows saves it.
func ToUTF8(line []byte) []byte { return charset.Line(line) }

// Field cuts the first field off a line that does not begin with white space.
func Field(line []byte) (first, rest []byte) {
	for i, c := range line {
		if c == ' ' || c == '\t' {
			first, rest = line[:i], line[i:]
			for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
				rest = rest[1:]
			}
			return first, rest
		}
	}
	return line, nil
}

// OpensComment reports whether a text that is not empty begins a comment, as
// files of plain names write it.
func OpensComment(text []byte) bool {
	switch text[0] {
	case '#', '!', ';':
		return true
	}
	return len(text) > 1 && text[0] == '/' && text[1] == '/'
}

// CutComment cuts the comment off the end of a line. It begins with one of
// marks after white space.
func CutComment(line []byte, marks string) []byte {
	for at := 1; at < len(line); at++ {
		blank := line[at-1] == ' ' || line[at-1] == '\t'
		if blank && strings.IndexByte(marks, line[at]) >= 0 {
			return bytes.TrimSpace(line[:at])
		}
	}
	return line
}
