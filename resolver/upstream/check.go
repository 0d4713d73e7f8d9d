package upstream

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
)

// withRandomID is a copy of query whose ID is 16 bits from the system's random
// source, behind room octets for the frame of the transport.
func withRandomID(query []byte, room int) (sent []byte, err error) {
	if _, ok := questionEnd(query); !ok || len(query) > maxMessage {
		return nil, ErrQuery
	}
	sent = make([]byte, room+len(query))
	copy(sent[room:], query)
	_, _ = rand.Read(sent[room : room+2]) // documented to fill the slice or end the program
	return sent, nil
}

// answers tells whether reply answers the message that was sent: ID, QR,
// opcode, and the question with its name compared as RFC 4343 has it (RFC 5452
// section 9.1). A bare FORMERR header has no question to compare, but says no
// more than that the server did not understand.
func answers(sent, reply []byte) bool {
	if len(reply) < headerSize || reply[0] != sent[0] || reply[1] != sent[1] ||
		reply[2]&bitQR == 0 || (reply[2]^sent[2])&opcodes != 0 {
		return false
	}
	if bareFormErr(reply) {
		return true
	}
	end, ok := questionEnd(sent)
	return ok && len(reply) >= end &&
		binary.BigEndian.Uint16(reply[4:]) == 1 &&
		equalNames(reply[headerSize:end-4], sent[headerSize:end-4]) &&
		bytes.Equal(reply[end-4:end], sent[end-4:end])
}

// bareFormErr tells whether reply is a header alone that says FORMERR.
func bareFormErr(reply []byte) bool {
	return len(reply) == headerSize && rcode(reply) == rcodeFormErr &&
		binary.BigEndian.Uint64(reply[4:]) == 0
}

// equalNames compares two names in wire form, without regard to the case of
// ASCII letters. Lengths of labels are below 'A', so that octets are octets.
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

// accept returns a reply that answers what was sent with the ID of the query
// and without what follows its last record. ErrMismatch: it is a reply to
// something else. ErrMalformed: it cannot be read to its end.
func accept(sent, query, reply []byte) ([]byte, error) {
	if !answers(sent, reply) {
		return nil, ErrMismatch
	}
	end, err := replyEnd(reply)
	if err != nil {
		return nil, err
	}
	copy(reply[:2], query)
	return reply[:end], nil
}

// replyEnd is the offset behind the last record of a reply. ErrMalformed: it
// cannot be read so far.
func replyEnd(reply []byte) (end int, err error) {
	if bareFormErr(reply) {
		return headerSize, nil
	}
	end, ok := messageEnd(reply)
	if !ok {
		return 0, ErrMalformed
	}
	return end, nil
}
