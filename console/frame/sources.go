package frame

import (
	"context"
	"net/netip"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/statistics"
	"lachan/internal/wording"
	"lachan/policy"
)

// Sources are what the console asks and shows. All of it may be called by any number of
// goroutines.
type Sources struct {
	Desk *admin.Desk
	// Tree is the units that rights are over.
	Tree func() account.Tree
	// Zone is where times are told.
	Zone func() *time.Location
	People
	Findings
	Plans
	Papers
	Device Device
}

// People is who comes, and how they prove it.
type People struct {
	Door Door
	// FirstStart reports whether there is no account yet.
	FirstStart func() bool
	// Found gives the first account its role, before it is let in.
	Found func(ctx context.Context, first account.Account) error
	// FoundSchool makes the first school for the first account, and gives it the role of its
	// IT teacher: the roles over everything hold only once there is a second factor. First is
	// false if there is a school, or another account.
	FoundSchool func(
		ctx context.Context, by account.Actor, school admin.SetUnit,
	) (out admin.Outcome, first bool, err error)
	// Place is whose pages an account is shown: the unit of its first role.
	Place func(a account.Actor) Place
	// Accounts are those that somebody may see, by id.
	Accounts func(by account.Actor, f admin.Filter, page admin.Page) []Person
}

// A Person is an account as others see it.
type Person struct {
	ID, Unit string
	Known
	Grants []account.Grant
	Tokens []Token
	Seq    uint64 // of the record that set it
}

// Known is what is known of an account.
type Known struct {
	Name     string `json:"name"`
	Language string `json:"language"` // both, vi, en
	Notify   string `json:"notify"`
	Mail     string `json:"mail"`
	Webhook  string `json:"webhook"`
}

// A Token is what a program shows, without what proves it.
type Token struct {
	ID, Name, Unit string
	Scopes         []account.Right
	Until          time.Time
	Used           string // the day of the last use; "" is never
}

// A Door lets people in: *account.Door.
type Door interface {
	BySession(ctx context.Context, token string) (account.Entrance, error)
	First(
		ctx context.Context, v account.Visit, code, name, password string, now time.Time,
	) (account.Pass, error)
	Login(ctx context.Context, v account.Visit, name, password string, now time.Time) (account.Pass, error)
	Second(ctx context.Context, v account.Visit, token, code string, now time.Time) (account.Pass, error)
	Redeem(
		ctx context.Context, v account.Visit, name, code, password string, now time.Time,
	) (account.Pass, error)
	ByProvider() *account.ByProvider
	ByPasskey() *account.ByPasskey
	Logout(token string) error
	Own(ctx context.Context, token string) (*account.Own, error)
}

// A Place is whose pages somebody is shown, and in which language.
type Place struct {
	Unit     string // "" is everything
	Name     string
	Rank     string // all, province, commune, school
	Language wording.Language
}

// A Visitor is somebody who is known.
type Visitor struct {
	Place
	Actor      account.Actor
	Session    string         // its id; "" if there is none
	MustEnroll []account.Role // roles that hold only with a second factor, which there is not
}

// A Fleet is the servers that one hub decides for.
type Fleet struct {
	Hub   string // that this server follows; "" if it follows none
	Nodes []Node // of which this server is the hub
	// Release is the newest files of the policy, Ring the last that has them, Held why they
	// go no further.
	Release    uint64
	Ring, Held string
	Orders     []FleetOrder
}

// A FleetOrder is a list of an authority on its way to the servers.
type FleetOrder struct {
	Name, Ring, Held           string
	Linked, Confirmed, Refused int
}

// A Node is a server that follows this one.
type Node struct {
	Name, Area string
	Joined     bool      // else it was invited
	Seen       time.Time // zero: it has said nothing for ten minutes
	Behind     bool      // something was decided since that is not in force there
	Refused    string    // why it is not
	Conditions int       // how many things are wrong there
	// Taken is how many exceptions that were decided there have come here, Left how many hold
	// there alone, and Why the last of those does.
	Taken, Left int
	Why         string
}

// Findings are what is in force, and what was counted.
type Findings struct {
	// Explain explains a name for a unit at a time, as people write them; "" is the only
	// school, and now.
	Explain func(by account.Actor, name, unit, at string) (policy.Explanation, error)
	// Holds is what a unit is kept from.
	Holds func(unit string) (Holds, error)
	// States are what the server says of itself, what is wrong first.
	States func() []State
	// Server is this server: what it is, and since when something is wrong with it.
	Server func() Server
	// Fleet is the fleet that this server is of.
	Fleet func(ctx context.Context) (Fleet, error)
	// Days are what a unit's clients asked, "" of all, by day, the oldest first.
	Days func(ctx context.Context, unit string, from, to time.Time) ([]Day, error)
	// Figures are what was counted in a unit in some days up to yesterday, 0 for today; nil
	// while they are being added up.
	Figures func(ctx context.Context, unit string, days int) (*statistics.Figures, error)
	// Feeds are the lists.
	Feeds func(by account.Actor) []Feed
	// PublicFeeds are those of the catalogue that are not in use yet.
	PublicFeeds func() []PublicFeed
	// Try has a list tried that is not in use: one of the catalogue by its name, or of an
	// address with its category. Trials are those that somebody has asked for, the newest first.
	Try    func(by account.Actor, name, address, category string) error
	Trials func(by account.Actor) []Trial
	// Orders are the documents of authorities.
	Orders func(by account.Actor) []Order
	// Quiet are the schools that somebody may see which asked far less than usual on the
	// newest day that was judged.
	Quiet func(by account.Actor) []QuietSchool
	// TestNow has this server test itself at once, or says why it cannot.
	TestNow func() error
	// Networks are those that this machine is in, Addresses its own there.
	Networks, Addresses func() []string
	// Levels are the levels of schools.
	Levels func() []Level
	// Asked reports whether a question of a unit's clients was counted.
	Asked func(unit string) bool
	// Category is what people call a category by its code.
	Category func(code string) wording.Text
	// Who is the name of an account by its id.
	Who func(id string) string
	// Verify checks the ledger, and says what came of it.
	Verify func(ctx context.Context) (sound bool, text wording.Text)
	// Head is the number and the hash of the last record.
	Head func() (seq uint64, hash string)
	// Tapped are the times in which a collector is told of questions and answers, or was, the
	// first one first, each with its reason. It may be nil: there are none.
	Tapped func() []admin.Period
}

