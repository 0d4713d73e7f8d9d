// Package dnswire reads queries and walks answers in place and writes replies
// into given buffers, without allocating. It knows as much of the DNS as the
// route of a query needs; whatever is rarer is left to github.com/miekg/dns,
// against which this package is fuzzed.
package dnswire

import (
	"encoding/binary"

	"lachan/blocklist/domain"
)

// HeaderSize is the size of a message's header in bytes.
const HeaderSize = 12

// Bits and fields of the second 16 bits of the header (RFC 1035 section 4.1.1,
// RFC 4035 section 3.2).
const (
	FlagQR     = 1 << 15
	FlagAA     = 1 << 10
	FlagTC     = 1 << 9
	FlagRD     = 1 << 8
	FlagRA     = 1 << 7
	FlagAD     = 1 << 5
	FlagCD     = 1 << 4
	opcodeMask = 0xF << 11
	rcodeMask  = 0xF
)

// Opcodes that are told apart.
const (
	opcodeQuery  = 0
	opcodeNotify = 4
	opcodeUpdate = 5
)

// Response codes (RFC 6895 section 2.3).
const (
	RcodeSuccess  = 0
	RcodeFormErr  = 1
	RcodeServFail = 2
	RcodeNXDomain = 3
	RcodeNotImp   = 4
	RcodeRefused  = 5
	RcodeYXDomain = 6
	RcodeBadVers  = 16

	RcodeBadCookie = 23 // RFC 7873
)

// Types and classes that the route tells apart.
const (
	TypeA     = domain.TypeA
	TypeNS    = 2
	TypeCNAME = 5
	TypeSOA   = 6
	TypeDS    = 43
	TypeHINFO = 13
	TypeTXT   = 16
	TypeAAAA  = domain.TypeAAAA
	TypeDNAME = 39
	TypeOPT   = 41
	TypeRRSIG = 46
	TypeSVCB  = domain.TypeSVCB
	TypeHTTPS = domain.TypeHTTPS
	TypeIXFR  = 251
	TypeAXFR  = 252
	TypeMAILB = 253
	TypeMAILA = 254
	TypeANY   = 255

	TypeRESINFO = 261 // RFC 9606

	ClassIN    = 1
	ClassCHAOS = 3
)

// EDNS option codes.
const (
	OptionNSID      = 3  // RFC 5001
	OptionECS       = 8  // RFC 7871
	OptionCookie    = 10 // RFC 7873
	OptionKeepalive = 11 // RFC 7828
	OptionPadding   = 12 // RFC 7830
	OptionEDE       = 15 // RFC 8914
)

// A Query is what a client asked, in parsed form. It is reused: Parse replaces
// all of it. Options and the raw question are parts of the parsed message.
type Query struct {
	ID       uint16
	Flags    uint16
	Name     domain.Name
	Type     uint16
	Class    uint16
	Question []byte // as it was sent, case included; nil when it cannot be read

	EDNS    bool
	UDPSize uint16 // what the client can take; 512 without EDNS
	DO      bool   // RFC 3225
	Options []byte // the rdata of the OPT record, well-formed
}

// An Outcome says what to do with a message that was parsed.
type Outcome uint8

// The outcomes of Parse.
const (
	Accept Outcome = iota // a question to answer
	Drop                  // not a query: too short, or a response; answering would make loops
	Answer                // answer with the returned response code at once
	Notify                // a zone has changed (RFC 1996): Name is the zone's
)

// Parse reads a message from a client. Only with Accept are all fields set;
// with Answer those that the reply needs are.
func (q *Query) Parse(msg []byte) (Outcome, int) {
	q.Question, q.EDNS, q.UDPSize, q.DO, q.Options = nil, false, 512, false, nil
	if len(msg) < HeaderSize {
		return Drop, 0
	}
	q.ID = binary.BigEndian.Uint16(msg)
	q.Flags = binary.BigEndian.Uint16(msg[2:])
	if q.Flags&FlagQR != 0 {
		return Drop, 0
	}
	switch q.Flags & opcodeMask >> 11 {
	case opcodeQuery:
	case opcodeNotify:
		return q.parseNotify(msg)
	case opcodeUpdate:
		q.parseOPT(msg)
		return Answer, RcodeRefused
	default:
		q.parseOPT(msg)
		return Answer, RcodeNotImp
	}
	if binary.BigEndian.Uint16(msg[4:]) != 1 || binary.BigEndian.Uint16(msg[6:]) != 0 {
		return Answer, q.parseNoQuestion(msg)
	}
	end, ok := q.parseQuestion(msg)
	if !ok {
		return Answer, RcodeFormErr
	}
	if code := q.parseRest(msg, end); code != RcodeSuccess {
		return Answer, code
	}
	return q.judgeType()
}

// parseNoQuestion reads a message that asks nothing, which only a client may send
// that wants a cookie (RFC 7873 section 5.4).
func (q *Query) parseNoQuestion(msg []byte) (rcode int) {
	q.parseOPT(msg)
	if _, wanted := q.Option(OptionCookie); wanted && binary.BigEndian.Uint16(msg[4:]) == 0 {
		return RcodeSuccess
	}
	q.EDNS, q.Options = false, nil
	return RcodeFormErr
}

