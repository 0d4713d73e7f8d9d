package api

import (
	"context"
	"net/http"
	"time"

	"lachan/admin"
	"lachan/admin/account"
)

// Sources is what the API answers from. cmd fills it.
type Sources struct {
	Desk Desk
	Door Door
	// People shows accounts.
	People People
	// Tree is how the units in force stand to each other.
	Tree   func() account.Tree
	Server Server
}

// A Desk decides, and shows what was decided: *admin.Desk.
type Desk interface {
	Decide(ctx context.Context, by account.Actor, what admin.Decision, how admin.How) (admin.Outcome, error)
	Exceptions(ctx context.Context, by account.Actor, f admin.Filter, page admin.Page) ([]admin.Exception, error)
	Requests(ctx context.Context, by account.Actor, f admin.Filter, page admin.Page) ([]admin.Request, error)
	Units(ctx context.Context, by account.Actor, f admin.Filter, page admin.Page) ([]admin.Unit, error)
	Unit(ctx context.Context, by account.Actor, id string) (admin.Unit, error)
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
	// Orders are those of authorities, as /api/orders has them.
	Orders(ctx context.Context) (any, error)
	// Report makes a document.
	Report(ctx context.Context, q ReportQuestion) (File, error)
	// Node is this machine.
	Node(ctx context.Context) Node
	// Verify reads the whole ledger and says what is wrong with it.
	Verify(ctx context.Context) (Verified, error)
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

// A Feed is a list, and how it stands.
type Feed struct {
	Name        string     `json:"name"`
	Category    string     `json:"category"`
	Action      string     `json:"action"`
	LockedBy    string     `json:"locked_by,omitempty"`
	Authority   string     `json:"authority,omitempty"`
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

// A Verified is what is wrong with the ledger.
type Verified struct {
	OK      bool   `json:"ok"`
	Records uint64 `json:"records"`
	Head    string `json:"head"`
	// Bad is the first record that is not what it was, 0 if there is none.
	Bad  uint64 `json:"bad,omitempty"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	VI   string `json:"vi,omitempty"`
	EN   string `json:"en,omitempty"`
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
