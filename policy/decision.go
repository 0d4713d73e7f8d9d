package policy

import (
	"lachan/blocklist"
	"lachan/policy/catalogue"
)

// Set is a set of tags; see Policy.Tags for what the bits mean. It is an alias
// so that rooms that reach lists only through policy need not import blocklist.
type Set = blocklist.Set

// An Action is what a Decision asks to be done with a question.
type Action uint8

const (
	Pass    Action = iota // answer as the DNS has it
	Block                 // answer with Decision.Reply
	Rewrite               // answer with the safe face in Decision.Rewrite
	Local                 // answered by the resolver with Decision.Reply; never forwarded, and not counted as a block
)

var actionNames = [...]string{"pass", "block", "rewrite", "local"}

// String is the action as logs, metrics and explanations have it.
func (a Action) String() string { return actionNames[a] }

// A Reply is the shape of an answer that policy gives.
type Reply uint8

const (
	ReplyNXDOMAIN Reply = iota // the name does not exist
	ReplyNull                  // 0.0.0.0 and ::
	ReplyNodata                // the name exists without records of this type
	ReplyRefused               // REFUSED
	ReplyPage                  // the addresses of the block page
	ReplyDrop                  // no answer
	ReplyTCPOnly               // over UDP a truncated answer, over TCP the true one
	ReplyData                  // Decision.Response.Data, or the target of Decision.Rewrite
	ReplyOwn                   // what the resolver says of itself (RFC 9462, RFC 9606)
	ReplyYXDOMAIN              // YXDOMAIN: the name that Response.Data leads to is too long
)

var replyNames = [...]string{"nxdomain", "null", "nodata", "refused", "page", "drop", "tcp-only", "data", "own", "yxdomain"}

// String is the reply as policy.yaml writes it.
func (r Reply) String() string { return replyNames[r] }

// A Layer is the rule of precedence that decided. The layers are tried in this
// order and the first one that applies decides, so no layer before that of a
// Decision applied.
type Layer uint8

const (
	LayerLocal        Layer = iota // names that the resolver answers itself (RFC 9462)
	LayerLock                      // feeds that a unit locked for all below it
	LayerCore                      // names that are never blocked
	LayerCategoryLock              // categories and services that a unit locked for all below it
	LayerOwn                       // the units' own entries and lists, the nearest unit first
	LayerCanary                    // names by which software learns whether it may bypass the resolver
	LayerProfile                   // the profile, timetable and calendar of this minute
	LayerDefault                   // the profile's default
	LayerSafeSearch                // not a verdict: a search engine's name that passes is sent to its safe search
)

var layerNames = [...]string{"local", "lock", "core", "lock", "own", "canary", "profile", "default", "safe-search"}

// String is the layer as explanations have it; both kinds of locks are a "lock".
func (l Layer) String() string { return layerNames[l] }

// NoCategory is the Category of a Decision that neither blocks nor excepts.
const NoCategory = 255

// A Decision is what a client may do with a name. Rewrite points at data that is
// built in, or made for this decision.
type Decision struct {
	Set     Set               // what the name is
	Rewrite *catalogue.Target // with Action Rewrite, or Reply ReplyData where the data is an alias
	// Response is what a response policy zone asks for. It is nil unless that is the
	// reason for the Block.
	Response *blocklist.Response
	Unit     uint32 // index (as GroupID) of the unit whose lock or entry decided; otherwise the group's own
	Entry    int32  // index of the own entry that decided, -1 if none did
	EDE      uint16 // info code of RFC 8914 for a block, else 0
	Action   Action
	Reply    Reply // with Block and Local
	Layer    Layer
	// Category is the tag that a block is counted in: always a category or pseudo
	// category, so that counts add up. An excepted pass has the tag that the block
	// would have been counted in, any other pass NoCategory.
	Category uint8
	// passedZones is rank+1 of the zone that let the name through: neither it nor
	// those below judge what the answer points at.
	passedZones uint8

	Excepted bool // a unit's own allow prevented a block
	Explicit bool // the name was explicitly allowed: only locks apply to what its answer points at
}

// MayLeadInside reports whether an answer may have private addresses by what a unit or
// the built-in lists say: the name is never blocked, or a unit allows it by name.
func (d *Decision) MayLeadInside() bool {
	return d.Explicit && (d.Layer == LayerCore || d.Layer == LayerOwn && d.Entry >= 0)
}
