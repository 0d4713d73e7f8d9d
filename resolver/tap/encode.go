package tap

import (
	"encoding/binary"
	"net/netip"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"lachan/resolver/dnswire"
)

// The fields of dnstap.proto that are told, by number. What is not here is never told: ports,
// the server's address, zones, policies.
const (
	fieldIdentity = 1
	fieldVersion  = 2
	fieldMessage  = 14
	fieldType     = 15

	fieldMessageType   = 1
	fieldFamily        = 2
	fieldProtocol      = 3
	fieldAddress       = 4
	fieldQuerySec      = 8
	fieldQueryNsec     = 9
	fieldQueryMessage  = 10
	fieldAnswerSec     = 12
	fieldAnswerNsec    = 13
	fieldAnswerMessage = 14
)

// Values of those fields.
const (
	typeMessage = 1 // of Dnstap

	clientQuery    = 5 // of Message
	clientResponse = 6

	inet  = 1
	inet6 = 2
)

// A Transport is what carried a question, by its number in dnstap.proto.
type Transport uint8

// The transports.
const (
	UDP Transport = 1
	TCP Transport = 2
	DoT Transport = 3
	DoH Transport = 4
	DoQ Transport = 7
)

// Bits of an address that are told. A /48 is what a site gets of IPv6, and 256 addresses of
// IPv4 are one class at least (docs/dnstap.md).
const (
	bits4 = 24
	bits6 = 48
)

// cut is the part of an address that is told: of IPv4 four bytes, of IPv6 sixteen.
func cut(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	bits := bits6
	if a.Is4() {
		bits = bits4
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Addr{} // it has none
	}
	return p.Addr()
}

func appendPrelude(dst []byte, identity, version string) []byte {
	dst = protowire.AppendTag(dst, fieldType, protowire.VarintType)
	dst = protowire.AppendVarint(dst, typeMessage)
	for _, f := range []struct {
		number protowire.Number
		text   string
	}{{fieldIdentity, identity}, {fieldVersion, version}} {
		if f.text != "" {
			dst = protowire.AppendTag(dst, f.number, protowire.BytesType)
			dst = protowire.AppendString(dst, f.text)
		}
	}
	return dst
}

// A frame is what is told of one question: a query, a response or both, each in a frame.
type frame struct {
	tap           *Tap
	q             *Question
	asked, closed time.Time
	family        uint64
	address       [16]byte
	length        int // of address; 0 if none is told
}

func (t *Tap) frameOf(q *Question, now time.Time) frame {
	f := frame{tap: t, q: q, asked: now.Add(-q.Took), closed: now, family: inet6}
	if q.Client.Unmap().Is4() {
		f.family = inet
	}
	if t.addresses {
		f.length = copy(f.address[:], cut(q.Client).AsSlice())
	}
	return f
}

// size is an upper bound of the bytes of f.
func (f *frame) size() (n int) {
	const fields = 96 // heads, tags, numbers and lengths
	if f.tap.queries {
		n += fields + len(f.tap.prelude) + f.length + f.querySize()
	}
	if f.tap.responses {
		n += fields + len(f.tap.prelude) + f.length + f.replySize()
	}
	return n
}

func (f *frame) append(dst []byte) []byte {
	if f.tap.queries {
		dst = f.appendOne(dst, clientQuery)
	}
	if f.tap.responses {
		dst = f.appendOne(dst, clientResponse)
	}
	return dst
}