// Holds is what holds for a unit.
type Holds struct {
	Now, Lessons policy.Blocked
	Locked       []string // codes of what a unit at or above it has locked
	InLessons    bool
	Code         string
	Networks     []string
	Groups       []Named
	Above        []Named // from the top down
}

// A Device is what the browser's own device asks, for the session that had it watched.
type Device struct {
	// Why says why it cannot be watched, "" if it can be; unit is whose it is.
	Why func(by account.Actor, from Origin) (unit string, why wording.Text)
	// Begin watches it for minutes; what it asks is shown by Seen to that session alone.
	Begin func(ctx context.Context, by account.Actor, session string, from Origin) (admin.Outcome, error)
	// Seen is what it asked so far; on is false if nothing is watched for the session.
	Seen func(ctx context.Context, session string) (seen DeviceSeen, on bool)
	// End forgets all of it.
	End func(ctx context.Context, session string)
}

// An Origin is where a request came from.
type Origin struct {
	Address netip.Addr
	Proxied bool // by the word of a proxy that passed it on
}

// DeviceSeen is what a device asked.
type DeviceSeen struct {
	Address netip.Addr
	Until   time.Time
	Names   []AskedName // the newest first
	More    int         // questions for names that there was no room for
	Shared  bool        // others ask from the address too: nothing is remembered
}

// An AskedName is a name that was asked.
type AskedName struct {
	Name    string
	Blocked bool
	Times   int
	Last    time.Time
}

// Named is a unit with its name.
type Named struct{ ID, Name string }

// A State is one thing that the server says of itself.
type State struct {
	Wrong bool
	Text  wording.Text
}

// A Server is one that answers queries.
type Server struct {
	Name, Version, Revision string
	Began                   time.Time // when it was started
	Policy                  time.Time // the minute that its rules are of
	Units, Names            int       // in force
	Wrong                   []Trouble
	Test                    SelfTest
}

// A QuietSchool is one whose devices may no longer come by the filter.
type QuietSchool struct {
	ID, Name     string
	Day          time.Time
	Asked, Usual int64 // questions
	Run          int   // days of school in a row
	Checks       bool  // devices only look whether there is a network
	Few          bool  // far fewer devices than usual have asked
	Sure         wording.Text
}

// A SelfTest is what the newest test of a server by itself came to.
type SelfTest struct {
	Running  bool         // one goes on
	Text     wording.Text // no VI: there was none yet
	Failed   bool
	Failures []TestFailure
}

// A TestFailure is a question that was not answered as it has to be.
type TestFailure struct {
	Door, Unit string
	What       wording.Text
	Times      int
}

// A Trouble is something that is wrong, since when.
type Trouble struct {
	Code  string
	Since time.Time
	Text  wording.Text
}

// A Day is what was asked on it. Known is false if nothing was counted.
type Day struct {
	Day            time.Time
	Asked, Blocked int64
	Known          bool
}

// A Feed is a list, and how it stands.
type Feed struct {
	Name, Category string
	Label          wording.Text
	Entries        int
	InForce        time.Time // zero: it is not
	Succeeded      time.Time
	Held           wording.Text // what is held back; "" if nothing is
	MayDecide      bool
	Error          string
	Chosen         uint64 // the decision that chose it; 0 of one of lachan.yaml
}

// A PublicFeed is a list that its keeper offers to everybody.
type PublicFeed struct {
	Name, Licence, KeptBy string
	Label, Category       wording.Text
	Entries               int    // 0 if not known
	YAML                  string // the line for feeds: in lachan.yaml
}

// A Trial is a list that is not in use and is looked at.
type Trial struct {
	Name, Host, Category string
	Address, Format      string
	Label                wording.Text // of the category
	Asked                time.Time
	Ended                time.Time    // zero: it is waited for
	Why                  wording.Text // it cannot be used; "" if it can, or is waited for
	YAML                 string       // the line for feeds: in lachan.yaml
	Found                Found
}

// Found is what a trial found.
type Found struct {
	Format            string
	Bytes             int64
	Entries, Rejected int
	// Fresh are the names asked lately that it newly blocks, Asked the questions for them, Of
	// those for all, Shared the names that are blocked already.
	Fresh, Asked, Of, Shared int
	// Core are entries for names that are never blocked, Exceptions names that units have opened.
	Core, FreshNames, Exceptions []string
	CoreHits                     int
}

// An Order is a document of an authority, and where it stands.
type Order struct {
	Authority, Document, Feed string
	Received, Due, InForce    time.Time
	Urgent                    bool
	Names                     int
}

// A Level is a level of schools.
type Level struct {
	ID   string
	Name wording.Text
}
