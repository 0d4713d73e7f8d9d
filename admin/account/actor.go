package account

import (
	"slices"
	"strings"
	"time"
)

// An Actor is somebody who does something, with what proved who it is.
type Actor struct {
	ID     string  // of the account; of the machine "uid:0"
	Name   string  // as people know it
	Via    string  // console, api, cli, file
	Grants []Grant // those that hold for the way the actor came in
	Strong bool    // proved by two factors
	// Machine is root, or the owner of the state directory, on the machine itself. It may
	// do everything, and what it does is recorded like all else.
	Machine bool
	// Scopes are the rights of a token. Nil is no token, and no restriction.
	Scopes []Right
	// Within is the unit that a token is for, with all below it. "" is everything.
	Within string
}

// May reports whether the actor has a right over a unit, "" for what belongs to none.
func (a Actor) May(right Right, unit string, t Tree, now time.Time) bool {
	_, ok := a.As(right, unit, t, now)
	return ok
}

// As is the role by which the actor has a right over a unit; ok is false if there is
// none.
func (a Actor) As(right Right, unit string, t Tree, now time.Time) (r Role, ok bool) {
	if a.Scopes != nil && (!slices.Contains(a.Scopes, right) || !subtree.covers(a.Within, unit, t)) {
		return "", false
	}
	if a.Machine {
		return Machine, true
	}
	for _, g := range a.Grants {
		if g.Holds(now) && g.fits(t) && reachOf(right, g.Role).covers(g.Unit, unit, t) {
			return g.Role, true
		}
	}
	return "", false
}

// fits reports whether a role is over a unit of a kind that it is for: that of a school
// over a province would reach all schools.
func (g Grant) fits(t Tree) bool {
	if g.Unit != "" && len(chain(g.Unit, t)) == 0 || strings.Contains(g.Unit, "/") {
		return false
	}
	kinds, only := fits[g.Role]
	return !only || slices.Contains(kinds, kindOf(g.Unit, t))
}

func kindOf(unit string, t Tree) Kind {
	if unit == "" {
		return KindEverything
	}
	return t.Kind(unit)
}

// MayGrant reports whether the actor may give and take a role over a unit: over its own
// units, and not beyond its own role. A token may not.
func (a Actor) MayGrant(role Role, unit string, t Tree, now time.Time) bool {
	if a.Scopes != nil || !(Grant{Role: role, Unit: unit}).fits(t) {
		return false
	}
	if a.Machine {
		return slices.Contains(granted[Machine], role)
	}
	for _, g := range a.Grants {
		reaches := reachOf(Accounts, g.Role).covers(g.Unit, unit, t)
		if g.Holds(now) && g.fits(t) && reaches && slices.Contains(granted[g.Role], role) {
			return true
		}
	}
	return false
}

// MayManage reports whether the actor may change an account of a unit that has grants:
// reset it, end its sessions, remove it. Each of its grants has to be one that the actor
// may take away; those that have ended too, as they may be given again.
func (a Actor) MayManage(unit string, grants []Grant, t Tree, now time.Time) bool {
	if a.Machine && a.Scopes == nil {
		return true
	}
	if a.Scopes != nil || !a.May(Accounts, unit, t, now) {
		return false
	}
	return !slices.ContainsFunc(grants, func(g Grant) bool { return !a.MayGrant(g.Role, g.Unit, t, now) })
}

// A Holder is a role over a unit.
type Holder struct {
	Role Role
	Unit string // "" is everything
}

// WhoMay returns the roles that have a right over a unit, the nearest first. Somebody
// without the right is told them.
func WhoMay(right Right, unit string, t Tree) (holders []Holder) {
	for _, above := range append(chain(unit, t), "") {
		for _, role := range Roles() {
			if role == Viewer && above != unit {
				continue // anybody may be one, anywhere
			}
			if (Grant{Role: role, Unit: above}).fits(t) && reachOf(right, role).covers(above, unit, t) {
				holders = append(holders, Holder{role, above})
			}
		}
	}
	return holders
}
