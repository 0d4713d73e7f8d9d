package cache

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"time"

	"lachan/blocklist/domain"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// An Answer is an upstream's reply as it is kept and handed out: the message
// without its additional section, with flags that are ours and the name of the
// question in lower case. It is immutable, so that it is read without a lock.
type Answer struct {
	data        []byte // the message, then the offsets of the TTLs in it, two bytes each
	stored      int64  // on the resolver's clock, nanoseconds
	lifetime    int64  // nanoseconds from stored on
	messageEnd  uint16
	questionEnd uint16
	flags       byte // of the question, see Question
	rcode       uint8
	points      bool  // something in it is to be judged: a name, an address
	private     bool  // an address in it is private
	local       bool  // it came from a conditional zone
	traits      bool  // the traits of the name are known, see Traits
	alias       bool  // it leads to a long name
	validation  uint8 // of a failure: extended DNS error of DNSSEC, see dnswire.EDEOfValidation; 0 for none
	rare        *rare // nil of most
}

// An Entry is an Answer and what the cache knows of it. There are many, so it is
// small and one piece of memory.
type Entry struct {
	Answer

	// The lock of its shard guards all of these.
	hits     uint32
	asked    frequency
	failedAt int64 // when a refresh last failed; 0 for never
	verdict  Verdict
}

// Wire is the message. It is not to be written.
func (a *Answer) Wire() []byte { return a.data[:a.messageEnd] }

// name is the question's, in wire form.
func (a *Answer) name() []byte { return a.data[dnswire.HeaderSize : a.questionEnd-4] }

// A Verdict is what the things that an answer points at are, by the rules of one
// serial.
type Verdict struct {
	Serial uint64
	Set    *policy.Set // nil if empty
	Own    bool        // the union does not say enough: each is to be judged by itself, and the name's traits
}

func (v *Verdict) add(set policy.Set, own bool) {
	v.Own = v.Own || own
	switch {
	case set.Empty():
	case v.Set == nil:
		v.Set = &set
	default:
		*v.Set = v.Set.Or(set)
	}
}

// Lifetimes bound how long answers are kept. They are durations of at least 0.
type Lifetimes struct {
	MinTTL      time.Duration // answers are kept at least so long; default 0
	MaxTTL      time.Duration // and at most so long; default 24 h
	NegativeTTL time.Duration // at most, of NXDOMAIN and NODATA; default 30 min
	StaleFor    time.Duration // how long after its end an answer may serve when no upstream does; default 12 h
}

// FailureTTL is how long a failure is remembered (RFC 9520 section 3.2 allows 1 s to
// 5 min).
const FailureTTL = 5 * time.Second

// NewEntry makes an entry of a checked reply to a query: one question, and an OPT
// record without options. local says that it came from a conditional zone.
// cacheable is false if the answer must not serve another question.
func NewEntry(query, reply []byte, l Lifetimes, trustAD, local bool, now int64) (e *Entry, cacheable bool, err error) {
	e = &Entry{Answer: Answer{stored: now, flags: queryFlags(query), local: local}}
	if err := e.copyReply(reply); err != nil {
		return nil, false, err
	}
	if filter := filterOf(reply); filter != nil {
		e.rare = &rare{filter: filter}
	}
	wire := e.Wire()
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
	if !e.Answers() {
		e.lifetime = int64(FailureTTL)
		if code := dnswire.ExtendedError(reply); dnswire.EDEOfValidation(code) {
			e.validation = uint8(code)
		}
	}
	return e, e.lifetime > 0 && flags&dnswire.FlagTC == 0, nil
}

