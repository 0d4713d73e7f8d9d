package xlsx

import (
	"bufio"
	"bytes"
	"errors"
	"html"
	"io"
	"strings"
)

// A markup reads a part of a workbook tag by tag, in memory that does not grow
// with the part, however deep or long it is. It knows as much of XML as
// spreadsheets write: tags, attributes, text, character references. It needs
// less than half of the time of encoding/xml for a sheet of 200,000 rows.
type markup struct {
	in      *bufio.Reader
	depth   int
	text    []byte // before the current tag, as it is written
	tag     []byte // between its '<' and '>'
	current tag
}

// Bounds of what is kept of a part at a time, in bytes.
const (
	maxTag     = 64 << 10
	maxContent = 6 * maxText // a text with every character written as a reference
)

var errMarkup = errors.New("not XML as spreadsheets write it")

// A tag is the beginning of an element, its end, or both. It is valid until the
// next one is read.
type tag struct {
	name       string // without the prefix of its namespace
	start, end bool
	attributes []byte
	text       []byte
}

// next returns the next tag, and io.EOF after the last when all are closed.
func (m *markup) next() (t *tag, err error) {
	for {
		m.text, err = m.until('<', m.text[:0], maxContent)
		if err == io.EOF && m.depth > 0 {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		if err := m.readTag(); err != nil {
			return nil, err
		}
		if m.tag[0] != '?' && m.tag[0] != '!' {
			return m.open()
		}
	}
}

// readTag reads the rest of a tag or a comment after its '<'. A '>' in quotes
// does not end it.
func (m *markup) readTag() (err error) {
	m.tag = m.tag[:0]
	for more := true; more; {
		if len(m.tag) > 0 {
			m.tag = append(m.tag, '>')
		}
		if m.tag, err = m.until('>', m.tag, maxTag); err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		switch {
		case err != nil:
			return err
		case len(m.tag) == 0:
			return errMarkup
		case bytes.HasPrefix(m.tag, []byte("!--")):
			more = !bytes.HasSuffix(m.tag, []byte("--"))
		case m.tag[0] == '!':
			return errMarkup // neither a DTD nor CDATA
		default:
			more = quoted(m.tag)
		}
	}
	return nil
}

// quoted reports whether a tag has a quote that is not closed.
func quoted(tag []byte) bool {
	for {
		at := bytes.IndexAny(tag, `"'`)
		if at < 0 {
			return false
		}
		end := bytes.IndexByte(tag[at+1:], tag[at])
		if end < 0 {
			return true
		}
		tag = tag[at+end+2:]
	}
}

// open splits the current tag into its name and attributes.
func (m *markup) open() (*tag, error) {
	t := &m.current
	*t = tag{}
	name := m.tag
	if name, t.end = bytes.CutPrefix(name, []byte("/")); t.end {
		t.text = m.text
	} else {
		t.start = true
		name, t.end = bytes.CutSuffix(name, []byte("/"))
	}
	if at := bytes.IndexAny(name, " \t\r\n"); at >= 0 {
		name, t.attributes = name[:at], name[at:]
	}
	if at := bytes.IndexByte(name, ':'); at >= 0 {
		name = name[at+1:]
	}
	t.name = known(name)
	if t.start {
		m.depth++
	}
	if t.end {
		m.depth--
	}
	if m.depth < 0 {
		return nil, errMarkup
	}
	return t, nil
}

// known returns name as a string, without an allocation for the elements that
// a sheet is full of.
func known(name []byte) string {
	switch string(name) {
	case "c":
		return "c"
	case "v":
		return "v"
	case "t":
		return "t"
	case "row":
		return "row"
	}
	return string(name)
}

// until appends what comes before a delimiter to buf, which may grow to max
// bytes.
func (m *markup) until(delimiter byte, buf []byte, max int) ([]byte, error) {
	for {
		part, err := m.in.ReadSlice(delimiter)
		if err == nil {
			part = part[:len(part)-1]
		}
		if len(buf)+len(part) > max {
			return buf, errMarkup
		}
		buf = append(buf, part...)
		if err != bufio.ErrBufferFull {
			return buf, err
		}
	}
}

// content returns the text before the end of an element.
func (t *tag) content() string { return plainText(t.text) }

// attribute returns the value of an attribute, "" if the tag does not have it.
func (t *tag) attribute(name string) string {
	for rest := t.attributes; ; {
		key, after, _ := bytes.Cut(rest, []byte("="))
		after = bytes.TrimLeft(after, " \t\r\n")
		if len(after) == 0 {
			return ""
		}
		value, next, closed := bytes.Cut(after[1:], after[:1])
		if !closed {
			return ""
		}
		key = bytes.TrimSpace(key)
		if at := bytes.IndexByte(key, ':'); at >= 0 {
			key = key[at+1:]
		}
		if string(key) == name {
			return plainText(value)
		}
		rest = next
	}
}

// controls replaces the way in which spreadsheets write characters that XML
// does not allow in a text (ECMA-376 part 1, 22.9.2.19).
var controls = strings.NewReplacer("_x000D_", "\r", "_x000A_", "\n", "_x0009_", "\t", "_x005F_", "_")

// plainText replaces the character references of a text.
func plainText(text []byte) string {
	s := string(text)
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if strings.Contains(s, "_x00") {
		s = controls.Replace(s)
	}
	return s
}
