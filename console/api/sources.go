package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
)

// Sources is what the API answers from. cmd fills it.
type Sources struct {
	Desk Desk
	Door Door
	// First makes the first account by the code that the terminal shows.
	First func(
		ctx context.Context, v account.Visit, code, name, password string, now time.Time,
	) (account.Pass, error)
	// People shows accounts.
	People People
	// Tree is how the units in force stand to each other.
	Tree   func() account.Tree
	Server Server
	// Go starts what goes on after its request was answered, until the server ends.
	Go func(func(ctx context.Context))
}

// A Desk decides, and shows what was decided: *admin.Desk.
type Desk interface {
	Decide(ctx context.Context, by account.Actor, what admin.Decision, how admin.How) (admin.Outcome, error)
	Exceptions(ctx context.Context, by account.Actor, f admin.Filter, page admin.Page) ([]admin.Exception, error)
	Requests(ctx context.Context, by account.Actor, f admin.Filter, page admin.Page) ([]admin.Request, error)
	Units(ctx context.Context, by account.Actor, f admin.Filter, page admin.Page) ([]admin.Unit, error)
	Unit(ctx context.Context, by account.Actor, id string) (admin.Unit, error)
	// Known refuses a unit that is not there, with those that may be meant.
	Known(ctx context.Context, by account.Actor, unit string) error
	Proposals(ctx context.Context, by account.Actor) ([]admin.Proposal, error)
	Ledger(ctx context.Context, by account.Actor, f admin.Filter, after uint64, limit int) ([]admin.Line, uint64, error)
}

// A Server tells what is in force, and what the machine does.
type Server interface {
	// Explain is every step of a decision, as `lachan explain --json` prints it.
	Explain(ctx context.Context, q Question) (any, error)
	// Feeds are the lists, with what is held back of them.
	Feeds(ctx context.Context) ([]Feed, error)
	// Held is what the version of a feed that is held back would newly block.
	Held(ctx context.Context, feed string) (any, error)
	// Orders are those of authorities, as /api/orders has them: of those whose unit is seen.
	Orders(ctx context.Context, sees func(authority string) bool) (any, error)
	// Report makes a document. What is wrong with the question is a *Problem.
	Report(ctx context.Context, q ReportQuestion) (File, error)
	// Holding is what holds for a unit now and in lessons.
	Holding(unit string) (h Holding, known bool)
	// Days are the days from one on, and whether lessons are held.
	Days(unit string, from time.Time, days int) ([]Day, error)
	// At is the unit that an address belongs to; known is false if it is no unit's.
	At(client netip.Addr) (unit string, known bool)
	// Objects are the profiles or timetables there are, or the calendar, wherever they are
	// written; those of a kind if there is no name.
	Objects(kind, name string) ([]Object, error)
	// Node is this machine.
	Node(ctx context.Context) Node
	// SelfTest is how the tests of this machine by itself stand, and StartSelfTest has one made
	// at once. That none can be made is a *Problem.
	SelfTest() any
	StartSelfTest() error
	// Tapped are the times in which a collector is told of questions and answers, or was, the
	// first one first, each with its reason.
	Tapped() []admin.Period
	// Fleet are the nodes of which this machine is the hub.
	Fleet(ctx context.Context) ([]FleetNode, error)
	// Release is how far the newest release of the policy has come among them.
	Release(ctx context.Context) (FleetRelease, error)
	// FleetOrders are the lists of authorities on their way to them.
	FleetOrders(ctx context.Context) ([]FleetOrder, error)
	// Head is the end of the ledger.
	Head() Head
	// Export writes the lines of the ledger as they lie on disk, or with all a tar that has
	// what verifying takes.
	Export(w io.Writer, all bool) error
	// Verify reads the ledger since then and says what is wrong with it.
	Verify(ctx context.Context, since ledger.Since) (Verified, error)
	// Policy is the policy in force as one file that can be read alone.
	Policy(ctx context.Context) ([]byte, error)
}

// A Question is whom a name is explained for, and when.
type Question struct {
	Name, Unit, Type, At string
}

// A ReportQuestion is which report is wanted.
type ReportQuestion struct {
	Unit     string `json:"unit"`
	Period   string `json:"period"`
	Document string `json:"document,omitempty"`
	Format   string `json:"format"`
}

// A Holding is what holds for a unit.
type Holding struct {
	Unit    string  `json:"unit"`
	Lessons bool    `json:"lessons_now"` // the same holds now as in lessons
	Now     Blocked `json:"now"`
	In      Blocked `json:"in_lessons"`
}

// A Blocked is what clients are kept from.
type Blocked struct {
	Profile    string   `json:"profile"`
	Codes      []string `json:"codes"` // of categories and services
	Default    bool     `json:"default_deny"`
	Only       bool     `json:"only"` // nothing resolves but what the profile lists
	SafeSearch bool     `json:"safe_search"`
}

// A Day is a day of the calendar.
type Day struct {
	Day     string `json:"day"`
	Lessons bool   `json:"lessons"`
}

// An Object is a profile, a timetable or the calendar, and where it is written. Those of
// files are changed there.
type Object struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
	Home  string          `json:"home"`          // "console", or file:line
	Seq   uint64          `json:"seq,omitempty"` // of the record, if it was decided on
}

// A Head is the last record of the ledger.
type Head struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
	Sig  string `json:"sig"`
}

// A Feed is a list, and how it stands.
type Feed struct {
	Name        string     `json:"name"`
	Category    string     `json:"category"`
	Action      string     `json:"action"`
	LockedBy    string     `json:"locked_by,omitempty"`
	Authority   string     `json:"authority,omitempty"`
	Unit        string     `json:"unit"`             // that decides on its versions; "" is everything
	Chosen      uint64     `json:"chosen,omitempty"` // the decision that chose it
	Entries     int        `json:"entries"`
	Rejected    int        `json:"rejected_lines"`
	InForce     *time.Time `json:"in_force,omitempty"`
	LastSuccess *time.Time `json:"last_success,omitempty"`
	Error       string     `json:"error,omitempty"`
	// Held is the version that waits to be approved.
	Held *Held `json:"held,omitempty"`
}

// A Held is a version of a feed that is held back.
type Held struct {
	Version string `json:"version"`
	Entries int    `json:"entries"`
	VI      string `json:"vi"` // why
	EN      string `json:"en"`
}

// A Node is a machine that answers.
type Node struct {
	Name       string      `json:"name"`
	Version    string      `json:"version"`
	Started    time.Time   `json:"started"`
	Ready      bool        `json:"ready"`
	Missing    []string    `json:"missing"` // before it is ready
	Conditions []Condition `json:"conditions"`
	Seq        uint64      `json:"seq"` // of the last record of the ledger
}

// A Condition is a lasting fault.
type Condition struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
	Text  string    `json:"text"`
}

type actorKey struct{}

// WithActor is the context of requests whose sender is known by the way they came in.
func WithActor(ctx context.Context, a account.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf is who sends the requests of a context, if that is known by the way they came in.
func ActorOf(ctx context.Context) (a account.Actor, known bool) {
	a, known = ctx.Value(actorKey{}).(account.Actor)
	return a, known
}

// identify is who sends a request: known by the way it came in, or by what it shows.
func (a *API) identify(r *http.Request) (actor account.Actor, known bool) {
	if actor, known = ActorOf(r.Context()); known {
		return actor, true
	}
	return Identify(a.Door, r, a.now())
}
