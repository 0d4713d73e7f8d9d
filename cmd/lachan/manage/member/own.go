package member

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/fleet/node"
)

// What is decided here holds here at once, with a link or without one, and goes to the hub as a
// chain of its own: exceptions for names, and nothing else of this machine's ledger.

// own is what was decided here, on its way to the hub.
type own struct {
	*Member
	hub    *node.Node
	chain  *ledger.Chain // nil: the hub has to say first where it ends
	told   uint64        // the last record of the ledger that was looked at
	orders int           // so many records of orders were told
	next   time.Time     // not before
}

// ownAgain is after how long the hub is told again after an error, and ownLater where it cannot go
// on with what it has.
const (
	ownAgain = 10 * time.Second
	ownLater = time.Hour
)

// errOwn is the error of a hub that has other records of this node than there are here.
var errOwn = errors.New("the hub has other decisions of this node than its ledger")

// exchange tells the hub what was decided here since, and when orders were in force.
func (o *own) exchange(ctx context.Context) {
	if !o.hub.Connected() {
		o.chain, o.orders = nil, 0 // another hub may have less
		return
	}
	if time.Now().Before(o.next) {
		return
	}
	err := o.tellOrders(ctx)
	if err == nil && (o.chain == nil || o.told != o.src.Own.State().Seq()) {
		err = o.tell(ctx)
	}
	switch {
	case err == nil:
		o.src.Conditions.Clear("fleet-own")
	case errors.Is(err, node.ErrDeaf):
		o.next = time.Now().Add(ownLater)
	case errors.Is(err, errOwn):
		o.next = time.Now().Add(ownLater)
		o.src.Conditions.Set("fleet-own", textOwn.With(err).String())
	case ctx.Err() == nil:
		o.chain, o.next = nil, time.Now().Add(ownAgain)
		o.src.Log.Warn("tell the hub what was decided here", "error", err)
	}
}

// tell tells what was decided since the hub heard of it last.
func (o *own) tell(ctx context.Context) error {
	if o.chain == nil {
		if err := o.begin(ctx); err != nil {
			return err
		}
	}
	var lines []string
	size, upTo := 0, o.told
	send := func() error {
		if len(lines) == 0 {
			return nil
		}
		heard, err := o.ask(ctx, lines)
		if err == nil {
			if seq, hash := o.chain.End(); heard.Seq != seq || heard.Hash != hash {
				err = errOwn
			}
		}
		if err == nil {
			o.told, lines, size = upTo, nil, 0
		}
		return err
	}
	for r, err := range o.src.Own.Records(o.told) {
		if err != nil {
			return err
		}
		if o.isTold(&r) {
			line, err := o.chain.Link(r)
			if err != nil {
				return err
			}
			if size += len(line[0]); len(lines) == fleet.MaxOwnLines-1 || size > fleet.MaxOwnBytes/2 {
				lines, upTo = append(lines, string(line[0])), r.Seq
				if err := send(); err != nil {
					return err
				}
				continue
			}
			lines = append(lines, string(line[0]))
		}
		upTo = r.Seq
	}
	if err := send(); err != nil {
		return err
	}
	o.told = upTo
	return nil
}

// isTold reports whether a record is for the hub: an exception for a name, since this machine has
// joined.
func (o *own) isTold(r *ledger.Record) bool {
	return admin.IsName(r.Object) && !r.At.Before(o.is.Since)
}

// begin asks where the hub has come to, and finds that in the ledger.
func (o *own) begin(ctx context.Context) error {
	heard, err := o.ask(ctx, nil)
	if err != nil {
		return err
	}
	chain := ledger.Continue(o.src.Own, 0, "")
	told := uint64(0)
	for r, err := range o.src.Own.Records(0) {
		if seq, _ := chain.End(); err != nil || seq == heard.Seq {
			if err != nil {
				return err
			}
			break
		}
		if o.isTold(&r) {
			if _, err := chain.Link(r); err != nil {
				return err
			}
		}
		told = r.Seq
	}
	if seq, hash := chain.End(); seq != heard.Seq || hash != heard.Hash {
		return errOwn
	}
	o.chain, o.told = chain, told
	return nil
}

// ask tells lines, and returns where the hub has come to.
func (o *own) ask(ctx context.Context, lines []string) (heard fleet.OwnHeard, err error) {
	public, _ := ledger.Key(o.src.Own).Public().(ed25519.PublicKey) // it is one
	text, err := json.Marshal(fleet.OwnTold{Key: fleet.PublicKey(public), Lines: lines})
	if err == nil {
		text, err = o.hub.Tell(ctx, fleet.Own, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &heard)
	}
	return heard, err
}

// tellOrders tells when orders of authorities were in force here.
func (o *own) tellOrders(ctx context.Context) error {
	all := o.src.Orders()
	if len(all) < o.orders {
		o.orders = 0 // the oldest were dropped
	}
	for o.orders < len(all) {
		some := all[o.orders:min(len(all), o.orders+fleet.MaxCarried)]
		var told []fleet.CarriedOut
		for _, r := range some {
			if !o.src.OwnList(r.Feed) && !r.InForce.Before(o.is.Since) {
				told = append(told, fleet.CarriedOut(r))
			}
		}
		if len(told) > 0 {
			text, err := json.Marshal(told)
			if err == nil {
				_, err = o.hub.Tell(ctx, fleet.Carried, text)
			}
			if err != nil {
				return err
			}
		}
		o.orders += len(some)
	}
	return nil
}
