package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// read is the record of a line; it shares the memory of the line. Keys that it does not
// know are no mistake: a newer version wrote them.
func read(line []byte) (r Record, err error) {
	if len(line) > mostLine {
		return r, fmt.Errorf("%d bytes are more than %d", len(line), mostLine)
	}
	r, ok := readKnown(line)
	if !ok {
		r = Record{}
		err = json.Unmarshal(line, &r)
	}
	if err == nil && (r.Seq == 0 || r.Object == "" || r.More < 0) {
		err = errors.New("it has no number or sets nothing")
	}
	return r, err
}

// readKnown reads a line that has the keys of this version in their order. Ok is false if
// it has others, which is not to say that it is no record.
func readKnown(line []byte) (r Record, ok bool) {
	p := parser{rest: line, whole: string(line)}
	p.string(`{"area":`, &r.Area)
	if at := p.raw(`,"at":`); !p.failed && r.At.UnmarshalJSON(at) != nil {
		return r, false
	}
	p.string(`,"by":`, &r.By)
	if p.has(`,"from":`) {
		p.number(`,"from":`, &r.From)
	}
	if p.has(`,"made":`) {
		if at := p.raw(`,"made":`); !p.failed && r.Made.UnmarshalJSON(at) != nil {
			return r, false
		}
	}
	if p.has(`,"more":`) {
		more := uint64(0)
		p.number(`,"more":`, &more)
		if r.More = int(more); more > mostLine {
			return r, false
		}
	}
	r.New = p.raw(`,"new":`)
	p.string(`,"object":`, &r.Object)
	if p.has(`,"of":`) {
		p.number(`,"of":`, &r.Of)
	}
	r.Old = p.raw(`,"old":`)
	p.string(`,"prev":`, &r.Prev)
	if p.has(`,"request":`) {
		p.string(`,"request":`, &r.Request)
	}
	p.string(`,"role":`, &r.Role)
	p.number(`,"seq":`, &r.Seq)
	if p.has(`,"sig":`) {
		p.string(`,"sig":`, &r.Sig)
	}
	p.string(`,"unit":`, &r.Unit)
	p.string(`,"via":`, &r.Via)
	p.string(`,"what":`, &r.What)
	if p.has(`,"why":`) {
		p.string(`,"why":`, &r.Why)
	}
	return r, !p.failed && string(p.rest) == "}"
}

// A parser reads keys and values from the beginning of what is left of a line.
type parser struct {
	rest   []byte
	whole  string // the line, which strings are parts of
	failed bool
}

func (p *parser) has(key string) bool { return !p.failed && bytes.HasPrefix(p.rest, []byte(key)) }

func (p *parser) key(key string) {
	if !p.has(key) {
		p.failed = true
		return
	}
	p.rest = p.rest[len(key):]
}

// string reads one that nothing is escaped in; others are left to a slower reader.
func (p *parser) string(key string, to *string) {
	if p.key(key); p.failed || len(p.rest) == 0 || p.rest[0] != '"' {
		p.failed = true
		return
	}
	at := len(p.whole) - len(p.rest) + 1
	for i, c := range p.rest[1:] {
		if c == '"' {
			*to = p.whole[at : at+i]
			p.rest = p.rest[i+2:]
			p.failed = !utf8.ValidString(*to)
			return
		}
		if c == '\\' || c < ' ' {
			break
		}
	}
	p.failed = true
}

// number reads one without sign, fraction and exponent.
func (p *parser) number(key string, to *uint64) {
	p.key(key)
	n := 0
	for n < len(p.rest) && p.rest[n] >= '0' && p.rest[n] <= '9' {
		n++
	}
	if p.failed || n == 0 || n > 1 && p.rest[0] == '0' {
		p.failed = true
		return
	}
	var err error
	*to, err = strconv.ParseUint(string(p.rest[:n]), 10, 64)
	p.failed = err != nil
	p.rest = p.rest[n:]
}

// raw reads any value.
func (p *parser) raw(key string) (value json.RawMessage) {
	if p.key(key); p.failed {
		return nil
	}
	n := valueLength(p.rest)
	value, p.rest = json.RawMessage(p.rest[:n:n]), p.rest[n:]
	p.failed = len(bytes.TrimSpace(value)) < n || !json.Valid(value)
	return value
}

// valueLength is where a value ends, if it is one.
func valueLength(text []byte) int {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}' || c == ']'):
			return i
		case c == '}' || c == ']':
			depth--
		}
	}
	return len(text)
}
