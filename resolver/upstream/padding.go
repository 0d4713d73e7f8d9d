package upstream

import "encoding/binary"

const (
	paddingBlock  = 128 // octets, RFC 8467 section 4.1
	optionPadding = 12  // RFC 7830
	optionHeader  = 4
	optFixed      = 11 // octets of an OPT record without options, RFC 6891 section 6.1.2
)

// padded is query with a padding option that makes it a multiple of
// paddingBlock, so that its length tells little of the name. A query that does
// not end with an OPT record is returned as it is, as is one that is too long.
func padded(query []byte) []byte {
	start, ok := lastRecord(query)
	if !ok || len(query)-start < optFixed || query[start] != 0 ||
		binary.BigEndian.Uint16(query[start+1:]) != typeOPT {
		return query
	}
	size := (len(query) + optionHeader + paddingBlock - 1) / paddingBlock * paddingBlock
	if size > maxMessage {
		return query
	}
	sent := make([]byte, size)
	copy(sent, query)
	option := sent[len(query):]
	binary.BigEndian.PutUint16(option, optionPadding)
	binary.BigEndian.PutUint16(option[2:], uint16(len(option)-optionHeader))
	binary.BigEndian.PutUint16(sent[start+optFixed-2:], uint16(size-start-optFixed))
	return sent
}

// lastRecord is the offset of the last record of a message that ends with it.
func lastRecord(msg []byte) (start int, ok bool) {
	end, ok := questionEnd(msg)
	for range records(msg) {
		if !ok {
			return 0, false
		}
		start = end
		end, _, ok = recordEnd(msg, end)
	}
	return start, ok && end == len(msg) && start != 0
}
