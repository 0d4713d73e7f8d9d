package admin

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"syscall"
	"time"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/internal/yamlfile"
	"lachan/policy"
)

// A Desk decides. Its methods may be called by any number of goroutines.
type Desk struct {
	parts Parts
	// structure is held from the check of a policy to its record: what is checked is what
	// is written.
	structure sync.Mutex
}

// Parts are what a desk works with.
type Parts struct {
	Ledger   *ledger.Ledger
	View     View
	Force    Force
	Lists    Lists
	Accounts Accounts
	Papers   Papers
	Requests *request.Store
	Fleet    Fleet
	Settings Settings
	Now      func() time.Time
}

// Settings are what an operator can choose.
type Settings struct {
	// Target is how many school hours a request may wait. Default request.UsualTarget.
	Target time.Duration
	// Days is how long an exception lasts that names no end. Default 30.
	Days int
	// Term ends it with the term in place of Days.
	Term bool
}

// A View shows the policy that answers go by.
type View interface {
	// Rules are those of this minute.
	Rules() *policy.Rules
	// If are the rules of this minute, and those of lessons, as they would be with a policy.
	If(p *policy.Policy) (now, lessons *policy.Rules)
	// Authorities are the ids of those that order names to be blocked.
	Authorities() []string
	// Written is a unit of policy.yaml as the console would have it, and the lines that have
	// to be deleted there.
	Written(unit string) (text json.RawMessage, lines string, err error)
}

// A Force puts the state of the ledger in force, and returns when it is.
type Force interface {
	// Check says what would be wrong with the policy if the console had written a text.
	Check(ctx context.Context, console []byte) (yamlfile.Problems, error)
	// Try is the policy as it would be then; nil if something is wrong with it.
	Try(ctx context.Context, console []byte) (*policy.Policy, yamlfile.Problems, error)
	// Names has exceptions for names in force, which compiles nothing.
	Names(ctx context.Context) error
	// Structure has all of it in force.
	Structure(ctx context.Context) error
}

// Lists decide which version of a feed is used.
type Lists interface {
	// Standing is how a feed stands; known is false if there is none of that name.
	Standing(feed string) (s ListStanding, known bool)
	// Use does what a decision says: approve, reject or roll_back.
	Use(ctx context.Context, feed, verb, version, by string) error
	// Choosable is a list whole that somebody wants to be used: one without an address is that
	// of the catalogue. The error is a *Refusal.
	Choosable(wish List) (List, error)
	// OfFile is where the configuration has a list of that name: a line of a file.
	OfFile(feed string) (place string, there bool)
	// Forget drops what was fetched of a list that is not used any more.
	Forget(ctx context.Context, feed string) error
}

// A ListStanding is which versions of a feed there are beside the one in use.
type ListStanding struct {
	Unit   string // that the feed belongs to, "" is everything
	Held   string // version that is held back, "" if none is
	Before string // version to go back to, "" if there is none
	// Doubtful is the version in use if entries of it wait for a word, "" if none do.
	Doubtful string
}

// New is a desk of its parts. Settings that are zero are the defaults.
func New(p Parts) *Desk {
	if p.Settings.Target == 0 {
		p.Settings.Target = request.UsualTarget
	}
	if p.Settings.Days == 0 {
		p.Settings.Days = 30
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Desk{parts: p}
}

// asking is a decision on its way: who decides, and the state that it is judged by.
type asking struct {
	ctx   context.Context
	by    account.Actor
	how   How
	now   time.Time
	state *ledger.State
	rules *policy.Rules
	tree  tree
	// above are the units that the same decision makes, with what each is below.
	above map[string]string
	// second is the proposal that the actor confirms; 0 if there is none.
	second uint64
}

func (d *Desk) ask(ctx context.Context, by account.Actor, how How) *asking {
	rules := d.parts.View.Rules()
	return &asking{
		ctx: ctx, by: by, how: how, now: d.parts.Now().In(rules.Policy().Location()),
		state: d.parts.Ledger.State(), rules: rules,
		tree: tree{rules.Policy(), d.parts.View.Authorities()},
	}
}

// mostTries bounds how often a decision is judged anew because others came between.
const mostTries = 20

// Decide does what an actor decides, or says with a *Refusal why not. What it says is
// done is on disk, and in force as soon as the next query. A preview says what would
// change and changes nothing.
func (d *Desk) Decide(ctx context.Context, by account.Actor, what Decision, how How) (Outcome, error) {
	for try := 1; ; try++ {
		outcome, err := d.decide(d.ask(ctx, by, how), what)
		if !errors.Is(err, ledger.ErrConflict) {
			return outcome, unwritten(err)
		}
		if try == mostTries {
			return Outcome{}, &Refusal{Kind: Conflict, Text: textConflict}
		}
	}
}

// unwritten is an error, or if it says that the disk takes nothing more, or that other hubs are
// not there, what to do about that.
func unwritten(err error) error {
	switch refused := (*Refusal)(nil); {
	case errors.As(err, &refused):
		return err
	case errors.Is(err, ledger.ErrApart):
		return &Refusal{Kind: Trouble, Text: textApart}
	case errors.Is(err, ledger.ErrUnsure):
		return &Refusal{Kind: Trouble, Text: textUnsure}
	}
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS} {
		if errors.Is(err, full) {
			return &Refusal{Kind: Trouble, Text: textDiskFull.With(full)}
		}
	}
	return err
}

