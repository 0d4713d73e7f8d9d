package selftest

import (
	"context"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/cmd/lachan/tested"
	"lachan/policy"
	"lachan/resolver/standin"
)

// How questions are asked: how fast, and what becomes of those that fail.
const (
	// slowest and fastest are how many questions are asked in a second at least and at most:
	// a twenty-fifth of one processor, and a fifth, both processes together.
	slowest, fastest = 50, 250
	// again is after how long questions that have failed are asked once more: what is in force
	// may have changed between the decision here and the answer.
	again = 2 * time.Second
	// mostAgain bounds how many are. Those beyond count at once.
	mostAgain = 1000
	// mostSilent is after how many questions in a row without an answer a door is left alone,
	// mostLost after how many altogether: each takes as long as patience. Such a door has failed,
	// whatever it says afterwards: not everything was asked there.
	mostSilent, mostLost = 3, 20
)

// A run is one test.
type run struct {
	tester  *Tester
	ctx     context.Context
	doors   []*Door
	callers []caller
	silent  []int // by door: questions in a row without an answer
	lost    []int // by door: questions without an answer
	choice  *choice
	plan    *plan
	again   []question // that have failed once

	result   tested.Run
	failures map[key]*tested.Failure
}

// A key is what failures are told together for.
type key struct {
	kind     tested.Kind
	door     int
	category string
}

func newRun(t *Tester, ctx context.Context, doors []*Door, c *choice, day string) *run {
	r := &run{
		tester: t, ctx: ctx, doors: doors, silent: make([]int, len(doors)), lost: make([]int, len(doors)), choice: c,
		failures: map[key]*tested.Failure{},
	}
	r.result.Day, r.result.Doors = day, make([]string, 0, len(doors))
	for _, d := range doors {
		r.callers = append(r.callers, d.open())
		r.result.Doors = append(r.result.Doors, d.String())
	}
	return r
}

func (r *run) close() {
	for _, c := range r.callers {
		c.close()
	}
}

// ask asks as clients of all groups, and reports whether it came to an end.
func (r *run) ask(now time.Time) (whole bool) {
	r.result.Began = now
	_, rules, _ := r.tester.src.InForce()
	r.plan = newPlan(rules, r.choice, len(r.doors), r.result.Day)
	groups := r.plan.groups(r.tester.src.ServesUnknown())
	rate, waits := Pace(len(groups), len(r.doors)), r.tester.isWanted()
	if waits {
		rate = fastest
	}
	pace := time.NewTicker(time.Second / time.Duration(rate))
	defer pace.Stop()
	for _, g := range groups {
		_, newest, _ := r.tester.src.InForce()
		if newest.Policy().Digest() != rules.Policy().Digest() || !waits && r.tester.isWanted() {
			return false // groups are others now, or somebody waits; it begins anew
		}
		r.plan.rules = newest // of this minute, its lists, and what was decided
		asked := 0
		for _, q := range r.plan.questions(g) {
			if r.leaves(q.door) {
				continue
			}
			select {
			case <-r.ctx.Done():
				return false
			case <-pace.C:
			}
			r.put(&q)
			asked++
		}
		if r.result.Questions += asked; asked > 0 {
			r.result.Units++
		}
		r.tester.count(uint64(asked))
	}
	if whole = r.askAgain(); whole {
		r.certificates()
	}
	return whole
}

// askAgain asks what has failed once more, and reports whether it came to an end.
func (r *run) askAgain() (whole bool) {
	if len(r.again) == 0 {
		return true
	}
	select {
	case <-r.ctx.Done():
		return false
	case <-time.After(again):
	}
	_, r.plan.rules, _ = r.tester.src.InForce()
	for i := range r.again {
		if r.ctx.Err() != nil {
			return false
		}
		if kind := r.once(&r.again[i]); kind != "" {
			r.fail(&r.again[i], kind)
		}
	}
	return true
}

// certificates notes the doors whose certificates clients do not believe.
func (r *run) certificates() {
	for i, d := range r.doors {
		if d.untrusted.Load() {
			r.fail(&question{door: i}, tested.Untrusted)
		}
	}
}

// Pace is how many questions a second are asked for so many groups to be done in half the
// time before lessons.
func Pace(groups, doors int) int {
	return min(fastest, max(slowest, groups*(doors+1)/int((before/2).Seconds())))
}

// put asks one question.
func (r *run) put(q *question) {
	kind := r.once(q)
	if kind == tested.Silent {
		r.silent[q.door]++
		r.lost[q.door]++
	} else {
		r.silent[q.door] = 0
	}
	switch {
	case kind == "":
	case len(r.again) < mostAgain && !r.leaves(q.door):
		r.again = append(r.again, *q)
	default:
		r.fail(q, kind)
	}
}

// leaves reports whether nothing more is asked at a door.
func (r *run) leaves(door int) bool { return r.silent[door] >= mostSilent || r.lost[door] >= mostLost }

