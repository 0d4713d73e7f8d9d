package resolver

import (
	"encoding/binary"
	"net/netip"
	"time"

	"lachan/blocklist/domain"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// An entry is an upstream's answer as it is kept and handed out: the message
// without its additional section, with flags that are ours and the name of the
// question in lower case. All but what is named otherwise is never written after
// newEntry. There are many, so it is small.
type entry struct {
	data        []byte // the message, then the offsets of the TTLs in it, two octets each
	stored      int64  // on the resolver's clock, nanoseconds
	lifetime    int64  // nanoseconds from stored on
	messageEnd  uint16
	questionEnd uint16
	keyFlags    byte // of the question, see keyFlags
	rcode       uint8
	points      bool // something in it is to be judged: a name, an address
	private     bool // an address in it is private
	local       bool // it came from a conditional zone

	hits     uint32 // the shard's lock, as the next three
	asked    tally
	failedAt int64 // when a refresh last failed; 0 for never
	verdict  verdict
}

func (e *entry) wire() []byte { return e.data[:e.messageEnd] }

// name is the question's, in wire form.
func (e *entry) name() []byte { return e.data[dnswire.HeaderSize : e.questionEnd-4] }

// A verdict is what the things that an answer points at are, by the rules of
// one serial.
type verdict struct {
	serial uint64
	set    *policy.Set // nil when empty
	own    bool        // the union does not say enough: each is to be judged by itself
}

func (v *verdict) add(set policy.Set, own bool) {
	v.own = v.own || own
	switch {
	case set.Empty():
	case v.set == nil:
		v.set = &set
	default:
		*v.set = v.set.Or(set)
	}
}

// Lifetimes bound how long answers are kept. They are durations of at least 0.
type Lifetimes struct {
	MinTTL      time.Duration // answers are kept at least so long; default 0
	MaxTTL      time.Duration // and at most so long; default 24 h
	NegativeTTL time.Duration // at most, of NXDOMAIN and NODATA; default 30 min
	StaleFor    time.Duration // how long after its end an answer may serve when no upstream does; default 12 h
}

// failureTTL is how long a failure is remembered (RFC 9520 section 3.2 allows 1 s to
// 5 min).
const failureTTL = 5 * time.Second

// newEntry makes an entry of a checked reply to a query that appendUpstreamQuery
// built. cacheable is false when the answer must not serve another question.
func newEntry(query, reply []byte, trustAD bool, l Lifetimes, now int64) (e *entry, cacheable bool, err error) {
	e = &entry{stored: now, keyFlags: queryFlags(query)}
	if err := e.take(reply); err != nil {
		return nil, false, err
	}
	wire := e.wire()
	copy(wire[dnswire.HeaderSize:e.questionEnd], query[dnswire.HeaderSize:])
	e.rcode = uint8(dnswire.Rcode(wire))
	flags := binary.BigEndian.Uint16(wire[2:])
	kept := flags & (dnswire.FlagAD | 0xF)
	if !trustAD {
		kept &^= dnswire.FlagAD
	}
	binary.BigEndian.PutUint16(wire[2:], dnswire.FlagQR|dnswire.FlagRA|kept)
	seconds, err := e.scan(l)
	if err != nil {
		return nil, false, err
	}
	e.lifetime = int64(seconds) * int64(time.Second)
	if !e.answers() {
		e.lifetime = int64(failureTTL)
	}
	return e, e.lifetime > 0 && flags&dnswire.FlagTC == 0, nil
}

// take copies a reply without its additional section: the OPT record is between
// us and the upstream, and of the rest no stub needs any, while it may tell the
// address of a name that nobody asked for.
func (e *entry) take(reply []byte) error {
	var w dnswire.Walker
	if err := w.Start(reply); err != nil {
		return err
	}
	e.questionEnd = uint16(w.QuestionEnd())
	end, records := w.QuestionEnd(), 0
	var r dnswire.Record
	for w.Next(&r) {
		if r.Section != dnswire.SectionAdditional {
			end = r.End
			records++
		}
	}
	if err := w.Err(); err != nil {
		return err
	}
	e.messageEnd = uint16(end)
	e.data = append(make([]byte, 0, end+2*records), reply[:end]...)
	binary.BigEndian.PutUint16(e.data[10:], 0)
	return nil
}

// failure is the entry for a query that no upstream answered.
func failure(query []byte, now int64) *entry {
	end := len(query) - dnswire.OPTSize
	wire := append([]byte(nil), query[:end]...)
	binary.BigEndian.PutUint16(wire[2:], dnswire.FlagQR|dnswire.FlagRA|dnswire.RcodeServFail)
	binary.BigEndian.PutUint16(wire[10:], 0)
	return &entry{
		data: wire, messageEnd: uint16(end), questionEnd: uint16(end), keyFlags: queryFlags(query),
		stored: now, lifetime: int64(failureTTL), rcode: dnswire.RcodeServFail,
	}
}

// answers tells whether the entry is an answer and not an error.
func (e *entry) answers() bool { return isAnswer(int(e.rcode)) }

// isAnswer tells a response code that answers the question from an error.
func isAnswer(rcode int) bool { return rcode == dnswire.RcodeSuccess || rcode == dnswire.RcodeNXDomain }

// scan walks the records once: it clamps and notes the TTLs, finds the lifetime
// in seconds and what there is to judge.
func (e *entry) scan(l Lifetimes) (seconds uint32, err error) {
	wire := e.wire()
	var w dnswire.Walker
	if err := w.Start(wire); err != nil {
		return 0, err
	}
	low, high := uint32(l.MinTTL/time.Second), uint32(l.MaxTTL/time.Second)
	least, negative, answers := high, int64(-1), 0 // negative: no SOA record yet
	var r dnswire.Record
	for w.Next(&r) {
		ttl := r.TTL
		if ttl > 1<<31-1 { // RFC 2181 section 8
			ttl = 0
		}
		if r.Section == dnswire.SectionAuthority && r.Type == dnswire.TypeSOA && r.End-r.Data >= 20 {
			minimum := binary.BigEndian.Uint32(wire[r.End-4:])
			ttl = min(ttl, minimum, uint32(l.NegativeTTL/time.Second))
			negative = int64(ttl)
		}
		ttl = min(max(ttl, low), high)
		if r.Section == dnswire.SectionAnswer {
			answers++
			least = min(least, ttl)
		}
		binary.BigEndian.PutUint32(wire[r.TTLAt:], ttl)
		e.data = binary.BigEndian.AppendUint16(e.data, uint16(r.TTLAt))
		e.note(&r)
	}
	switch {
	case negative >= 0: // also behind an alias (RFC 2308 section 2.2)
		least = min(least, uint32(negative))
	case answers == 0 || e.rcode == dnswire.RcodeNXDomain:
		least = 0 // without an SOA record it is not kept (RFC 2308 section 5)
	}
	return least, w.Err()
}

func (e *entry) note(r *dnswire.Record) {
	e.points = e.points || r.Section == dnswire.SectionAnswer || r.HasAddresses()
	r.Addresses(e.wire(), func(a netip.Addr) bool {
		e.private = e.private || isPrivate(a)
		return true
	})
}

// isPrivate tells whether an address leads into the network of whoever asked.
func isPrivate(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || sharedSpace.Contains(a)
}

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598

// judge classifies all that the entry points at.
func (e *entry) judge(rules *policy.Rules, qtype uint16) (v verdict) {
	v.serial = rules.Serial()
	if !e.points {
		return v
	}
	wire := e.wire()
	var w dnswire.Walker
	var r dnswire.Record
	var name domain.Name
	for ok := w.Start(wire) == nil; ok && w.Next(&r); {
		if strayOwner(wire, &r, &name) {
			v.add(rules.Classify(&name, qtype))
		}
		if r.Target(wire, &name) {
			v.add(rules.Classify(&name, qtype))
		}
		r.Addresses(wire, func(a netip.Addr) bool {
			set := rules.ClassifyAddr(a)
			v.add(set, rules.Zoned(set))
			return true
		})
	}
	return v
}

// age is how long ago the entry was stored, in whole seconds.
func (e *entry) age(now int64) uint32 { return uint32((now - e.stored) / int64(time.Second)) }

// fresh tells whether the entry is within its lifetime. One without a lifetime
// is never kept, so it has just come.
func (e *entry) fresh(now int64) bool { return e.lifetime == 0 || now-e.stored < e.lifetime }

// staleTTL is the TTL of records in an answer that is past its end, in seconds
// (RFC 8767 section 4).
const staleTTL = 30

// appendTo writes the entry as the reply to q, whose question it keeps: the
// case of its letters, its id and its flags.
func (e *entry) appendTo(q *Query) {
	if q.lookup != &q.Name {
		e.appendBehindAlias(q)
		return
	}
	wire := e.wire()
	base := len(q.out)
	out := append(q.out, wire[:dnswire.HeaderSize]...)
	out = append(out, q.Question...)
	out = append(out, wire[e.questionEnd:]...)
	message := out[base:]
	binary.BigEndian.PutUint16(message, q.ID)
	binary.BigEndian.PutUint16(message[2:], binary.BigEndian.Uint16(message[2:])|q.Flags&(dnswire.FlagRD|dnswire.FlagCD))
	age, fresh := e.age(q.now), e.fresh(q.now)
	for ttls := e.data[e.messageEnd:]; len(ttls) > 0; ttls = ttls[2:] {
		at := binary.BigEndian.Uint16(ttls)
		ttl := uint32(staleTTL)
		if fresh {
			ttl = binary.BigEndian.Uint32(message[at:])
			ttl -= min(ttl, age)
		}
		binary.BigEndian.PutUint32(message[at:], ttl)
	}
	q.out = out
	q.reply = dnswire.Resume(out, base)
	q.rcode = int(e.rcode)
}
