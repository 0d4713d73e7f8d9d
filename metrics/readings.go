package metrics

import "time"

// Readings are the state of other packages at a scrape.
type Readings struct {
	ResolverReadings
	Feeds   []FeedReading // one for each name
	History HistoryReading
	Fleet   FleetReading
	RADIUS  RADIUSReading
	Tested  SelfTestReading
	Quiet   QuietReading
	Watches uint64 // uses of the check of one's own device; they only grow
}

// A FleetReading is how a hub's nodes stand, and how a node stands to its hub.
type FleetReading struct {
	Nodes  map[string]int // of a hub: joined, linked, behind, refusing; nil elsewhere
	Joined bool           // this is a node
	Even   time.Time      // it had everything that its hub has; zero: not since it was started
}

// A QuietReading is which schools have asked far less than they usually do, on the newest day
// that was judged.
type QuietReading struct {
	Schools map[string]int // by how sure it is that devices no longer come by the filter
	Judged  int            // schools that could be compared with days of their own
}

// A SelfTestReading is what the node's tests of itself came to.
type SelfTestReading struct {
	Ended     time.Time      // the newest test; zero: none yet
	Due       time.Time      // since when one has to have ended; zero: none has to
	Questions uint64         // of all tests since the start; it only grows
	Failed    map[string]int // questions of the newest test, by what was wrong
	Empty     int            // categories that some unit blocks and no list has a name of
}

// A RADIUSReading is what access servers have said of sessions. All but Sessions only grow.
type RADIUSReading struct {
	Sessions int               // that go on
	Requests uint64            // that were taken, again and again for those sent again
	Nameless uint64            // that named a line which is no unit's
	Late     uint64            // that came after the end of their session
	Full     uint64            // for whose session there was no room
	Dropped  map[string]uint64 // without an answer, by why: client, secret, invalid, busy; nil: none are received
}

// ResolverReadings are the readings of the process that answers. They come with its
// ticks.
type ResolverReadings struct {
	Cache               CacheReading
	Pending             PendingReading
	Memory              []MemoryReading   // one for each part
	Upstreams           []UpstreamReading // one for each name
	BloomFalsePositives uint64            // Bloom hits that the exact set did not confirm
	RulesSerial         uint64            // of the Rules in force
	Filtered            map[string]uint64 // answers that an upstream said it filtered, by what it said; they only grow
	Tap                 TapReading
	Tunnels             TunnelReading
	UpstreamAnswered    bool // at least once, by whichever is asked for all names
}

// A TapReading is what a collector of dnstap is told. Sent and Dropped, messages, only grow.
type TapReading struct {
	On        bool // two people have decided so
	Connected bool // the collector is there
	Sent      uint64
	Dropped   uint64 // there was no room, or no collector
}

// A TunnelReading is about groups that send other traffic in questions below a domain.
type TunnelReading struct {
	Stopped uint64 // how often one was stopped; it only grows
	Present int    // groups and domains that are stopped now
}

// A HistoryReading is the state of the statistics on disk. Refused only grows.
type HistoryReading struct {
	Ticked  time.Time // the newest tick on the disk; zero: none yet
	Ships   bool      // history is sent to an engine elsewhere
	Shipped time.Time // until when it has been sent; zero: nothing yet
	Refused uint64    // samples that were too old for that engine
}

// A MemoryReading is what a part of the server may have of the memory, and has, in
// bytes.
type MemoryReading struct {
	Part         string // cache, streams, questions; or a process with all its parts: resolve, manage
	Budget, Used int64
}

// A CacheReading is the state of the answer cache. All but Entries only grow.
type CacheReading struct {
	Entries                 int
	Hits, Misses, Evictions uint64
}

// A PendingReading is what waits for upstreams.
type PendingReading struct {
	Queries   int    // that wait
	Exchanges int    // under way
	Abandoned uint64 // exchanges that ended because no query waited any more; it only grows
}

// An UpstreamReading is the state of one upstream server. Exchanges and
// Failures only grow.
type UpstreamReading struct {
	Name      string            // as the configuration writes it, less what may be a key
	Exchanges uint64            // begun, whatever their outcome
	Failures  map[string]uint64 // by kind: timeout, network, servfail, refused ...
	RTT       time.Duration     // smoothed round trip; 0 before the first answer
	Up        bool
	Reason    string // why it is not up, in words that are constant
	Case      string // "kept" or "lost": what it makes of the case of letters; "" if that is not known
}

// A FeedReading is the state of one feed.
type FeedReading struct {
	Name          string
	Entries       int       // rules in force
	RejectedLines int       // of the copy in force
	Refused       int       // expressions that are left out, as all feeds together have too many
	LastSuccess   time.Time // when the copy in force was last known to be the newest; zero: never
	InForce       time.Time // when the copy in force began to decide; zero: none does

	Orders OrderReading
}

// An OrderReading is how an authority's orders in one feed were carried out:
// how many, and how long it took from received to in force.
type OrderReading struct {
	Total, Late         uint64 // these only grow; Late: beyond the time that the law gives
	Within6h, Within24h uint64 // likewise
	Last, Median, Worst time.Duration
}
