package dnswire

import (
	"encoding/binary"
	"net/netip"
)

// A Reply is a reply under construction in a buffer that its owner gave. The
// question is always first, as the client sent it, so that a pointer to its
// name is OwnerPointer.
type Reply struct {
	Bytes []byte
	start int // of the message in Bytes
	opt   int // of the length of the OPT record's data in Bytes; 0 without one
}

// pointerToQuestion is a compression pointer to the name of the question.
const pointerToQuestion = 0xC000 | HeaderSize

// Begin starts a reply to q behind what dst holds: the header with QR and RA
// set and RD and CD as asked, and the question.
func Begin(dst []byte, q *Query, rcode int) Reply {
	r := Reply{Bytes: dst, start: len(dst)}
	flags := FlagQR | FlagRA | q.Flags&(opcodeMask|FlagRD|FlagCD) | uint16(rcode&rcodeMask)
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, q.ID)
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, flags)
	questions := uint16(0)
	if q.Question != nil {
		questions = 1
	}
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, questions)
	r.Bytes = append(r.Bytes, 0, 0, 0, 0, 0, 0)
	r.Bytes = append(r.Bytes, q.Question...)
	return r
}

// Record appends a record of class IN owned by the name of the question and
// counts it in its section.
func (r *Reply) Record(section int, rtype uint16, ttl uint32, rdata []byte) {
	r.RecordOf(section, pointerToQuestion, rtype, ClassIN, ttl, rdata)
}

// RecordOf is Record for an owner that stands at owner&0x3FFF of the message
// (owner is a compression pointer) and for any class.
func (r *Reply) RecordOf(section int, owner, rtype, class uint16, ttl uint32, rdata []byte) {
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, owner)
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, rtype)
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, class)
	r.Bytes = binary.BigEndian.AppendUint32(r.Bytes, ttl)
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, uint16(len(rdata)))
	r.Bytes = append(r.Bytes, rdata...)
	r.count(section)
}

// Address appends an A or AAAA record.
func (r *Reply) Address(owner uint16, ttl uint32, a netip.Addr) {
	if a.Is4() {
		four := a.As4()
		r.RecordOf(SectionAnswer, owner, TypeA, ClassIN, ttl, four[:])
		return
	}
	sixteen := a.As16()
	r.RecordOf(SectionAnswer, owner, TypeAAAA, ClassIN, ttl, sixteen[:])
}

// Pointer is a compression pointer to what will be appended skip bytes from
// now.
func (r *Reply) Pointer(skip int) uint16 { return 0xC000 | uint16(len(r.Bytes)-r.start+skip) }

// RecordHead is the size of what Record writes before the rdata.
const RecordHead = 12

// OwnerPointer is a compression pointer to the name of the question.
func (r *Reply) OwnerPointer() uint16 { return pointerToQuestion }

func (r *Reply) count(section int) {
	at := r.Bytes[r.start+6+2*section:]
	binary.BigEndian.PutUint16(at, binary.BigEndian.Uint16(at)+1)
}

// SOA appends to the authority section the SOA record that lets a negative
// answer be cached for ttl seconds (RFC 2308 section 3). Its owner is the name
// that was asked for.
func (r *Reply) SOA(ttl uint32) {
	rdata := make([]byte, 0, len(soaNames)+20) // does not escape
	rdata = append(rdata, soaNames...)
	for _, v := range [5]uint32{1, 3600, 600, 86400, ttl} { // serial, refresh, retry, expire, minimum
		rdata = binary.BigEndian.AppendUint32(rdata, v)
	}
	r.Record(SectionAuthority, TypeSOA, ttl, rdata)
}

// soaNames are MNAME lachan.invalid and RNAME nobody.invalid.
const soaNames = "\x06lachan\x07invalid\x00\x06nobody\x07invalid\x00"

// OPTSize is what OPT appends without an EDE option.
const OPTSize = 11

// OPT appends the OPT record (RFC 6891 section 6.1) with our UDP size, the upper
// bits of rcode, the DO bit as asked and, unless code is EDENone, an EDE option
// with its extra text.
func (r *Reply) OPT(q *Query, size uint16, rcode int, code uint16, text string) {
	r.Bytes = append(r.Bytes, 0)
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, TypeOPT)
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, size)
	do := byte(0)
	if q.DO {
		do = 0x80
	}
	r.Bytes = append(r.Bytes, byte(rcode>>4), 0, do, 0)
	r.opt = len(r.Bytes)
	if code == EDENone {
		r.Bytes = append(r.Bytes, 0, 0)
	} else {
		r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, uint16(6+len(text)))
		r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, OptionEDE)
		r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, uint16(2+len(text)))
		r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, code)
		r.Bytes = append(r.Bytes, text...)
	}
	r.count(SectionAdditional)
}

// Option appends an option with so many bytes of zero to the OPT record, which
// is the last, and returns them to be filled in.
func (r *Reply) Option(code uint16, size int) (data []byte) {
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, code)
	r.Bytes = binary.BigEndian.AppendUint16(r.Bytes, uint16(size))
	r.Bytes = append(r.Bytes, make([]byte, size)...)
	length := r.Bytes[r.opt:]
	binary.BigEndian.PutUint16(length, binary.BigEndian.Uint16(length)+uint16(OptionHead+size))
	return r.Bytes[len(r.Bytes)-size:]
}

// Body is the message without its OPT record, which is the last if there is one.
func (r *Reply) Body() []byte {
	if r.opt == 0 {
		return r.Message()
	}
	return r.Bytes[r.start : r.opt-(OPTSize-2)] // 2: the length of its options
}

// OptionHead is the size of what stands before an option's data.
const OptionHead = 4

// Pad makes the message a multiple of block bytes long (RFC 7830), unless it
// would be longer than limit. The OPT record is there and last.
func (r *Reply) Pad(block, limit int) {
	size := (r.Len() + OptionHead + block - 1) / block * block
	if size <= limit {
		r.Option(OptionPadding, size-r.Len()-OptionHead)
	}
}

// Truncate cuts a reply that is longer than limit bytes to its header and
// question with TC set (RFC 2181 section 9). The OPT record comes after.
func (r *Reply) Truncate(q *Query) {
	r.Bytes = r.Bytes[:r.start+HeaderSize+len(q.Question)]
	clear(r.Bytes[r.start+6 : r.start+HeaderSize])
	r.Bytes[r.start+2] |= FlagTC >> 8
}

// Authoritative sets AA: what the reply says is ours to say.
func (r *Reply) Authoritative() { r.Bytes[r.start+2] |= FlagAA >> 8 }

// Len is the size of the message so far in bytes.
func (r *Reply) Len() int { return len(r.Bytes) - r.start }

// Resume goes on with a whole message that begins at message[start].
func Resume(message []byte, start int) Reply { return Reply{Bytes: message, start: start} }

// Message is the message so far.
func (r *Reply) Message() []byte { return r.Bytes[r.start:] }
