package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/miekg/dns"
)

// lineOf returns a record as a line of a copy.
func lineOf(rr dns.RR) string {
	rr.Header().Name = dns.CanonicalName(rr.Header().Name)
	if cname, ok := rr.(*dns.CNAME); ok {
		cname.Target = dns.CanonicalName(cname.Target)
	}
	line := rr.String()
	if strings.ContainsAny(line, "\r\n") { // only in types that do not occur in zones
		line = strings.NewReplacer("\r", " ", "\n", " ").Replace(line)
	}
	return line
}

// readSOA reads the first line of a copy.
func readSOA(good io.Reader, zone string) (SOA, error) {
	in := newLineReader(good)
	line, ok := in.next()
	if !ok {
		return SOA{}, errors.Join(errWhole, in.err)
	}
	rr, err := dns.NewRR(string(line))
	soa, isSOA := rr.(*dns.SOA)
	if err != nil || !isSOA || soa.Hdr.Name != zone {
		return SOA{}, fmt.Errorf("%w: the copy is of no zone %s", errWhole, zone)
	}
	return soaOf(soa), nil
}

// A lineReader reads lines of any length, which are valid until the next.
type lineReader struct {
	in   *bufio.Reader
	long []byte
	err  error // but io.EOF
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{in: bufio.NewReaderSize(r, 64<<10)} }

func (r *lineReader) next() (line []byte, ok bool) {
	r.long = r.long[:0]
	for {
		part, err := r.in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			r.long = append(r.long, part...)
			continue
		}
		if err != nil && err != io.EOF {
			r.err = err
		}
		if len(r.long) > 0 {
			part = append(r.long, part...)
		}
		if err != nil && len(part) == 0 || r.err != nil {
			return nil, false
		}
		return bytes.TrimSuffix(part, []byte("\n")), true
	}
}

// A lineWriter keeps the first error for flush.
type lineWriter struct{ out *bufio.Writer }

func newLineWriter(w io.Writer) lineWriter { return lineWriter{bufio.NewWriterSize(w, 64<<10)} }

// bufio.Writer remembers its error, which Flush returns.
func (w lineWriter) line(text string) {
	w.out.WriteString(text)
	w.out.WriteByte('\n')
}

func (w lineWriter) write(text []byte) {
	w.out.Write(text)
	w.out.WriteByte('\n')
}

func (w lineWriter) flush() error { return w.out.Flush() }