// once asks a question, and is what is wrong with the answer; "" for nothing.
func (r *run) once(q *question) tested.Kind {
	want, sure := q.expected(r.plan.rules)
	if !sure {
		return ""
	}
	m, ok := r.message(q)
	if !ok {
		return ""
	}
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	answer, err := r.callers[q.door].ask(ctx, m)
	if err != nil {
		if r.ctx.Err() != nil {
			return ""
		}
		r.tester.src.Log.Debug("ask this node", "door", r.doors[q.door], "error", err)
		return tested.Silent
	}
	return judge(answer, want == policy.Block, r.unit(q.group), r.pages())
}

// unit is the id of a group's unit as resolve says it.
func (r *run) unit(g policy.GroupID) string {
	of := r.plan.rules.Policy().Group(g)
	if of.Kind == 0 {
		return "none"
	}
	return of.UnitID()
}

// pages are the addresses of the block page.
func (r *run) pages() []netip.Addr {
	cfg, _, _ := r.tester.src.InForce()
	return []netip.Addr{cfg.Server.Page.A, cfg.Server.Page.AAAA}
}

// message is a question as it is sent. It does not ask for recursion.
func (r *run) message(q *question) (m *dns.Msg, ok bool) {
	var name domain.Name
	if name.SetText(q.name) != nil {
		return nil, false
	}
	claim := standin.Claim{Address: q.address}
	if of := r.plan.rules.Policy().Group(q.group); of.Kind != 0 {
		claim.Unit = of.UnitID()
	}
	data := r.tester.src.Key.Append(nil, claim, name.Wire(), dns.TypeA, time.Now())
	m = new(dns.Msg).SetQuestion(dns.Fqdn(q.name), dns.TypeA).SetEdns0(4096, false)
	m.Id, m.RecursionDesired = uint16(rand.Uint32()), false
	opt := m.IsEdns0()
	opt.Option = append(opt.Option, &dns.EDNS0_LOCAL{Code: standin.Code, Data: data})
	return m, data != nil
}

// judge is what is wrong with an answer.
func judge(answer *dns.Msg, block bool, unit string, pages []netip.Addr) tested.Kind {
	opt := answer.IsEdns0()
	if opt == nil {
		return tested.Unheard
	}
	taken, heard, code := "", false, -1
	for _, o := range opt.Option {
		switch o := o.(type) {
		case *dns.EDNS0_LOCAL:
			if o.Code == standin.Code {
				taken, heard = string(o.Data), true
			}
		case *dns.EDNS0_EDE:
			code = int(o.InfoCode)
		}
	}
	filtered := code == int(dns.ExtendedErrorCodeBlocked) || code == int(dns.ExtendedErrorCodeCensored) ||
		code == int(dns.ExtendedErrorCodeFiltered)
	passes := answer.Rcode == dns.RcodeSuccess || code == int(dns.ExtendedErrorCodeNotSupported)
	switch {
	case !heard:
		return tested.Unheard
	case code == int(dns.ExtendedErrorCodeNotReady): // nobody is answered, of which another condition tells
		return tested.Silent
	case taken != unit:
		return tested.OtherUnit
	case block && (!filtered || leads(answer, pages)):
		return tested.LetPast
	case !block && (filtered || !passes):
		return tested.Blocked
	}
	return ""
}

// leads reports whether an answer has an address other than that of no machine or of the
// block page, or an alias.
func leads(answer *dns.Msg, pages []netip.Addr) bool {
	return slices.ContainsFunc(answer.Answer, func(rr dns.RR) bool {
		a, is := rr.(*dns.A)
		if !is {
			return true
		}
		at, _ := netip.AddrFromSlice(a.A)
		return !at.Unmap().IsUnspecified() && !slices.Contains(pages, at.Unmap())
	})
}

// fail takes note of a failure.
func (r *run) fail(q *question, kind tested.Kind) {
	r.result.Failed++
	k := key{kind: kind, door: q.door}
	if kind == tested.LetPast { // else it is the door that is at fault, or a name of no category
		k.category = q.category
	}
	if f := r.failures[k]; f != nil {
		f.Times++
		return
	}
	if len(r.failures) >= tested.MostFailures {
		return
	}
	f := &tested.Failure{Kind: kind, Door: r.doors[q.door].String(), Category: k.category, Name: q.shown(), Times: 1}
	if unit := r.unit(q.group); q.group != 0 {
		f.Unit = unit
	}
	r.failures[k] = f
}

// end is what the test came to.
func (r *run) end() tested.Run {
	is := r.result
	is.Ended, is.Policies = time.Now(), len(r.plan.first)
	is.Categories, is.Empty = slices.Sorted(maps.Keys(r.plan.asked)), slices.Sorted(maps.Keys(r.plan.empty))
	kinds := tested.Kinds()
	for _, kind := range kinds {
		for _, k := range slices.SortedFunc(maps.Keys(r.failures), func(a, b key) int {
			if a.door != b.door {
				return a.door - b.door
			}
			if a.category < b.category {
				return -1
			}
			return 1
		}) {
			if k.kind == kind {
				is.Failures = append(is.Failures, *r.failures[k])
			}
		}
	}
	return is
}
