package exchange

import (
	"encoding/binary"

	"lachan/resolver/dnswire"
)

// This file finds where the parts of a message end. What the parts say is the
// caller's business.

// The flag bits of the header, RFC 1035 section 4.1.1.
const (
	bitQR   = 0x80 // byte 2
	opcodes = 0x78 // byte 2
	bitTC   = 0x02 // byte 2
)

// Truncated reports whether the server left something out. msg has a header.
func Truncated(msg []byte) bool { return msg[2]&bitTC != 0 }

// QuestionEnd is the offset after the question of a message. ok is false if
// the message does not have exactly one.
func QuestionEnd(msg []byte) (end int, ok bool) {
	var w dnswire.Walker
	if w.Start(msg) != nil {
		return 0, false
	}
	return w.QuestionEnd(), true
}

// messageEnd is the offset after the last record of a message with one
// question.
func messageEnd(msg []byte) (end int, ok bool) {
	var w dnswire.Walker
	var r dnswire.Record
	if w.Start(msg) != nil {
		return 0, false
	}
	end = w.QuestionEnd()
	for w.Next(&r) {
		end = r.End
	}
	return end, w.Err() == nil
}

// WithoutOPT is a copy of query without its OPT record. ok is false if query
// has none. Only the additional section may hold one (RFC 6891 section 6.1.1).
// Nothing points into an OPT record, so that what follows it may move.
func WithoutOPT(query []byte) (plain []byte, ok bool) {
	var w dnswire.Walker
	var r dnswire.Record
	if w.Start(query) != nil {
		return nil, false
	}
	for w.Next(&r) {
		if r.Type == dnswire.TypeOPT && r.Section == dnswire.SectionAdditional {
			plain = append(plain, query[:r.Owner]...)
			plain = append(plain, query[r.End:]...)
			binary.BigEndian.PutUint16(plain[10:], binary.BigEndian.Uint16(query[10:])-1)
			return plain, true
		}
	}
	return nil, false
}