// parseQuestion reads the question and returns the offset behind it.
func (q *Query) parseQuestion(msg []byte) (end int, ok bool) {
	end, err := q.Name.SetWire(msg, HeaderSize)
	if err != nil || end+4 > len(msg) {
		return 0, false
	}
	q.Type = binary.BigEndian.Uint16(msg[end:])
	q.Class = binary.BigEndian.Uint16(msg[end+2:])
	q.Question = msg[HeaderSize : end+4]
	return end + 4, true
}

// parseNotify reads the question alone: the SOA record that may come with it is
// only a hint (RFC 1996 section 3.7), and no other type is defined.
func (q *Query) parseNotify(msg []byte) (Outcome, int) {
	if binary.BigEndian.Uint16(msg[4:]) != 1 {
		return Answer, RcodeFormErr
	}
	if _, ok := q.parseQuestion(msg); !ok {
		return Answer, RcodeFormErr
	}
	if q.Type != TypeSOA || q.Class != ClassIN {
		return Answer, RcodeRefused
	}
	return Notify, RcodeSuccess
}

// parseOPT looks for the OPT record of a message that is not for us to
// understand, so that the reply may have one too (RFC 6891 section 6.1.1).
func (q *Query) parseOPT(msg []byte) {
	if binary.BigEndian.Uint16(msg[4:]) > 1 || binary.BigEndian.Uint16(msg[6:]) != 0 {
		return
	}
	end := HeaderSize
	if binary.BigEndian.Uint16(msg[4:]) == 1 {
		next, ok := skipName(msg, HeaderSize)
		if end = next + 4; !ok {
			return
		}
	}
	if code := q.parseRest(msg, end); code != RcodeSuccess && code != RcodeBadVers {
		q.EDNS, q.Options = false, nil
	}
}

// parseRest reads the records behind the question for the one OPT there may
// be. Bytes behind the last record are not looked at.
func (q *Query) parseRest(msg []byte, off int) (rcode int) {
	authority := int(binary.BigEndian.Uint16(msg[8:]))
	additional := int(binary.BigEndian.Uint16(msg[10:]))
	for i := range authority + additional {
		root := off < len(msg) && msg[off] == 0
		end, ok := skipName(msg, off)
		if !ok || end+10 > len(msg) {
			return RcodeFormErr
		}
		data := end + 10
		next := data + int(binary.BigEndian.Uint16(msg[end+8:]))
		if next > len(msg) {
			return RcodeFormErr
		}
		if binary.BigEndian.Uint16(msg[end:]) == TypeOPT && i >= authority {
			if q.EDNS || !root || !wellFormed(msg[data:next]) {
				return RcodeFormErr
			}
			q.EDNS = true
			q.UDPSize = max(512, binary.BigEndian.Uint16(msg[end+2:]))
			q.DO = msg[end+6]&0x80 != 0
			q.Options = msg[data:next]
			if msg[end+5] != 0 {
				return RcodeBadVers
			}
		}
		off = next
	}
	return RcodeSuccess
}

// judgeType refuses what a forwarder does not serve.
func (q *Query) judgeType() (Outcome, int) {
	switch q.Type {
	case TypeAXFR, TypeIXFR:
		return Answer, RcodeRefused
	case TypeMAILA, TypeMAILB, TypeOPT:
		return Answer, RcodeNotImp
	}
	if q.Class != ClassIN && q.Class != ClassCHAOS {
		return Answer, RcodeRefused
	}
	return Accept, RcodeSuccess
}

// wellFormed reports whether the rdata of an OPT record is a list of options
// (RFC 6891 section 6.1.2).
func wellFormed(options []byte) bool {
	for len(options) > 0 {
		if len(options) < 4 {
			return false
		}
		size := 4 + int(binary.BigEndian.Uint16(options[2:]))
		if size > len(options) {
			return false
		}
		options = options[size:]
	}
	return true
}

// Option is the data of the first EDNS option with that code.
func (q *Query) Option(code uint16) (data []byte, ok bool) { return option(q.Options, code) }

func option(options []byte, code uint16) (data []byte, ok bool) {
	for rest := options; len(rest) >= 4; {
		size := 4 + int(binary.BigEndian.Uint16(rest[2:]))
		if binary.BigEndian.Uint16(rest) == code {
			return rest[4:size], true
		}
		rest = rest[size:]
	}
	return nil, false
}

// skipName returns the offset behind the name at off without following
// pointers.
func skipName(msg []byte, off int) (next int, ok bool) {
	for off < len(msg) {
		switch c := msg[off]; {
		case c == 0:
			return off + 1, true
		case c <= domain.MaxLabel:
			off += 1 + int(c)
		case c >= 0xC0:
			return off + 2, off+2 <= len(msg)
		default:
			return 0, false
		}
	}
	return 0, false
}
