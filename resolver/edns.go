package resolver

import (
	"encoding/binary"
	"time"

	"lachan/metrics"
	"lachan/resolver/cookie"
	"lachan/resolver/dnswire"
)

// padBlock is what the size of a padded answer is a multiple of, in octets (RFC
// 8467 section 4.1).
const padBlock = 468

// readCookie reads the client's cookie, if there is one, and makes the one to
// give it (RFC 7873 section 5.2). It is not ok if it is malformed.
func (q *Query) readCookie() (ok bool) {
	option, sent := q.Option(dnswire.OptionCookie)
	switch secrets := q.snapshot.settings.Cookies; {
	case !sent:
	case !cookie.WellFormed(option):
		return false
	case len(secrets) > 0:
		now := time.Now()
		q.proven = secrets.Verify(option, q.client, now)
		q.cookie = secrets.Append(q.cookieRoom[:0], option, q.client, now)
	}
	return true
}

// rateLimited answers one query too many. A client that could be free of the limit
// by a cookie is told so (RFC 7873 section 5.2.3).
func (q *Query) rateLimited() {
	q.refuse(dnswire.EDEProhibited, "too many queries")
	if q.snapshot.settings.Rates.CookiesExempt && q.cookie != nil && !q.proven {
		q.start(dnswire.RcodeBadCookie)
	}
	q.action = metrics.ActionRateLimited
}

// signal adds to the OPT record the client's cookie, for which there is room, and
// what clients ask for with options: which server
// this is (NSID, RFC 5001), if it has an ID and there is room; on streams how
// long the connection may be silent (RFC 7828), and padding where nobody may
// read along but everybody can count octets (RFC 7830).
func (q *Query) signal() {
	if q.cookie != nil {
		copy(q.reply.Option(dnswire.OptionCookie, len(q.cookie)), q.cookie)
	}
	id := q.snapshot.settings.Identity.ID
	if _, asked := q.Option(dnswire.OptionNSID); asked && id != "" &&
		q.reply.Len()+dnswire.OptionHead+len(id) <= q.limit() {
		copy(q.reply.Option(dnswire.OptionNSID, len(id)), id)
	}
	keeps := q.transport == metrics.TransportTCP || q.transport == metrics.TransportDoT
	if _, asked := q.Option(dnswire.OptionKeepalive); asked && keeps {
		tenths := q.snapshot.settings.Connections.Idle / (100 * time.Millisecond)
		binary.BigEndian.PutUint16(q.reply.Option(dnswire.OptionKeepalive, 2), uint16(tenths))
	}
	if _, asked := q.Option(dnswire.OptionPadding); asked && q.encrypted() {
		q.reply.Pad(padBlock, q.limit())
	}
}
