package dnswire

import (
	"encoding/binary"
	"errors"
)

// ErrMessage means that a message is not what its header says.
var ErrMessage = errors.New("message is malformed")

// Sections of a message, in order.
const (
	SectionAnswer = iota
	SectionAuthority
	SectionAdditional
)

// A Record is where a resource record lies in its message. Offsets are from the
// beginning of the message.
type Record struct {
	Section int
	Owner   int // of the owner's name
	Type    uint16
	Class   uint16
	TTL     uint32 // seconds; flags of an OPT record
	TTLAt   int    // of the TTL
	Data    int    // of the rdata
	End     int    // behind the rdata
}

// A Walker visits the records of a message in order. The zero Walker is ready
// for Start.
type Walker struct {
	msg    []byte
	off    int
	counts [3]int
	err    error
}

// Start begins with the message's first record. It is an error if the message
// has not exactly one question.
func (w *Walker) Start(msg []byte) error {
	*w = Walker{msg: msg}
	if len(msg) < HeaderSize || binary.BigEndian.Uint16(msg[4:]) != 1 {
		return ErrMessage
	}
	end, ok := skipName(msg, HeaderSize)
	if !ok || end+4 > len(msg) {
		return ErrMessage
	}
	w.off = end + 4
	for i := range w.counts {
		w.counts[i] = int(binary.BigEndian.Uint16(msg[6+2*i:]))
	}
	return nil
}

// QuestionEnd is, before the first Next, the offset behind the question.
func (w *Walker) QuestionEnd() int { return w.off }

// Next finds the next record. At the end, or where the message is malformed,
// it returns false; Err tells which.
func (w *Walker) Next(r *Record) bool {
	section := SectionAnswer
	for section <= SectionAdditional && w.counts[section] == 0 {
		section++
	}
	if section > SectionAdditional || w.err != nil {
		return false
	}
	w.counts[section]--
	end, ok := skipName(w.msg, w.off)
	if !ok || end+10 > len(w.msg) {
		w.err = ErrMessage
		return false
	}
	*r = Record{
		Section: section,
		Owner:   w.off,
		Type:    binary.BigEndian.Uint16(w.msg[end:]),
		Class:   binary.BigEndian.Uint16(w.msg[end+2:]),
		TTL:     binary.BigEndian.Uint32(w.msg[end+4:]),
		TTLAt:   end + 4,
		Data:    end + 10,
		End:     end + 10 + int(binary.BigEndian.Uint16(w.msg[end+8:])),
	}
	if r.End > len(w.msg) {
		w.err = ErrMessage
		return false
	}
	w.off = r.End
	return true
}

// Err is what ended the walk early; nil at the end of a sound message.
func (w *Walker) Err() error { return w.err }

// Rcode is the response code in a message's header.
func Rcode(msg []byte) int { return int(msg[3] & rcodeMask) }

// End is, at the end of the walk, the offset behind the last record.
func (w *Walker) End() int { return w.off }
