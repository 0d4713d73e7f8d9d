package exchange

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"

	"lachan/resolver/dnswire"
)

// WithRandomID is a copy of query whose ID is 16 bits from the system's random
// source, with room bytes before it for the frame of the transport.
func WithRandomID(query []byte, room int) (sent []byte, err error) {
	if !Valid(query) {
		return nil, ErrQuery
	}
	sent = make([]byte, room+len(query))
	copy(sent[room:], query)
	_, _ = rand.Read(sent[room : room+2]) // documented to fill the slice or end the program
	return sent, nil
}

// WithoutID is a copy of query with ID 0, with room bytes before it for the
// frame of the transport.
func WithoutID(query []byte, room int) []byte {
	sent := make([]byte, room+len(query))
	copy(sent[room+2:], query[2:])
	return sent
}

// Answers reports whether reply answers the message that was sent: it compares
// ID, QR, opcode, and the question, with the name compared as RFC 4343 requires
// (RFC 5452 section 9.1). A bare FORMERR header has no question to compare, but
// says no more than that the server did not understand.
func Answers(sent, reply []byte) bool {
	if len(reply) < dnswire.HeaderSize || reply[0] != sent[0] || reply[1] != sent[1] ||
		reply[2]&bitQR == 0 || (reply[2]^sent[2])&opcodes != 0 {
		return false
	}
	if BareFormErr(reply) {
		return true
	}
	end, ok := QuestionEnd(sent)
	return ok && len(reply) >= end &&
		binary.BigEndian.Uint16(reply[4:]) == 1 &&
		equalNames(reply[dnswire.HeaderSize:end-4], sent[dnswire.HeaderSize:end-4]) &&
		bytes.Equal(reply[end-4:end], sent[end-4:end])
}

// BareFormErr reports whether reply is a header alone that says FORMERR.
func BareFormErr(reply []byte) bool {
	return len(reply) == dnswire.HeaderSize && dnswire.Rcode(reply) == dnswire.RcodeFormErr &&
		binary.BigEndian.Uint64(reply[4:]) == 0
}

// equalNames compares two names in wire form without regard to the case of
// ASCII letters. The lengths of labels are below 'A', so they compare as they
// are.
func equalNames(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Accept returns a reply to what was sent, with the ID of the query and without
// the bytes that follow its last record. It returns ErrMismatch if reply answers
// something else, and ErrMalformed if it cannot be read to its end.
func Accept(sent, query, reply []byte) ([]byte, error) {
	if !Answers(sent, reply) {
		return nil, ErrMismatch
	}
	end, err := ReplyEnd(reply)
	if err != nil {
		return nil, err
	}
	copy(reply[:2], query)
	return reply[:end], nil
}

// ReplyEnd is the offset after the last record of a reply. It returns
// ErrMalformed if the reply cannot be read so far.
func ReplyEnd(reply []byte) (end int, err error) {
	if BareFormErr(reply) {
		return dnswire.HeaderSize, nil
	}
	end, ok := messageEnd(reply)
	if !ok {
		return 0, ErrMalformed
	}
	return end, nil
}