// copyReply copies a reply without its additional section: the OPT record is between
// us and the upstream, and of the rest no stub needs any, while it may tell the
// address of a name that was not asked for. A reply with a name that cannot be read
// is refused: what reads it otherwise than we do would pass unjudged. Answers to what
// was not asked are cut, and aliases come first.
func (a *Answer) copyReply(reply []byte) error {
	selected, err := selectAnswers(reply)
	if err != nil {
		return err
	}
	reply, selected = arrange(reply, selected)
	var w dnswire.Walker
	if err := w.Start(reply); err != nil {
		return err
	}
	a.questionEnd = uint16(w.QuestionEnd())
	end, records := w.QuestionEnd(), 0
	var r dnswire.Record
	var name domain.Name
	for w.Next(&r) {
		if r.Section != dnswire.SectionAdditional && (selected.all || records < selected.own) {
			if !r.Readable(reply, &name) {
				return dnswire.ErrMessage
			}
			end = r.End
			records++
		}
	}
	if err := w.Err(); err != nil {
		return err
	}
	a.messageEnd = uint16(end)
	a.data = append(make([]byte, 0, end+2*records), reply[:end]...)
	binary.BigEndian.PutUint16(a.data[10:], 0)
	if !selected.all { // the authority section comes after what is cut
		binary.BigEndian.PutUint16(a.data[6:], uint16(selected.own))
		binary.BigEndian.PutUint16(a.data[8:], 0)
	}
	return nil
}

// Failure is the entry for a query that no upstream answered.
func Failure(query []byte, local bool, now int64) *Entry {
	end := len(query) - dnswire.OPTSize
	wire := append([]byte(nil), query[:end]...)
	binary.BigEndian.PutUint16(wire[2:], dnswire.FlagQR|dnswire.FlagRA|dnswire.RcodeServFail)
	binary.BigEndian.PutUint16(wire[10:], 0)
	return &Entry{Answer: Answer{
		data: wire, messageEnd: uint16(end), questionEnd: uint16(end), flags: queryFlags(query),
		stored: now, lifetime: int64(FailureTTL), rcode: dnswire.RcodeServFail, local: local,
	}}
}

// Answers reports whether it answers the question and is no error.
func (a *Answer) Answers() bool { return IsAnswer(int(a.rcode)) }

// IsAnswer reports whether a response code answers the question and is no error.
func IsAnswer(rcode int) bool { return rcode == dnswire.RcodeSuccess || rcode == dnswire.RcodeNXDomain }

// scan walks the records once: it clamps and notes the TTLs, finds the lifetime
// in seconds and what there is to judge.
func (a *Answer) scan(l Lifetimes) (seconds uint32, err error) {
	wire := a.Wire()
	var w dnswire.Walker
	if err := w.Start(wire); err != nil {
		return 0, err
	}
	low, high := uint32(l.MinTTL/time.Second), uint32(l.MaxTTL/time.Second)
	least, negative, answers := high, int64(-1), 0 // negative: no SOA record yet
	var r dnswire.Record
	pointers := 0
	for w.Next(&r) {
		if pointers += a.note(&r); pointers > MaxPointers {
			return 0, ErrPointers
		}
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
		a.data = binary.BigEndian.AppendUint16(a.data, uint16(r.TTLAt))
	}
	switch {
	case negative >= 0: // also behind an alias (RFC 2308 section 2.2)
		least = min(least, uint32(negative))
	case answers == 0 || a.rcode == dnswire.RcodeNXDomain:
		least = 0 // without an SOA record it is not kept (RFC 2308 section 5)
	}
	return least, w.Err()
}

// MaxPointers is how many names and addresses an answer may point at, with records
// that are only about another name. They are judged for each client that asks, and no
// honest answer has as many.
const MaxPointers = 256

// ErrPointers is the error of an answer that points at more than MaxPointers names
// and addresses.
var ErrPointers = errors.New("answer points at too much")

// note notes what a record points at, and counts it. Its owner is judged with it.
func (a *Answer) note(r *dnswire.Record) (pointers int) {
	a.points = a.points || r.Section == dnswire.SectionAnswer || r.HasAddresses()
	r.Addresses(a.Wire(), func(addr netip.Addr) bool {
		a.private = a.private || isPrivate(addr)
		pointers++
		return pointers <= MaxPointers
	})
	if r.HasTarget() {
		a.alias = a.alias || r.End-r.Data >= longAlias
		pointers++
	}
	if pointers == 0 && r.HasStrayOwner(a.Wire()) {
		pointers++
	}
	return pointers
}

// longAlias is how many bytes the target of an alias takes that may carry something.
const longAlias = 40

// LongAlias reports whether the answer leads to a name that may carry something by its length.
func (a *Answer) LongAlias() bool { return a.alias }

// isPrivate reports whether an address leads into the network of the client.
func isPrivate(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || sharedSpace.Contains(a)
}

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598

