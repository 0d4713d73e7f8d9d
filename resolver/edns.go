package resolver

import (
	"encoding/binary"
	"net/netip"
	"time"

	"lachan/metrics"
	"lachan/resolver/cookie"
	"lachan/resolver/dnswire"
	"lachan/resolver/standin"
)

// cookies are what a client has shown of DNS cookies, and gets (RFC 7873).
type cookies struct {
	answer []byte // to give to the client, in room; nil if it sent none
	room   [cookie.Size]byte
	proven bool // the client has shown a right one
}

func (c *cookies) reset() { c.answer, c.proven = nil, false }

// read reads the client's cookie, if there is one, and makes the one to give it
// (RFC 7873 section 5.2). It is not ok if it is malformed.
func (c *cookies) read(q *dnswire.Query, secrets cookie.Secrets, client netip.Addr) (ok bool) {
	option, sent := q.Option(dnswire.OptionCookie)
	switch {
	case !sent:
	case !cookie.WellFormed(option):
		return false
	case len(secrets) > 0:
		now := time.Now()
		c.proven = secrets.Verify(option, client, now)
		c.answer = secrets.Append(c.room[:0], option, client, now)
	}
	return true
}

// rateLimited answers one query too many. A client that could be free of the limit
// by a cookie is told so (RFC 7873 section 5.2.3).
func (q *Query) rateLimited() {
	q.refuse(dnswire.EDEProhibited, "too many queries")
	if q.snapshot.settings.Rates.CookiesExempt && q.cookies.answer != nil && !q.cookies.proven {
		q.start(dnswire.RcodeBadCookie)
	}
	q.action = metrics.ActionRateLimited
}

// close adds the OPT record and makes the reply fit.
func (q *Query) close() {
	room := q.limit()
	if q.EDNS {
		room -= dnswire.OPTSize
	}
	if q.cookies.answer != nil {
		room -= dnswire.OptionHead + len(q.cookies.answer)
	}
	if q.reply.Len() > room {
		q.reply.Truncate(&q.Query)
	}
	if q.EDNS {
		if q.ede != dnswire.EDENone && q.reply.Len()+6+len(q.text) > room {
			q.text = ""
			if q.reply.Len()+6 > room {
				q.ede = dnswire.EDENone
			}
		}
		q.reply.OPT(&q.Query, maxUDP, q.rcode, q.ede, q.text)
		if len(q.Options) > 0 {
			q.addOptions()
		}
	}
	if q.reply.Len() > q.limit() { // none of the above is that long
		q.start(dnswire.RcodeServFail)
	}
	q.out = q.reply.Bytes
}

// padBlock is what the size of a padded answer is a multiple of, in bytes (RFC
// 8467 section 4.1).
const padBlock = 468

// addOptions adds to the OPT record the client's cookie, for which there is room,
// and what clients ask for with options: which server this is (NSID, RFC 5001), if
// it has an ID; on streams how long the connection may be silent (RFC 7828), and
// padding where the answer is encrypted and its size would tell what it is (RFC
// 7830). What does not fit is left out.
func (q *Query) addOptions() {
	if q.standIn { // which unit's client it was taken for
		unit := selfTest{q}.unit()
		copy(q.addOption(standin.Code, len(unit)), unit)
	}
	if cookie := q.cookies.answer; cookie != nil {
		copy(q.addOption(dnswire.OptionCookie, len(cookie)), cookie)
	}
	if id := q.snapshot.settings.Identity.ID; id != "" && q.asksFor(dnswire.OptionNSID) {
		copy(q.addOption(dnswire.OptionNSID, len(id)), id)
	}
	keeps := q.transport == metrics.TransportTCP || q.transport == metrics.TransportDoT
	if keeps && q.asksFor(dnswire.OptionKeepalive) {
		if data := q.addOption(dnswire.OptionKeepalive, 2); data != nil {
			tenths := q.snapshot.settings.Connections.Idle / (100 * time.Millisecond)
			binary.BigEndian.PutUint16(data, uint16(tenths))
		}
	}
	if q.encrypted() && q.asksFor(dnswire.OptionPadding) {
		q.reply.Pad(padBlock, q.limit())
	}
}

// asksFor reports whether the query has an option.
func (q *Query) asksFor(code uint16) bool {
	_, asked := q.Option(code)
	return asked
}

// addOption adds an option with room for size bytes to the OPT record, if the reply
// may be that long. It is nil if it may not: over a stream a reply beyond the limit
// would have a length that is not its own, and the client would read the rest of it
// as further replies.
func (q *Query) addOption(code uint16, size int) (data []byte) {
	if q.reply.Len()+dnswire.OptionHead+size > q.limit() {
		return nil
	}
	return q.reply.Option(code, size)
}
