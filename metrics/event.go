package metrics

import (
	"net/netip"
	"time"
)

// An Event is one finished query.
type Event struct {
	Transport Transport
	Action    Action
	Source    Source   // not looked at when Action is ActionDropped
	Rcode     uint8    // RFC 6895 section 2.3; 16 and above are counted as "other"; not looked at when dropped
	Decision  Decision // counted in Group
	Observed  Category // CategoryNone if its name is of nothing that the group's profile observes
	Category  Category // what the query was blocked for, or would have been; CategoryNone if it was simply allowed
	// Connectivity means that a device only looks whether there is a network.
	Connectivity bool

	// Duration is the time from reading the query to writing its answer.
	Duration time.Duration
	// Group is the group that asked; nil if the query belongs to none. What
	// follows is for its visits and samples, and not looked at otherwise.
	Group *GroupCounters
	// Client is the address that asked. Without one nothing is sampled.
	Client netip.Addr
	// Name was asked for, in wire form; it is read during the call only.
	Name []byte
	// NameHash is any hash of Name.
	NameHash uint64
	// Time is any clock in nanoseconds that does not go back.
	Time int64
}

// A Transport is the protocol that carried the query.
type Transport uint8

// The transports: RFC 1035 section 4.2, RFC 7858, RFC 8484, RFC 9250.
const (
	TransportUDP Transport = iota
	TransportTCP
	TransportDoT
	TransportDoH
	TransportDoQ
)

var transportNames = [...]string{"udp", "tcp", "dot", "doh", "doq"}

// String is the value of the label transport.
func (t Transport) String() string { return transportNames[t] }

// An Action is the outcome of the query.
type Action uint8

// The actions. The set is closed: dashboards and alert rules name them.
const (
	ActionPass        Action = iota // answered as the upstream or the cache had it
	ActionBlock                     // answered by a policy reply
	ActionRewrite                   // led to another name, such as safe search
	ActionLocal                     // answered from local data
	ActionRefused                   // not served to this client, or not a question that is served
	ActionDropped                   // never answered
	ActionError                     // answered with an error: no upstream did, or the message was broken
	ActionStale                     // answered from the cache after its TTL (RFC 8767)
	ActionRateLimited               // refused for asking too often
)

var actionNames = [...]string{
	"pass", "block", "rewrite", "local", "refused", "dropped", "error", "stale", "ratelimited",
}

// String is the value of the label action.
func (a Action) String() string { return actionNames[a] }

// A Source is where the answer came from.
type Source uint8

// The sources. What the server says of itself, such as a refusal, is policy.
const (
	SourcePolicy Source = iota
	SourceCache
	SourceStale
	SourceUpstream
)

var sourceNames = [...]string{"policy", "cache", "stale", "upstream"}

// String is the value of the label source.
func (s Source) String() string { return sourceNames[s] }

// A Decision is the verdict of policy, in the terms of a report.
type Decision uint8

// The decisions.
const (
	DecisionAllowed  Decision = iota // no rule spoke against it
	DecisionBlocked                  // in exactly one category
	DecisionExcepted                 // would have been blocked, but for an exception
)

var decisionNames = [...]string{"allowed", "blocked", "excepted"}

// String is the value of the label decision.
func (d Decision) String() string { return decisionNames[d] }

// A Category is the number that Counters.Category gave to a category's code.
type Category uint8

const (
	// CategoryNone is the category of what is simply allowed.
	CategoryNone Category = 0
	// CategoryOther is every category beyond the 254th.
	CategoryOther Category = 255
)

// A Result is the outcome of a check of the filter: a client at a school asked what
// happens there to names of a category.
type Result uint8

// The results.
const (
	CheckPassed  Result = iota // they are blocked, and lists have such names; or only the filter itself was looked for
	CheckFailed                // they are to be blocked, but no list has any
	CheckAllowed               // the policy allows them at that time
)

var resultNames = [...]string{"passed", "failed", "allowed"}

// String is the value of the label result.
func (r Result) String() string { return resultNames[r] }

// rcodeNames is by RCODE, RFC 6895 section 2.3; the last stands for the rest.
var rcodeNames = [...]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
	"YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI", "other"}

const (
	rcodeServFail = 2
	rcodeOther    = uint8(len(rcodeNames) - 1)
)
