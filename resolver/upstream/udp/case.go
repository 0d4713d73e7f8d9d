package udp

import (
	"bytes"
	"sync/atomic"
	"time"

	"lachan/resolver/dnswire"
	"lachan/resolver/upstream/exchange"
)

// This file adds to what a forger has to guess: the letters of a name go out in random
// upper and lower case, one bit for each, and a reply has to repeat them. Resolvers
// copy the question into the reply, so that almost all do; those that do not are
// learned, and asked in the case that was given.

// A Case says what a server makes of the case of letters.
type Case uint32

// The cases.
const (
	CaseUnknown Case = iota // not learned yet
	CaseKept                // repeated as it was sent: names go out in random case
	CaseLost                // it is not, or the server minds it
)

// String is what metrics say.
func (c Case) String() string {
	switch c {
	case CaseKept:
		return "kept"
	case CaseLost:
		return "lost"
	}
	return ""
}

const (
	// caseAfter is how many answers a server gives before random case is tried, so
	// that one that is hardly asked is left alone.
	caseAfter = 8
	// caseKept is how many answers in random case are trusted from then on to come
	// back so.
	caseKept = 4
	// caseLost is how many replies in another case, since the last caseForgive in the
	// right one, end it for caseRest.
	caseLost    = 3
	caseForgive = 1000
	caseRest    = time.Hour
)

// A caseLearner knows what a server makes of the case of letters. All methods may be
// called at the same time; that counts may then be a little off does no harm.
type caseLearner struct {
	state   atomic.Uint32 // a Case
	answers atomic.Int32  // before the trial
	kept    atomic.Int32
	lost    atomic.Int32
	again   atomic.Int64 // when a lost case is tried again, in nanoseconds since made
	made    time.Time
	told    atomic.Uint32 // the Case that was last told
	changed chan struct{} // holds one element if told has changed
}

// mixes reports whether a query goes out in random case, and whether that is a trial:
// then a reply in another case is taken all the same.
func (c *caseLearner) mixes(now time.Time) (mixes, trial bool) {
	switch Case(c.state.Load()) {
	case CaseKept:
		return true, false
	case CaseLost:
		if int64(now.Sub(c.made)) < c.again.Load() {
			return false, false
		}
		c.learn()
	}
	return c.answers.Load() >= caseAfter, true
}

// learn begins another trial.
func (c *caseLearner) learn() {
	c.kept.Store(0)
	c.lost.Store(0)
	c.state.Store(uint32(CaseUnknown))
}

// noteAnswer counts an answer to a query in the case that was given.
func (c *caseLearner) noteAnswer() {
	if c.answers.Load() < caseAfter {
		c.answers.Add(1)
	}
}

// noteKept counts a reply that repeats what was sent.
func (c *caseLearner) noteKept() {
	kept := c.kept.Add(1)
	if Case(c.state.Load()) == CaseUnknown && kept >= caseKept {
		c.settle(CaseKept)
	}
	if kept >= caseForgive {
		c.kept.Store(0)
		c.lost.Store(0)
	}
}

// noteLost counts a reply in another case, or one that is right in the case that was
// given alone.
func (c *caseLearner) noteLost() {
	if c.lost.Add(1) >= caseLost && Case(c.state.Load()) != CaseLost {
		c.again.Store(int64(time.Since(c.made) + caseRest))
		c.settle(CaseLost)
	}
}

// settle ends a trial, or what an earlier one has come to.
func (c *caseLearner) settle(now Case) {
	c.kept.Store(0)
	c.lost.Store(0)
	c.state.Store(uint32(now))
	if Case(c.told.Swap(uint32(now))) != now {
		select {
		case c.changed <- struct{}{}:
		default: // what reads it will see this one
		}
	}
}

// Case is what the server makes of the case of letters, as far as that is known: what
// was learned last holds while it is learned anew.
func (p *Pool) Case() Case { return Case(p.letters.told.Load()) }

// CaseChanged holds one element whenever Case has changed.
func (p *Pool) CaseChanged() <-chan struct{} { return p.letters.changed }

