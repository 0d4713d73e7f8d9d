// Package fleet has what hubs and nodes both know: names of streams and subjects, what a
// node may do, and the head by which a node sees that it has everything. The ledger is the
// truth; JetStream carries its records; no node has a consumer.
package fleet

import (
	"fmt"
	"regexp"
)

// Root is the area whose records are for all nodes.
const Root = "root"

// Buckets of JetStream.
const (
	HeadBucket   = "HEAD"   // of each area the head, written by hubs
	StatusBucket = "STATUS" // of each node what it does, written by itself, in memory
)

// MaxStatus bounds what a node says of itself. Of records ledger.MaxCarried does.
const MaxStatus = 4 << 10 // bytes of a status

// A Stream is that of an area: its schools are served by the same nodes. Streams are never
// purged; where one has to begin again it is of a new generation.
type Stream struct {
	Area       string `json:"area"`
	Generation int    `json:"generation"` // from 1
}

// names are those of areas and nodes: subjects, files and keys have them as they are.
var names = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)

// ValidName reports whether a text can be the name of an area or of a node.
func ValidName(text string) bool { return names.MatchString(text) }

// StreamNames begins the names of streams in JetStream.
const StreamNames = "LEDGER_"

// Name is the stream's in JetStream.
func (s Stream) Name() string {
	if s.Generation <= 1 {
		return StreamNames + s.Area
	}
	return fmt.Sprintf("%s%s_g%d", StreamNames, s.Area, s.Generation)
}

// Subject is that of its records: whoever subscribes to it hears the bell.
func (s Stream) Subject() string {
	if s.Generation <= 1 {
		return "ledger." + s.Area
	}
	return fmt.Sprintf("ledger.%s.g%d", s.Area, s.Generation)
}

// HeadSubject asks for the head of an area. What KeyValue of the client library asks first
// is not for nodes.
func HeadSubject(area string) string {
	return "$JS.API.DIRECT.GET.KV_" + HeadBucket + ".$KV." + HeadBucket + "." + area
}

// StatusSubject is where a node says what it does.
func StatusSubject(node string) string { return "$KV." + StatusBucket + "." + node }

// UpSubject is what a node asks of its hubs.
func UpSubject(node, what string) string { return "fleet.v1.up." + node + "." + what }

// Requests is what people ask at a node, told by UpSubject.
const Requests = "requests"

// HubObjects begins the names of objects of the ledger that are hubs which were revoked; the key
// comes after it, in hexadecimal.
const HubObjects = "hub/"

// ErrorHeader is the header of an answer that is none, and says why.
const ErrorHeader = "Fleet-Error"

// Inbox is where the answers to a node's questions come in.
func Inbox(node string) string { return "_INBOX_" + node }

// Permissions are what a connection may do: subjects, nothing else.
type Permissions struct{ Publish, Subscribe []string }

// PermissionsOf are those of a node of an area, whose streams are these.
func PermissionsOf(node string, streams ...Stream) Permissions {
	p := Permissions{
		Publish:   []string{StatusSubject(node), UpSubject(node, ">")},
		Subscribe: []string{Inbox(node) + ".>"},
	}
	for _, s := range streams {
		p.Publish = append(p.Publish, "$JS.API.DIRECT.GET."+s.Name(), HeadSubject(s.Area))
		p.Subscribe = append(p.Subscribe, s.Subject())
	}
	return p
}
