package admin

import (
	"context"
	"encoding/json"
	"time"

	"lachan/admin/account"
)

// What can be looked at. Each list has only what the actor may see, and comes in pages:
// those after a key, at most so many.

// A Page says which part of a list is wanted.
type Page struct {
	After string // key of the last one that was had; "" is from the beginning
	Limit int    // 0 is 100; at most 1000
}

// An Exception is a name that a unit has opened or blocked by a decision.
type Exception struct {
	Key      string // for Page
	Unit     string
	Object   string // "allow/NAME" or "block/NAME"
	Name     string
	Block    bool
	From     time.Time
	Until    time.Time // zero: it has no end
	Ended    bool      // its time is over
	Who, Why string
	Document string
	Seq      uint64 // of the record that set it
	VoidBy   string // line of a file that leaves it without effect
	Orphan   bool   // the unit is gone
}

// A Filter says which exceptions or requests are wanted.
type Filter struct {
	Unit  string // and all below it; "" is all that the actor sees
	Name  string // a part of it
	Ended bool   // those whose time is over, or that are answered, too
}

// A Request is one row: the requests for one name that wait for the same people.
type Request struct {
	Key      string
	Name     string
	Category string
	IDs      []string
	Units    []string // that ask, one for each id
	Reasons  []string
	Times    int
	First    time.Time
	// Spent and Target are school hours, of the one that waits longest.
	Spent, Target time.Duration
	Late          bool
	At            string // the unit that it waits at: the school's own, or one above
	LockedBy      string // the unit whose lock blocks it, "" if none
	Document      string // the order that blocks it
	Outcome       Outcomes
	Text          string
	By            string
	Answered      time.Time
	Seq           uint64 // record of the answer
}

// A Unit is a unit as it is in force.
type Unit struct {
	ID, Parent, Name, Kind string
	Home                   string // "console", or file:line
	Value                  json.RawMessage
	Seq                    uint64 // record that set it, of one at home in the console
}

// A Proposal is what waits for a second person.
type Proposal struct {
	Seq        uint64
	Unit       string
	What       string
	Object     string
	By         string
	At, Until  time.Time
	Old, New   json.RawMessage
	Why        string
	MayConfirm bool // the actor may
}

// A Line is a record of the ledger as people read it.
type Line struct {
	Seq                   uint64
	At                    time.Time
	Unit, By, Role, Via   string
	What, Object, Request string
	Old, New              json.RawMessage
	Why                   string // the words; "" if they were erased
	Of                    uint64
}

// Exceptions are those of the units that the actor sees, by unit and name.
func (d *Desk) Exceptions(ctx context.Context, by account.Actor, f Filter, page Page) ([]Exception, error) {
	return nil, errNotYet
}

// Requests are the rows that the actor sees, the longest waiting first.
func (d *Desk) Requests(ctx context.Context, by account.Actor, f Filter, page Page) ([]Request, error) {
	return nil, errNotYet
}

// Units are those that the actor sees, in the order of their ids.
func (d *Desk) Units(ctx context.Context, by account.Actor, f Filter, page Page) ([]Unit, error) {
	return nil, errNotYet
}

// Unit is one of them.
func (d *Desk) Unit(ctx context.Context, by account.Actor, id string) (Unit, error) {
	return Unit{}, errNotYet
}

// Proposals are those that wait.
func (d *Desk) Proposals(ctx context.Context, by account.Actor) ([]Proposal, error) {
	return nil, errNotYet
}

// Ledger are the records after a number that the actor may see. Next is the number to go
// on after, 0 at the end.
func (d *Desk) Ledger(
	ctx context.Context, by account.Actor, f Filter, after uint64, limit int,
) (lines []Line, next uint64, err error) {
	return nil, 0, errNotYet
}