// Judge classifies all that the answer points at.
func (a *Answer) Judge(rules *policy.Rules, qtype uint16) (v Verdict) {
	v.Serial = rules.Serial()
	// Traits are judged with what the decision on the name came to.
	v.Own = a.hasTraits(rules)
	if !a.points {
		return v
	}
	wire := a.Wire()
	var w dnswire.Walker
	var r dnswire.Record
	var name domain.Name
	for ok := w.Start(wire) == nil; ok && w.Next(&r); {
		if r.StrayOwner(wire, &name) {
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
func (a *Answer) age(now int64) uint32 { return uint32((now - a.stored) / int64(time.Second)) }

// fresh reports whether the answer is within its lifetime. One without a lifetime
// is never kept, so it has just come.
func (a *Answer) fresh(now int64) bool { return a.lifetime == 0 || now-a.stored < a.lifetime }

// staleTTL is the TTL of records in an answer that is past its end, in seconds
// (RFC 8767 section 4).
const staleTTL = 30

// Stored is when the answer came, on the clock of its owner in nanoseconds.
func (a *Answer) Stored() int64 { return a.stored }

// Rcode is the response code.
func (a *Answer) Rcode() int { return int(a.rcode) }

// Private reports whether the answer leads into the network of the client and is
// not from a zone that may.
func (a *Answer) Private() bool { return a.private && !a.local }

// TTL is how many seconds the answer may be kept.
func (a *Answer) TTL(now int64) uint32 {
	if !a.fresh(now) {
		return staleTTL
	}
	return uint32(max(0, a.lifetime-(now-a.stored)) / 1e9)
}

// AppendHeadTo appends a reply to q that is truncated (RFC 2181 section 9): the
// answer has more than the client can take.
func (a *Answer) AppendHeadTo(dst []byte, q *dnswire.Query) []byte {
	base := len(dst)
	out := a.appendHead(dst, q)
	message := out[base:]
	message[2] |= dnswire.FlagTC >> 8
	clear(message[6:dnswire.HeaderSize])
	return out
}

// appendHead appends the header of the answer and the question of q, with the id and
// the flags of q.
func (a *Answer) appendHead(dst []byte, q *dnswire.Query) []byte {
	base := len(dst)
	out := append(dst, a.data[:dnswire.HeaderSize]...)
	out = append(out, q.Question...)
	message := out[base:]
	binary.BigEndian.PutUint16(message, q.ID)
	binary.BigEndian.PutUint16(
		message[2:], binary.BigEndian.Uint16(message[2:])|q.Flags&(dnswire.FlagRD|dnswire.FlagCD),
	)
	return out
}

// AppendTo appends the answer as the reply to q, whose question it keeps: the case
// of its letters, its id and its flags.
func (a *Answer) AppendTo(dst []byte, q *dnswire.Query, now int64) []byte {
	base := len(dst)
	out := a.appendHead(dst, q)
	out = append(out, a.Wire()[a.questionEnd:]...)
	message := out[base:]
	age, fresh := a.age(now), a.fresh(now)
	if !fresh { // its signatures may have ended too
		message[3] &^= dnswire.FlagAD
	}
	for ttls := a.data[a.messageEnd:]; len(ttls) > 0; ttls = ttls[2:] {
		at := binary.BigEndian.Uint16(ttls)
		ttl := uint32(staleTTL)
		if fresh {
			ttl = binary.BigEndian.Uint32(message[at:])
			ttl -= min(ttl, age)
		}
		binary.BigEndian.PutUint32(message[at:], ttl)
	}
	return out
}

// isFor reports whether e is the answer to q.
func (a *Answer) isFor(q *Question) bool {
	name := q.Name.Wire()
	end := dnswire.HeaderSize + len(name)
	return int(a.questionEnd) == end+4 && a.flags == q.Flags &&
		string(a.data[dnswire.HeaderSize:end]) == string(name) && binary.BigEndian.Uint16(a.data[end:]) == q.Type
}

// isLike reports whether e is an answer to the same question as the other.
func (a *Answer) isLike(other *Answer) bool {
	return a.flags == other.flags &&
		bytes.Equal(a.data[dnswire.HeaderSize:a.questionEnd], other.data[dnswire.HeaderSize:other.questionEnd])
}
