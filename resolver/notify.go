package resolver

import (
	"lachan/metrics"
	"lachan/resolver/dnswire"
)

// answerNotify answers a NOTIFY (RFC 1996 section 3.12): it is acknowledged when it
// is from a server that may send it, and refused otherwise. It only says that
// there is something to look at, so it needs no signature.
func (q *Query) answerNotify() {
	notify := q.world.settings.Notify
	if notify == nil || !notify(&q.Name, q.client) {
		q.refuse(dnswire.EDEProhibited, "")
		return
	}
	q.start(dnswire.RcodeSuccess)
	q.reply.Authoritative()
	q.action, q.source = metrics.ActionLocal, metrics.SourcePolicy
}
