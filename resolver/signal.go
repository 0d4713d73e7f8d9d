package resolver

import (
	"encoding/binary"
	"time"

	"lachan/metrics"
	"lachan/resolver/dnswire"
)

// padBlock is what the size of a padded answer is a multiple of, in octets (RFC
// 8467 section 4.1).
const padBlock = 468

// signal adds to the OPT record what clients ask for with options: which server
// this is (NSID, RFC 5001), if it has an ID and there is room; on streams how
// long the connection may be silent (RFC 7828), and padding where nobody may
// read along but everybody can count octets (RFC 7830).
func (q *Query) signal() {
	id := q.world.settings.ID
	if _, asked := q.Option(dnswire.OptionNSID); asked && id != "" && q.reply.Len()+dnswire.OptionHead+len(id) <= q.limit() {
		copy(q.reply.Option(dnswire.OptionNSID, len(id)), id)
	}
	keeps := q.transport == metrics.TransportTCP || q.transport == metrics.TransportDoT
	if _, asked := q.Option(dnswire.OptionKeepalive); asked && keeps {
		tenths := q.world.settings.TCPIdle / (100 * time.Millisecond)
		binary.BigEndian.PutUint16(q.reply.Option(dnswire.OptionKeepalive, 2), uint16(tenths))
	}
	if _, asked := q.Option(dnswire.OptionPadding); asked && q.encrypted() {
		q.reply.Pad(padBlock, q.limit())
	}
}
