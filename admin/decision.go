// Package admin is the desk at which everything that people decide is decided: the
// console, the API and the commands are three ways to it. One type is one decision. Each
// is checked against the right that it takes, says what it would change, and becomes one
// record of the ledger, whose fold is the state; so there is no change without its line
// and no line without its change.
package admin

import (
	"encoding/json"
	"time"

	"lachan/admin/account"
	"lachan/fleet"
)

// A Decision is what somebody wants to be so. The types of this file are all there are.
type Decision interface {
	// plan is what the decision comes to, or why it cannot be. It changes nothing.
	plan(d *Desk, q *asking) (plan, error)
}

// How goes with any decision.
type How struct {
	Why string // the reason, as it was typed
	// Expect is the number of the record that the actor saw on the object, 0 if there was
	// none. Nil: whatever there is now.
	Expect *uint64
	// Preview asks what would change, and changes nothing.
	Preview bool
	// Made is when it was decided, where that was elsewhere and comes here late; zero: now.
	Made time.Time
}

// An Except allows or blocks a name for a unit and all below it.
type Except struct {
	Unit  string
	Name  string // or "service:zalo", "category:games"
	Block bool
	From  time.Time // zero: from now on
	// Until is how it ends: "" is the usual end of the desk, "lesson" 45 minutes, "term" the
	// end of the term, "never", a day (the last one) or a time in RFC 3339.
	Until    string
	Document string // that orders it
}

// An ExceptMany allows or blocks many names for a unit, all of them or none.
type ExceptMany struct {
	Except        // its Name is not used
	Text   string // a name a line; empty lines and what follows a '#' are passed over
}

// A Withdraw ends an exception before its time.
type Withdraw struct {
	Unit   string
	Object string // "allow/NAME" or "block/NAME"
}

// An Undo restores what a record changed, or all that a decision about many names, units or
// requests changed if it is the first of its records. It is refused if something later stands
// on any of that.
type Undo struct{ Seq uint64 }

// A Confirm is the word of the second person: it does what a proposal says.
type Confirm struct{ Seq uint64 }

// A Decline drops a proposal: by the second person, or by the first.
type Decline struct{ Seq uint64 }

// An Answer answers requests for one name, of one school or of many.
type Answer struct {
	Requests []string // ids
	Outcome  Outcomes
	Until    string // of Open; as in Except
	Text     string // what those who asked are told
}

// Outcomes are what can become of a request.
type Outcomes string

// The outcomes.
const (
	Open        Outcomes = "open"      // the name is opened for the unit, with an end
	Refuse      Outcomes = "refuse"    // with a reason
	SendUp      Outcomes = "up"        // to the unit above
	ToAuthority Outcomes = "authority" // that ordered the name to be blocked
	Close       Outcomes = "close"     // without a word
)

// A Reopen takes the answer of a request back. What the answer opened stays.
type Reopen struct{ Request string }

// A SetUnit makes a unit, or replaces what is written of it.
type SetUnit struct {
	ID   string
	Unit json.RawMessage // as policy.yaml writes it, without its groups' own decisions
}

// A SetUnits makes or replaces many units, all of them or none. What takes two people is
// not in it.
type SetUnits struct{ Units []SetUnit }

// A RemoveUnit removes a unit whose home is the console. It takes two people if the
// unit has a history.
type RemoveUnit struct{ ID string }

// A SetGroup makes or replaces a group of a school; null removes it.
type SetGroup struct {
	School, ID string
	Group      json.RawMessage
}

// A SetRules replaces the rules of a unit.
type SetRules struct {
	Unit  string
	Rules json.RawMessage
}

// A SetCalendar replaces the calendar of a unit, "" of all; null removes it.
type SetCalendar struct {
	Unit     string
	Calendar json.RawMessage
}

// A SetProfile makes or replaces a profile; null removes it.
type SetProfile struct {
	Name    string
	Profile json.RawMessage
}

// A SetTimetable makes or replaces a timetable; null removes it.
type SetTimetable struct {
	Name      string
	Timetable json.RawMessage
}

// A Lock locks a category or a service for a unit and all below it.
type Lock struct{ Unit, Category string }

// A Lift takes a lock of a unit back. It takes two people.
type Lift struct{ Unit, Category string }

// An ApproveList puts the version of a feed in use that is held back.
type ApproveList struct{ Feed string }

// A RejectList drops it.
type RejectList struct{ Feed string }

// A RollBackList goes back to the version of a feed before.
type RollBackList struct{ Feed string }

// A UseList has a list fetched and used from now on: one of the catalogue by its name, or
// that of an address. It is a list of strangers, and may what those may.
type UseList struct{ List }

// A DropList ends that: its names are not blocked by it any more.
type DropList struct{ Name string }

// A List is one that is chosen: where it is, how it is written ("" is found out) and which
// category it blocks.
type List struct {
	Name     string `json:"-"`
	URL      string `json:"url"`
	Format   string `json:"format"`
	Category string `json:"category"`
}

// A HandOver hands the table of an order over.
type HandOver struct {
	Authority string // unit
	Document  string
	File      string // name of the table's file
	Table     []byte
}

// A TakeBack takes an order of an authority back: its table blocks nothing any more.
type TakeBack struct {
	Authority string // unit
	Document  string
}

// An AddAccount makes an account, which has no grants yet; with an ID it changes what is
// known of one.
type AddAccount struct {
	Unit, ID, Name string
	Language       string // both, vi, en; "" is both
	Notify         string // school-day (the default), at-once, hourly, daily, never
	Mail, Webhook  string // where to; "" is nowhere
}