// A spelling is how a request was sent, as far as it is not as it was given.
type spelling struct {
	mixed  bool      // the name is in random case
	trial  bool      // a reply in another case is taken too
	flips  bool      // a letter is in another case than it was given
	second bool      // it was asked in random case before, and is asked as it was given
	doubt  outcome   // what came of that
	mask   [8]uint32 // by letter
}

// An outcome is what a reply says, as far as it tells whether a server minds the case.
type outcome struct {
	known   bool
	exact   bool // it repeats the question as it was sent
	rcode   int
	answers bool
}

// name is the name in a question, without compression.
func (r *Request) name() []byte {
	end := dnswire.HeaderSize
	for end < len(r.Query) && r.Query[end] != 0 {
		end += 1 + int(r.Query[end])
	}
	return r.Query[dnswire.HeaderSize:min(end, len(r.Query))]
}

// mix puts the letters of the name in random case.
func (r *Request) mix(random *randPool, trial bool) {
	letters := 0
	r.flips = false
	for _, c := range r.name() {
		if isLetter(c) {
			if letters%32 == 0 {
				r.mask[letters/32] = random.next()
			}
			r.flips = r.flips || r.mask[letters/32]>>(letters%32)&1 != 0
			letters++
		}
	}
	r.mixed, r.trial = letters > 0, trial && letters > 0
	r.flip()
}

// unmix gives the name back as it was given.
func (r *Request) unmix() {
	if r.mixed {
		r.flip()
		r.mixed = false
	}
}

// flip changes the case of the letters that the mask names.
func (r *Request) flip() {
	letters, name := 0, r.name()
	for i, c := range name {
		if isLetter(c) {
			name[i] = c ^ byte(r.mask[letters/32]>>(letters%32)&1)<<5
			letters++
		}
	}
}

// isLetter reports whether a byte of a name is a letter. Lengths of labels are below
// all letters.
func isLetter(c byte) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }

// outcome is what a datagram that answers r says.
func (r *Request) outcome(datagram []byte) outcome {
	if exchange.BareFormErr(datagram) {
		return outcome{known: true, exact: true, rcode: dnswire.RcodeFormErr}
	}
	name := r.name()
	return outcome{
		known: true, exact: string(datagram[dnswire.HeaderSize:dnswire.HeaderSize+len(name)]) == string(name),
		rcode: dnswire.Rcode(datagram), answers: datagram[6]|datagram[7] != 0,
	}
}

// heed learns from a datagram that answers r, and reports whether it is taken. If not,
// r is to be asked again as it was given: the letters are not those that were sent,
// which a forger would not know, or the server may mind them.
func (c *caseLearner) heed(r *Request, datagram []byte) (taken bool) {
	o := r.outcome(datagram)
	good := o.rcode == dnswire.RcodeSuccess && o.answers
	switch {
	case r.second:
		if first := r.doubt; first.known && (!first.exact || first.rcode != o.rcode || first.answers != o.answers) {
			c.noteLost()
		}
	case !r.mixed:
		if good {
			c.noteAnswer()
		}
	case !r.trial:
		if !o.exact {
			r.doubt = o
			return false
		}
		c.noteKept()
	case !good:
		r.doubt = o
		return false
	case !o.exact:
		c.noteLost()
	case r.flips:
		c.noteKept()
	}
	return true
}

// respell gives the name of the question, and owners that are spelled out as it was
// sent, back as they were given. It ends that r is in random case. reply is sound.
func (r *Request) respell(reply []byte) {
	var room [256]byte
	sent := room[:copy(room[:], r.name())]
	r.unmix()
	given := r.name()
	if exchange.BareFormErr(reply) {
		return
	}
	copy(reply[dnswire.HeaderSize:], given)
	var w dnswire.Walker
	var record dnswire.Record
	for ok := w.Start(reply) == nil; ok && w.Next(&record); {
		if owner := reply[record.Owner:record.TTLAt]; bytes.HasPrefix(owner, sent) {
			copy(owner, given)
		}
	}
}
