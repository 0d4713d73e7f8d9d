package upstream

import "encoding/binary"

// The header and records of a message, RFC 1035 section 4.1. Only what is
// needed to tell where things end: the contents are the caller's.
const (
	headerSize = 12
	typeOPT    = 41 // RFC 6891 section 6.1

	bitQR   = 0x80 // octet 2
	opcodes = 0x78 // octet 2
	bitTC   = 0x02 // octet 2
	rcodes  = 0x0F // octet 3

	rcodeFormErr  = 1
	rcodeServFail = 2
	rcodeNotImp   = 4
	rcodeRefused  = 5
)

// rcode is the response code of the header; msg has a header.
func rcode(msg []byte) byte { return msg[3] & rcodes }

// truncated tells whether the server left something out; msg has a header.
func truncated(msg []byte) bool { return msg[2]&bitTC != 0 }

// questionEnd is the offset behind the question of a message that has exactly
// one.
func questionEnd(msg []byte) (end int, ok bool) {
	if len(msg) < headerSize || binary.BigEndian.Uint16(msg[4:]) != 1 {
		return 0, false
	}
	end, ok = nameEnd(msg, headerSize)
	end += 4
	return end, ok && end <= len(msg)
}

// nameEnd is the offset behind the name at off; a compression pointer ends a
// name and is not followed.
func nameEnd(msg []byte, off int) (end int, ok bool) {
	for off < len(msg) {
		switch c := int(msg[off]); {
		case c == 0:
			return off + 1, true
		case c >= 0xC0:
			return off + 2, off+2 <= len(msg)
		case c > 63:
			return 0, false
		default:
			off += 1 + c
		}
	}
	return 0, false
}

// recordEnd is the offset behind the record at off, and the record's type.
func recordEnd(msg []byte, off int) (end int, rrtype uint16, ok bool) {
	off, ok = nameEnd(msg, off)
	if !ok || off+10 > len(msg) {
		return 0, 0, false
	}
	rrtype = binary.BigEndian.Uint16(msg[off:])
	end = off + 10 + int(binary.BigEndian.Uint16(msg[off+8:]))
	return end, rrtype, end <= len(msg)
}

// records is how many records the header announces, all sections together.
func records(msg []byte) int {
	return int(binary.BigEndian.Uint16(msg[6:])) +
		int(binary.BigEndian.Uint16(msg[8:])) +
		int(binary.BigEndian.Uint16(msg[10:]))
}

// messageEnd walks a message with one question to the end of its last record.
func messageEnd(msg []byte) (end int, ok bool) {
	end, ok = questionEnd(msg)
	if !ok {
		return 0, false
	}
	for range records(msg) {
		if end, _, ok = recordEnd(msg, end); !ok {
			return 0, false
		}
	}
	return end, true
}

// withoutOPT is a copy of query that has no OPT record; ok is false when it has
// none to leave out. Only the additional section may hold one (RFC 6891 section
// 6.1.1), and nothing points into an OPT record, so that what stands behind it
// may move.
func withoutOPT(query []byte) (plain []byte, ok bool) {
	start, ok := questionEnd(query)
	if !ok {
		return nil, false
	}
	for range records(query) {
		end, rrtype, ok := recordEnd(query, start)
		if !ok {
			return nil, false
		}
		additional := binary.BigEndian.Uint16(query[10:])
		if rrtype == typeOPT && additional > 0 {
			plain = append(plain, query[:start]...)
			plain = append(plain, query[end:]...)
			binary.BigEndian.PutUint16(plain[10:], additional-1)
			return plain, true
		}
		start = end
	}
	return nil, false
}