// A ResetAccount takes all secrets of an account away. Outcome.Secret is the code by which
// its owner sets a new password.
type ResetAccount struct{ ID string }

// A RemoveAccount ends an account, its sessions and its tokens.
type RemoveAccount struct{ ID string }

// A GrantRole gives an account a role over a unit. Some roles take two people.
type GrantRole struct {
	Account string
	Role    account.Role
	Unit    string
	Until   string // day, the last one; "" has no end
}

// A RevokeRole takes it away.
type RevokeRole struct {
	Account string
	Role    account.Role
	Unit    string
}

// An IssueToken makes a token of an account. The secret is in Outcome.Secret, and shown
// once.
type IssueToken struct {
	Account string // "" is the actor's own
	Name    string
	Scopes  []account.Right // nil: those that change nothing
	Unit    string
	Until   string // day; "" is 90 days
}

// An EndToken ends a token.
type EndToken struct{ Account, Token string }

// A SetWords writes the words of an officer into a report.
type SetWords struct{ Unit, Period, Part, Text string }

// A HandOut notes that an evidence pack was made and handed out: which one, by the SHA-256 of
// its file in hexadecimal.
type HandOut struct{ Unit, Period, SHA256 string }

// A WatchDevice has what the actor's own device asks shown to that actor for some minutes. The
// record says who, when and for which unit; what was asked is written nowhere.
type WatchDevice struct{ Unit string }

// A Tap has a collector told which questions are asked and how they are answered (dnstap),
// until it is over. It takes two people, of whom none is the machine.
type Tap struct {
	Until string // a day (the last one) or a time in RFC 3339, within 30 days; "" is 24 hours
	Why   string // has to be there
}

// An Untap ends that before its time.
type Untap struct{}

// FilesObject is the object of records about the files that people write.
const FilesObject = "policy"

// A Reload records which files are in force since they were read: after a signal, and at a
// start with others than before. The machine alone says so.
type Reload struct{ Digest string }

// An Adopt takes a unit of policy.yaml over. Outcome.Text says what to delete there.
type Adopt struct{ Unit string }

// An InviteNode gives out the code by which a machine becomes a node of the fleet. One of
// that name that has joined is replaced once the code is used. Outcome.Secret is the code.
type InviteNode struct {
	Name string
	Area string // "" is that of all
	Ring string // canary or early; "" leaves it to chance
}

// A JoinNode says that a machine has used its code. The machine alone says so.
type JoinNode struct{ Name, Code, Nkey string }

// A RemoveNode ends that a machine is a node.
type RemoveNode struct{ Name string }

// A Publish begins a release: these are the files of the policy that nodes have to have.
// The machine alone says so.
type Publish struct {
	SHA256 string
	Size   int64
	Trial  time.Duration // for which a node watches how it fares, to the second
}

// A Carry has nodes have a list as it was read and verified here; nil: they have it no more.
// The machine alone says so.
type Carry struct {
	Name string
	List *fleet.List
}

// An Order begins to give nodes a list of an authority, ring by ring; nil ends that one is on its
// way. The machine alone says so.
type Order struct {
	Name  string
	List  *fleet.List
	Trial time.Duration // for which a node watches how it fares, to the second
}

// An AdvanceOrder has the list of an authority go on to the next ring, whatever has become of it.
type AdvanceOrder struct{ Name string }

// A HoldOrder has it go no further.
type HoldOrder struct{ Name, Cause string }

// A RollBackOrder has nodes go back to what all had before it.
type RollBackOrder struct{ Name string }

// An Advance has a release go on to the next ring, whatever has become of it so far.
type Advance struct{}

// A Hold has a release go no further.
type Hold struct{ Cause string }

// A RollBack gives all nodes the files that all had before the release.
type RollBack struct{}

// An Outcome is what came of a decision.
type Outcome struct {
	// Seq is the number of the record that was written first, At when; zero of a preview.
	Seq uint64
	At  time.Time
	// Object is what the decision sets.
	Unit, Object string
	Old, New     json.RawMessage
	Impact       Impact
	// VoidBy is the line of a file, or the number of a decision, that leaves the decision
	// without effect; "" if nothing does.
	VoidBy string
	// Names is how many names an ExceptMany, or the Undo of one, is about.
	Names int
	// Waiting reports whether a second person has to confirm it: see Confirm.
	Waiting bool
	Secret  string // of IssueToken, AddAccount and ResetAccount: shown once, kept nowhere
	Text    string // of Adopt what to delete; of InviteNode what to call there, with the secret
	// Table is what became of the rows of a HandOver; nil of other decisions.
	Table *TableReport
}

// An Impact is who has something newly opened or blocked.
type Impact struct {
	Units int // that the decision reaches, with their groups; of structure, that it changes anything for
	// Now and Lessons count those of them for whom the name, or of structure anything, is
	// newly opened or blocked, at this minute and while lessons are held.
	Now, Lessons Change
	// Ahead counts them at any time of the coming year, First is when that begins, Opened and
	// Blocked are what it is, for the most units first, and Who are some of them. They are of
	// structure alone: of units, rules, hours, days and profiles.
	Ahead           Change
	First           time.Time
	Opened, Blocked []Reach
	Who             []string
}

// A Change is for how many units something is newly opened, and newly blocked.
type Change struct{ Opened, Blocked int }

// A Reach is for how many units a category or a service is newly opened or blocked, by its
// code; a name of a rule; policy.AllOthers.
type Reach struct {
	Code  string
	Units int
}
