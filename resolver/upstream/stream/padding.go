package stream

import (
	"encoding/binary"

	"lachan/resolver/dnswire"
	"lachan/resolver/upstream/exchange"
)

// In bytes.
const (
	paddingBlock = 128 // RFC 8467 section 4.1
	optionHeader = 4   // of an EDNS option
	optFixed     = 11  // an OPT record without options, RFC 6891 section 6.1.2
)

// padded is query with a padding option (RFC 7830) that makes its length a
// multiple of paddingBlock, so that the length tells little of the name. A query
// that does not end with an OPT record is returned unchanged, as is one that
// would become too long.
func padded(query []byte) []byte {
	start, ok := lastRecord(query)
	if !ok || len(query)-start < optFixed || query[start] != 0 ||
		binary.BigEndian.Uint16(query[start+1:]) != dnswire.TypeOPT {
		return query
	}
	size := (len(query) + optionHeader + paddingBlock - 1) / paddingBlock * paddingBlock
	if size > exchange.MaxMessage {
		return query
	}
	sent := make([]byte, size)
	copy(sent, query)
	option := sent[len(query):]
	binary.BigEndian.PutUint16(option, dnswire.OptionPadding)
	binary.BigEndian.PutUint16(option[2:], uint16(len(option)-optionHeader))
	binary.BigEndian.PutUint16(sent[start+optFixed-2:], uint16(size-start-optFixed))
	return sent
}

// lastRecord is the offset of the last record of msg. ok is false if msg has no
// record or does not end with one.
func lastRecord(msg []byte) (start int, ok bool) {
	var w dnswire.Walker
	var r dnswire.Record
	if w.Start(msg) != nil {
		return 0, false
	}
	for w.Next(&r) {
		start = r.Owner
	}
	return start, w.Err() == nil && start != 0 && r.End == len(msg)
}
