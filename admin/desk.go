package admin

import (
	"context"
	"errors"

	"lachan/admin/account"
)

// A Desk decides. Its methods may be called by any number of goroutines.
type Desk struct{}

// Decide does what an actor decides, or says with a *Refusal why not. What it has said is
// done is on disk, and in force as soon as the next query. A preview says what would
// change and changes nothing.
func (d *Desk) Decide(ctx context.Context, by account.Actor, what Decision, how How) (Outcome, error) {
	p, err := what.plan(d, &asking{ctx: ctx, by: by, how: how})
	return p.outcome, err
}

// asking is a decision on its way.
type asking struct {
	ctx context.Context
	by  account.Actor
	how How
}

// plan is what a decision comes to.
type plan struct{ outcome Outcome }

var errNotYet = errors.New("not built yet")