// decide is Decide by one state. The error is ledger.ErrConflict if another one took its
// place meanwhile.
func (d *Desk) decide(q *asking, what Decision) (Outcome, error) {
	p, err := d.judge(q, what)
	if err != nil {
		return Outcome{}, err
	}
	if hub := d.parts.Fleet.hub(); hub != "" && p.effect == structure {
		return Outcome{}, &Refusal{Kind: FileHome, Text: textHubDecides.With(hub), Place: hub}
	}
	if p.effect == structure {
		d.structure.Lock()
		defer d.structure.Unlock()
		again := d.ask(q.ctx, q.by, q.how) // what is checked is what is written
		again.second = q.second
		q = again
		if p, err = d.judge(q, what); err != nil {
			return Outcome{}, err
		}
		if err := d.check(q, &p); err != nil {
			return Outcome{}, err
		}
	}
	impact := p.impact // a proposal has none of its own
	if p.second && q.second == 0 && !q.by.Machine {
		if p, err = q.propose(what, &p); err != nil {
			return Outcome{}, err
		}
	}
	if err := fits(p.drafts); err != nil {
		return Outcome{}, err
	}
	if q.how.Preview {
		if impact != nil {
			p.outcome.Impact = impact()
		}
		return p.outcome, nil
	}
	return d.write(q, &p)
}

// fits refuses records that are too long for nodes of a fleet.
func fits(drafts []ledger.Draft) error {
	for i := range drafts {
		if size := drafts[i].Size(); size > ledger.MaxCarried {
			return invalid("", textRecordSize.With((size+1023)>>10, ledger.MaxCarried>>10))
		}
	}
	return nil
}

// judge is what a decision comes to, by what the actor saw.
func (d *Desk) judge(q *asking, what Decision) (plan, error) {
	p, err := what.plan(d, q)
	if err != nil {
		return plan{}, err
	}
	if q.how.Expect == nil || q.second != 0 || *q.how.Expect == p.drafts[0].Expect {
		return p, nil
	}
	first := &p.drafts[0]
	return plan{}, &Refusal{Kind: Conflict, Text: textConflict, Seq: first.Expect, Now: first.Old, Wanted: first.New}
}

// write writes the records of a plan, has them in force and does what follows from them.
func (d *Desk) write(q *asking, p *plan) (Outcome, error) {
	out := p.outcome
	cancel := func() {}
	if p.first != nil {
		var err error
		if cancel, err = p.first(p, &out); err != nil {
			return Outcome{}, err
		}
	}
	first, err := d.parts.Ledger.Append(q.ctx, p.drafts...)
	if err != nil {
		cancel()
		return Outcome{}, err
	}
	out.Seq, out.At = first.Seq, first.At
	after := context.WithoutCancel(q.ctx) // it is written: whoever waited for it may be gone
	if p.done != nil {
		err = p.done(after, &out)
	}
	switch p.effect {
	case names:
		err = errors.Join(err, d.parts.Force.Names(after))
	case structure:
		err = errors.Join(err, d.parts.Force.Structure(after))
	case none:
	}
	if err == nil && p.after != nil {
		err = p.after(after)
	}
	if err != nil {
		return out, &Refusal{Kind: Trouble, Text: textTrouble.With(first.Seq, err), Seq: first.Seq}
	}
	return out, nil
}

// An effect is what has to be put in force.
type effect uint8

const (
	none effect = iota
	names
	structure
)

// plan is what a decision comes to.
type plan struct {
	drafts  []ledger.Draft // one group; the first is what is told
	second  bool           // it takes two people
	effect  effect
	field   string // what is at fault if the policy would have a mistake; "": the unit
	outcome Outcome
	impact  func() Impact // nil if it has none
	// first is what has to be there before it is written, such as the id of an account;
	// cancel takes it back if it is not written. Nil for nothing.
	first func(*plan, *Outcome) (cancel func(), err error)
	done  func(context.Context, *Outcome) error // what follows once it is written; nil for nothing
	after func(context.Context) error           // what follows once it is in force; nil for nothing
}

// planOf is a plan of drafts.
func planOf(e effect, drafts ...ledger.Draft) plan {
	first := &drafts[0]
	return plan{
		drafts: drafts, effect: e,
		outcome: Outcome{Unit: first.Unit, Object: first.Object, Old: first.Old, New: first.New},
	}
}

// then is a plan with the drafts of another one in the same group.
func (p plan) then(other ...ledger.Draft) plan {
	p.drafts = slices.Concat(p.drafts, other)
	return p
}
