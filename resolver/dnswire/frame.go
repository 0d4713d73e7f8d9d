package dnswire

import (
	"encoding/binary"
	"math"
)

// AppendFramed appends a message with its length in front, as it goes over a stream
// (RFC 1035 section 4.2.2). A message whose length does not fit there is not
// appended, and not ok: a length that wraps would make what follows it messages of
// their own.
func AppendFramed(dst, message []byte) (framed []byte, ok bool) {
	if len(message) > math.MaxUint16 {
		return dst, false
	}
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(message))), message...), true
}
