package resolver

import (
	"encoding/binary"
	"time"

	"lachan/blocklist/domain"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/cache"
	"lachan/resolver/dnswire"
	"lachan/resolver/upstream"
)

// A Query is one question on its way to its answer. It is leased from the
// route, has one owner at a time, see responseWriter, and goes back when its
// answer is sent.
type Query struct {
	dnswire.Query // what was asked

	origin          // who asked
	cookies cookies // what the client has shown of DNS cookies
	packet  packet  // what the UDP socket knows of the packet
	message []byte  // as read; part of in unless it is longer

	snapshot *snapshot // all that the question is judged by, from begin to end
	received int64     // on the route's clock, nanoseconds
	now      int64     // the same clock, when it was last read for this query
	to       responseWriter
	hot      *cache.Hot // the worker's; nil for streams and while q waits
	// starts gathers the exchanges that a worker's batch begins; nil for streams and
	// while q waits: an exchange begins at once.
	starts *[]*upstream.Call
	// inspections are the worker's. They are nil for streams, and while q waits.
	inspections *inspections

	membership
	decision policy.Decision
	decided  bool         // decision is policy's word on a question of the group
	selfTest bool         // the question is whether the filter is in use
	traits   cache.Traits // of the name that was asked for; set before it waits
	lookup   *domain.Name // what is looked up: the name asked for or its safe face
	target   domain.Name  // scratch for names that the reply points at

	response // what is answered

	in [4096]byte // a query over UDP is no longer
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

// querySize is room for almost every reply, in bytes; longer ones grow it.
const querySize = 2048

func newQuery() *Query {
	q := &Query{}
	q.response.asked, q.response.out = &q.Query, make([]byte, 0, querySize)
	return q
}

// shrink drops the room for the reply if that is large. Its writer has copied it.
func (q *Query) shrink() {
	if cap(q.out) > 2*querySize {
		q.out, q.reply = make([]byte, 0, querySize), dnswire.Reply{} // which is made of it
	}
}

// begin resets what the last question left.
func (q *Query) begin(s *snapshot, now int64) {
	q.snapshot, q.received, q.now = s, now, now
	q.membership, q.decision = membership{}, policy.Decision{Category: policy.NoCategory}
	q.decided, q.selfTest, q.lookup = false, false, &q.Name
	q.cookies.reset()
	q.response.reset()
}

// copyMessage makes message q's. One that q has no room for is used as it is.
func (q *Query) copyMessage(message []byte) {
	if len(message) > len(q.in) {
		q.message = message
		return
	}
	q.message = q.in[:copy(q.in[:], message)]
}

// question is what q looks up.
func (q *Query) question() cache.Question {
	return cache.Question{Name: q.lookup, Type: q.Type, Flags: cache.Flags(&q.Query)}
}

// limit is how long the reply may be, in bytes: over UDP what the client can take
// and crosses networks unfragmented, over streams what the length field can say.
func (q *Query) limit() int {
	if q.transport == metrics.TransportUDP {
		return int(min(q.UDPSize, maxUDP))
	}
	return 65535
}

// maxUDP is our EDNS buffer size in bytes: DNS Flag Day 2020's, which fits
// every path without fragments.
const maxUDP = 1232

func (q *Query) elapsed() time.Duration { return time.Duration(q.now - q.received) }

// upstreamQuerySize is the size of the longest query to an upstream, in bytes.
const upstreamQuerySize = dnswire.HeaderSize + 255 + 4 + dnswire.OPTSize

// appendUpstreamQuery builds what an upstream is asked: the name in lower
// case, the type, RD, CD and DO, and nothing else of the client's.
func appendUpstreamQuery(dst []byte, q *Query) []byte {
	dst = appendQuestion(dst, q)
	binary.BigEndian.PutUint16(dst[2:], dnswire.FlagRD|dnswire.FlagAD|q.Flags&dnswire.FlagCD)
	binary.BigEndian.PutUint16(dst[10:], 1)
	do := byte(0)
	if q.DO {
		do = 0x80
	}
	return append(dst, 0, 0, dnswire.TypeOPT, maxUDP>>8, maxUDP&0xFF, 0, 0, do, 0, 0, 0)
}

// appendQuestion appends a header without id and flags, and the question that
// is looked up.
func appendQuestion(dst []byte, q *Query) []byte {
	dst = append(dst, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	dst = append(dst, q.lookup.Wire()...)
	dst = binary.BigEndian.AppendUint16(dst, q.Type)
	return binary.BigEndian.AppendUint16(dst, dnswire.ClassIN)
}
