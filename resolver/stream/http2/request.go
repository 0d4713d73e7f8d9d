package http2

import (
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/net/http2/hpack"
)

// A Request is what a client asks for.
type Request struct {
	Method      string
	Path        string // with the query
	ContentType string
	Body        []byte // the Handler's, to change or to use for something else
	authority   string
	fields      []hpack.HeaderField // all but those that begin with a colon
	length      int64               // that the body is said to have; -1 if nothing is said
}

// Values are those of a field, whose name is in lower case.
func (r *Request) Values(name string) (values []string) {
	for _, f := range r.fields {
		if f.Name == name {
			values = append(values, f.Value)
		}
	}
	return values
}

// reset forgets the request, and keeps the room that it had if that was little.
func (r *Request) reset() {
	clear(r.fields)
	body, fields := r.Body[:0], r.fields[:0]
	if cap(body) > spareBody {
		body = nil
	}
	if cap(fields) > spareFields {
		fields = nil
	}
	*r = Request{Body: body, fields: fields}
}

// A block is the header of a request as it is decoded, field by field.
type block struct {
	method, scheme, path, authority string
	fields                          []hpack.HeaderField
	size                            int // bytes, as maxHeader counts them
	malformed                       bool
	length                          int64
}

func (b *block) begin() {
	clear(b.fields)
	*b = block{fields: b.fields[:0], length: -1}
}

// fieldOverhead is what a field counts besides its name and value (RFC 9113 section 6.5.2).
const fieldOverhead = 32

// tooLarge reports whether the header has more than it may.
func (b *block) tooLarge() bool { return b.size > maxHeader }

// add takes one field.
func (b *block) add(f hpack.HeaderField) {
	if b.size += len(f.Name) + len(f.Value) + fieldOverhead; b.tooLarge() {
		return // nothing more is kept
	}
	if !httpguts.ValidHeaderFieldValue(f.Value) {
		b.malformed = true
		return
	}
	if f.IsPseudo() {
		b.pseudo(f)
		return
	}
	if !validName(f.Name) || forbidden(f) {
		b.malformed = true
		return
	}
	if f.Name == "content-length" {
		n, err := strconv.ParseUint(f.Value, 10, 62)
		if err != nil || b.length >= 0 && b.length != int64(n) {
			b.malformed = true
		}
		b.length = int64(n)
	}
	b.fields = append(b.fields, f)
}

// pseudo takes a field that begins with a colon: each once, and all before the others.
func (b *block) pseudo(f hpack.HeaderField) {
	var field *string
	switch f.Name {
	case ":method":
		field = &b.method
	case ":scheme":
		field = &b.scheme
	case ":path":
		field = &b.path
	case ":authority":
		field = &b.authority
	}
	if field == nil || *field != "" || f.Value == "" || len(b.fields) > 0 {
		b.malformed = true
		return
	}
	*field = f.Value
}

// validName reports whether a name is one of HTTP/2, which has no upper case.
func validName(name string) bool {
	for i := range len(name) {
		if c := name[i]; 'A' <= c && c <= 'Z' || !httpguts.IsTokenRune(rune(c)) {
			return false
		}
	}
	return name != ""
}

// forbidden reports whether a field is of the connection, which HTTP/2 has none of
// (RFC 9113 section 8.2.2).
func forbidden(f hpack.HeaderField) bool {
	switch f.Name {
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return true
	case "te":
		return !strings.EqualFold(f.Value, "trailers")
	}
	return false
}

// isRequest reports whether the header is one of a request (RFC 9113 section 8.3.1).
func (b *block) isRequest() bool {
	switch {
	case b.malformed:
		return false
	case b.method == "CONNECT":
		return b.scheme == "" && b.path == "" && b.authority != ""
	}
	return b.method != "" && b.scheme != "" && (strings.HasPrefix(b.path, "/") || b.path == "*")
}

// isTrailer reports whether the header is one that follows a body.
func (b *block) isTrailer() bool {
	return !b.malformed && b.method == "" && b.scheme == "" && b.path == "" && b.authority == ""
}

// fill makes the request of the header. Its fields are copied: the block is used again.
func (b *block) fill(r *Request) {
	r.Method, r.Path, r.authority, r.length = b.method, b.path, b.authority, b.length
	r.fields = append(r.fields[:0], b.fields...)
	r.ContentType = ""
	for _, f := range b.fields {
		if f.Name == "content-type" {
			r.ContentType = f.Value
			break
		}
	}
}
