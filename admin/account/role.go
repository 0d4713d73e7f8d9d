// Package account knows the people who run the program: who they are, what they may do
// and how they prove it. FORMAT.md says how it lies on disk.
//
// What an account may do is public, and comes from elsewhere: it is the grants of a
// ledger. What proves who somebody is stays here, and nowhere else: hashes of passwords,
// keys, codes, sessions, tokens. Nothing that is damaged or missing opens anything.
package account

import (
	"slices"
	"time"

	"lachan/internal/wording"
)

// A Role is a fixed set of rights over a unit and what is below it.
type Role string

// The roles.
const (
	School    Role = "school"    // who looks after one school
	Commune   Role = "commune"   // who looks after the schools of a commune
	Province  Role = "province"  // who looks after those of a province
	Operator  Role = "operator"  // who runs the machines
	Authority Role = "authority" // who orders names to be blocked
	Viewer    Role = "viewer"    // who looks and changes nothing
	// Machine is the role of root and of the owner of the state directory, on the
	// machine itself. Nobody can be granted it.
	Machine Role = "machine"
)

// Roles are those that can be granted.
func Roles() []Role { return []Role{School, Commune, Province, Operator, Authority, Viewer} }

// ParseRole reads a role that can be granted.
func ParseRole(text string) (r Role, ok bool) {
	return Role(text), slices.Contains(Roles(), Role(text))
}

// NeedsSecondFactor reports whether a role holds only for those who proved who they are
// by a second factor too.
func (r Role) NeedsSecondFactor() bool { return r == Province || r == Operator || r == Authority }

// NeedsSecondPerson reports whether granting a role takes two people.
func (r Role) NeedsSecondPerson() bool { return r == Province || r == Operator }

// Text is what people call a role.
func (r Role) Text() wording.Text { return roleNames[r] }

// A Right is what may be done with a unit.
type Right string

// The rights. A reading one is apart from that of changing the same.
const (
	View        Right = "view"         // units, figures, explanations, exceptions, requests
	Answer      Right = "answer"       // a request
	Except      Right = "except"       // allow or block a name that is not locked
	Structure   Right = "structure"    // units, groups, profiles, rules
	Calendar    Right = "calendar"     // timetables and the days of a year
	Lock        Right = "lock"         // lock and lift; lifting takes two people
	Lists       Right = "lists"        // approve, reject, roll back
	Order       Right = "order"        // hand over, carry out, proof
	ReadOrders  Right = "read-orders"  // which orders there are, and how they stand
	Release     Right = "release"      // advance
	Hold        Right = "hold"         // stop a release
	Report      Right = "report"       // make reports, and write their words
	ReadReports Right = "read-reports" // of what was made
	Accounts    Right = "account"      // accounts, grants; see also MayGrant
	Audit       Right = "audit"        // read the ledger
)

// Rights are all rights.
func Rights() []Right {
	return []Right{
		View, Answer, Except, Structure, Calendar, Lock, Lists, Order,
		ReadOrders, Release, Hold, Report, ReadReports, Accounts, Audit,
	}
}

// ReadOnly are the rights that change nothing.
func ReadOnly() []Right { return []Right{View, ReadOrders, ReadReports, Audit} }

// ParseRight reads a right.
func ParseRight(text string) (r Right, ok bool) {
	return Right(text), slices.Contains(Rights(), Right(text))
}

// Text is what people call a right.
func (r Right) Text() wording.Text { return rightNames[r] }

// A Grant is a role that an account has over a unit.
type Grant struct {
	Account string    `json:"account"`
	Role    Role      `json:"role"`
	Unit    string    `json:"unit"`  // "" is everything
	Until   time.Time `json:"until"` // zero if it has no end
}

// Holds reports whether a grant has not ended.
func (g Grant) Holds(now time.Time) bool { return g.Until.IsZero() || now.Before(g.Until) }