// appendOne appends a frame of one message. Its lengths are filled in behind.
func (f *frame) appendOne(dst []byte, kind uint64) []byte {
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = append(dst, f.tap.prelude...)
	dst = protowire.AppendTag(dst, fieldMessage, protowire.BytesType)
	dst, body := appendLength(dst)
	dst = appendNumber(dst, fieldMessageType, kind)
	dst = appendNumber(dst, fieldFamily, f.family)
	dst = appendNumber(dst, fieldProtocol, uint64(f.q.Transport))
	if f.length > 0 {
		dst = protowire.AppendTag(dst, fieldAddress, protowire.BytesType)
		dst = protowire.AppendBytes(dst, f.address[:f.length])
	}
	dst = appendTime(dst, fieldQuerySec, fieldQueryNsec, f.asked)
	if kind == clientQuery {
		dst = protowire.AppendTag(dst, fieldQueryMessage, protowire.BytesType)
		dst = protowire.AppendVarint(dst, uint64(f.querySize()))
		dst = f.appendQuery(dst)
	} else {
		dst = appendTime(dst, fieldAnswerSec, fieldAnswerNsec, f.closed)
		dst = protowire.AppendTag(dst, fieldAnswerMessage, protowire.BytesType)
		dst = protowire.AppendVarint(dst, uint64(f.replySize()))
		dst = f.appendReply(dst)
	}
	putLength(dst[body-lengthSize:], len(dst)-body)
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

func appendNumber(dst []byte, field protowire.Number, v uint64) []byte {
	dst = protowire.AppendTag(dst, field, protowire.VarintType)
	return protowire.AppendVarint(dst, v)
}

func appendTime(dst []byte, sec, nsec protowire.Number, at time.Time) []byte {
	dst = appendNumber(dst, sec, uint64(at.Unix()))
	dst = protowire.AppendTag(dst, nsec, protowire.Fixed32Type)
	return protowire.AppendFixed32(dst, uint32(at.Nanosecond()))
}

// lengthSize is room for the length of a message, as a varint of that many bytes: messages
// are shorter than 256 KiB.
const lengthSize = 3

func appendLength(dst []byte) (with []byte, body int) {
	with = append(dst, 0, 0, 0)
	return with, len(with)
}

// putLength writes a length as a varint that is longer than it need be, which readers of
// protobuf take.
func putLength(at []byte, n int) {
	at[0], at[1], at[2] = byte(n)|0x80, byte(n>>7)|0x80, byte(n>>14)&0x7F
}

// What is told of messages is made anew: what a client sent beside its question is not
// copied, so that no option of it can be.

// errorSize is that of an extended DNS error without text, in bytes.
const errorSize = dnswire.OptionHead + 2

func (f *frame) querySize() int {
	n := dnswire.HeaderSize + len(f.q.Wire)
	if f.q.EDNS {
		n += dnswire.OPTSize
	}
	return n
}

func (f *frame) appendQuery(dst []byte) []byte {
	q := f.q
	additional := uint16(0)
	if q.EDNS {
		additional = 1
	}
	for _, v := range [...]uint16{q.ID, q.Flags, 1, 0, 0, additional} {
		dst = binary.BigEndian.AppendUint16(dst, v)
	}
	dst = append(dst, q.Wire...)
	if q.EDNS {
		dst = appendOPT(dst, q.UDPSize, 0, q.DO)
		dst = append(dst, 0, 0)
	}
	return dst
}

func (f *frame) replySize() int {
	n := len(f.q.Reply)
	if f.q.EDNS {
		n += dnswire.OPTSize
		if f.q.Error != dnswire.EDENone {
			n += errorSize
		}
	}
	return n
}

func (f *frame) appendReply(dst []byte) []byte {
	q := f.q
	dst = append(dst, q.Reply...)
	if !q.EDNS {
		return dst
	}
	dst = appendOPT(dst, q.OwnSize, q.Extended, q.DO)
	if q.Error == dnswire.EDENone {
		return append(dst, 0, 0)
	}
	for _, v := range [...]uint16{errorSize, dnswire.OptionEDE, 2, q.Error} {
		dst = binary.BigEndian.AppendUint16(dst, v)
	}
	return dst
}

// appendOPT appends an OPT record but for the length of its options.
func appendOPT(dst []byte, size uint16, extended uint8, do bool) []byte {
	dst = append(dst, 0)
	dst = binary.BigEndian.AppendUint16(dst, dnswire.TypeOPT)
	dst = binary.BigEndian.AppendUint16(dst, size)
	flags := byte(0)
	if do {
		flags = 0x80
	}
	return append(dst, extended, 0, flags, 0)
}
