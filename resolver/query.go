package resolver

import (
	"lachan/blocklist/domain"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/cookie"
	"lachan/resolver/dnswire"
	"lachan/resolver/upstream"
)

// A Query is one question on its way to its answer. It is leased from the
// resolver, has one owner at a time, see responseWriter, and goes back when its
// answer is sent.
type Query struct {
	dnswire.Query // what was asked

	origin // who asked

	snapshot *snapshot // all that the question is judged by, from begin to end
	received int64     // on the resolver's clock, nanoseconds
	now      int64     // the same clock, when it was last read for this query
	to       responseWriter
	hot      *cache.Hot // the worker's; nil for streams and while q waits
	// starts gathers the exchanges that a worker's batch begins; nil for streams and
	// while q waits: an exchange begins at once.
	starts *[]*upstream.Call

	membership
	decision policy.Decision
	decided  bool         // decision is policy's word on a question of the group
	selfTest bool         // the question is whether the filter is in use
	lookup   *domain.Name // what is looked up: the name asked for or its safe face

	target domain.Name // scratch for names that the reply points at
	reply  dnswire.Reply
	rcode  int
	ede    uint16 // extended DNS error to tell, dnswire.EDENone for none
	text   string // its extra text
	action metrics.Action
	source metrics.Source

	cookie     []byte // to give to the client, in cookieRoom; nil if it sent none
	cookieRoom [cookie.Size]byte
	proven     bool // the client has shown a right one

	message []byte      // as read; part of in unless it is longer
	in      [4096]byte  // a query over UDP is no longer
	out     []byte      // the reply is built here
	packet  packetState // what the UDP socket knows of the packet
}

// A responseWriter is where the replies to queries go: a socket, or a stream.
//
// Who owns a Query, and so may write to it, after each call:
//
//	call                     done             not done
//	serve, serveParsed       the caller       the pending exchange that it waits for
//	parse, identify, answer  the caller       the caller
//	forward                  the caller       the pending exchange
//
//	pending.takeWaiters      the caller
//	finish, resume           the caller, which does not change it until flush
//	write                    the writer, until flush
//	drop                     the caller
//	flush                    the caller
//	release, queries.Put     the pool
//
// A writer that copies the reply says so; its caller need not wait for flush.
// A worker gives its own queries back to the pool, or uses them again; what ends
// a pending exchange releases those that waited for it.
type responseWriter interface {
	// write sends q's reply, which is not empty, or leaves it for flush.
	write(q *Query)
	// drop takes note that q gets no reply.
	drop(q *Query)
	// flush sees to it that what was written is sent.
	flush()
	// async is the writer for a query that leaves its worker. It may be used by any
	// goroutine.
	async() responseWriter
}

// querySize is room for almost every reply; longer ones grow it.
const querySize = 2048

func newQuery() *Query { return &Query{out: make([]byte, 0, querySize)} }

// begin resets what the last question left.
func (q *Query) begin(w *snapshot, now int64) {
	q.snapshot, q.received, q.now = w, now, now
	q.membership, q.decision = membership{}, policy.Decision{Category: policy.NoCategory}
	q.decided, q.selfTest, q.lookup = false, false, &q.Name
	q.cookie, q.proven = nil, false
	q.out = q.out[:0]
	q.reply = dnswire.Reply{}
	q.rcode, q.ede, q.text = dnswire.RcodeSuccess, dnswire.EDENone, ""
	q.action, q.source = metrics.ActionPass, metrics.SourcePolicy
}

// limit is how long the reply may be: over UDP what the client can take and
// crosses networks unfragmented, over streams what the length field can say.
func (q *Query) limit() int {
	if q.transport == metrics.TransportUDP {
		return int(min(q.UDPSize, maxUDP))
	}
	return 65535
}

// maxUDP is our EDNS buffer size in octets: DNS Flag Day 2020's, which fits
// every path without fragments.
const maxUDP = 1232
