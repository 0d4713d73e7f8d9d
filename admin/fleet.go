package admin

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"lachan/admin/account"
	"lachan/admin/account/secret"
	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/internal/printable"
)

// Machines that are nodes of this one's fleet, and what they have to have.

// A Fleet is what a hub knows that gives out codes.
type Fleet struct {
	// Root is the fingerprint of the fleet's root key; "" if this is no hub.
	Root func() string
	// Address is how nodes reach this hub.
	Address func() string
	// Areas are those that nodes can be of, besides that of all.
	Areas func() []string
	// Hub is where the policy of this machine is decided; "" if here.
	Hub func() string
}

// A NodeValue is what a record says of a node: one with Nkey has joined, one with Code may.
type NodeValue struct {
	Area   string `json:"area,omitempty"` // "" is that of all
	Ring   string `json:"ring,omitempty"` // canary or early, if that was chosen
	Code   string `json:"code,omitempty"` // secret.HashCode of the invitation's secret
	Until  string `json:"until,omitempty"`
	Nkey   string `json:"nkey,omitempty"`
	Joined string `json:"joined,omitempty"` // RFC 3339
}

// inviteTime is how long a code is good.
const inviteTime = 24 * time.Hour

func (o InviteNode) plan(d *Desk, q *asking) (plan, error) {
	if err := q.may(account.Structure, ""); err != nil {
		return plan{}, err
	}
	root := d.parts.Fleet.root()
	switch {
	case root == "":
		return plan{}, invalid("name", textNoHub)
	case !fleet.ValidName(o.Name):
		return plan{}, invalid("name", textNodeName.With(shown(o.Name)))
	case o.Area != "" && !slices.Contains(d.parts.Fleet.Areas(), o.Area):
		return plan{}, invalid("area", textNoArea.With(shown(o.Area)))
	}
	if o.Ring != "" && o.Ring != fleet.Canary && o.Ring != fleet.Early {
		return plan{}, invalid("ring", textNoRing.With(shown(o.Ring)))
	}
	value := NodeValue{Area: o.Area, Ring: o.Ring, Until: q.now.Add(inviteTime).Format(time.RFC3339)}
	if before, ok := nodeOf(q, o.Name); ok && before.Area == o.Area {
		value.Nkey, value.Joined = before.Nkey, before.Joined // it answers until the other has come
	}
	code := secret.NewCode()
	value.Code = secret.HashCode(code)
	p := planOf(none, q.draft(account.Structure, "invite", "", "node/"+o.Name, value))
	if !q.how.Preview {
		p.outcome.Text = "lachan join " + d.parts.Fleet.Address()
		p.outcome.Secret = fleet.Invitation{Secret: code, Root: root}.String()
	}
	return p, nil
}

func (o JoinNode) plan(_ *Desk, q *asking) (plan, error) {
	if !q.by.Machine {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textMachineOnly}
	}
	value, ok := nodeOf(q, o.Name)
	until, err := time.Parse(time.RFC3339, value.Until)
	same := subtle.ConstantTimeCompare([]byte(secret.HashCode(o.Code)), []byte(value.Code)) == 1
	if !ok || value.Code == "" || !same || err != nil || !q.now.Before(until) {
		return plan{}, &Refusal{Kind: NotFound, Field: "code", Text: textNoCode}
	}
	value = NodeValue{Area: value.Area, Ring: value.Ring, Nkey: o.Nkey, Joined: q.now.Format(time.RFC3339)}
	return planOf(none, q.draft(account.Structure, "join", "", "node/"+o.Name, value)), nil
}

func (o RemoveNode) plan(_ *Desk, q *asking) (plan, error) {
	if err := q.may(account.Structure, ""); err != nil {
		return plan{}, err
	}
	if _, ok := nodeOf(q, o.Name); !ok {
		return plan{}, &Refusal{Kind: NotFound, Field: "name", Text: textNoNode.With(shown(o.Name))}
	}
	return planOf(none, q.draft(account.Structure, "remove-node", "", "node/"+o.Name, nil)), nil
}

// nodeOf is what is known of a node; ok is false if there is none of that name.
func nodeOf(q *asking, name string) (value NodeValue, ok bool) {
	v, ok := q.state.Get("", "node/"+name)
	return value, ok && v.New != nil && json.Unmarshal(v.New, &value) == nil
}

// root is the fingerprint of the root key; "" if this is no hub.
func (f *Fleet) root() string {
	if f.Root == nil {
		return ""
	}
	return f.Root()
}

// hub is where the policy is decided, if not here.
func (f *Fleet) hub() string {
	if f.Hub == nil {
		return ""
	}
	return f.Hub()
}

// Releases of the policy's files, by rings.

// releases are what the rings have.
type releases struct{ state *ledger.State }

// of is what a ring has.
func (r releases) of(ring string) (is fleet.Release, ok bool) {
	v, ok := r.state.Get("", fleet.ReleaseObject(ring))
	return is, ok && v.New != nil && json.Unmarshal(v.New, &is) == nil
}

// newest is the number of the newest release, and the one that a ring has.
func (r releases) newest() (is fleet.Release, ring string) {
	for _, name := range fleet.Rings() {
		if one, ok := r.of(name); ok && one.N >= is.N && (one.N > is.N || ring != "") {
			is, ring = one, name // the last ring that has it
		}
	}
	return is, ring
}

// A Rollout is how far the newest release has come.
type Rollout struct {
	Release fleet.Release
	Ring    string    // the last that has it; "" if there is none
	Since   time.Time // the ring has it
	Held    string    // why it goes no further; "" if it does
	Nodes   []string  // of the ring; none of all
}

// RolloutOf is how far the newest release has come by a state.
func RolloutOf(state *ledger.State) (r Rollout) {
	all := releases{state}
	r.Release, r.Ring = all.newest()
	if r.Ring == "" {
		return r
	}
	v, _ := state.Get("", fleet.ReleaseObject(r.Ring))
	r.Since, r.Nodes = v.At, r.Release.Nodes
	if held, ok := heldOf(state); ok && held.N == r.Release.N {
		r.Held = held.Cause
	}
	return r
}

// A heldValue is what a record says of a release that goes no further.
type heldValue struct {
	N      uint64 `json:"n"`
	SHA256 string `json:"sha256"`
	Cause  string `json:"cause"`
}

func heldOf(state *ledger.State) (value heldValue, ok bool) {
	v, ok := state.Get("", fleet.HeldObject)
	return value, ok && v.New != nil && json.Unmarshal(v.New, &value) == nil
}

// Published reports whether files are those of the newest release, or of one that was
// held: they are not released again.
func Published(state *ledger.State, sha256 string) bool {
	newest, ring := releases{state}.newest()
	held, is := heldOf(state)
	return ring != "" && newest.SHA256 == sha256 || is && held.SHA256 == sha256
}

// Former reports whether files are of a release that was given out before the newest one: a hub
// of several that has them is behind, and does not give them out again.
func Former(state *ledger.State, sha256 string) bool {
	newest, _ := releases{state}.newest()
	for _, name := range append(fleet.Rings(), formerly) {
		if r, ok := (releases{state}).of(name); ok && r.SHA256 == sha256 && newest.SHA256 != sha256 {
			return true
		}
	}
	return false
}

// ringOf are the nodes of a ring that have joined.
func ringOf(q *asking, ring string) []string {
	chosen := map[string]string{}
	for v := range q.state.Kind("node/") {
		var node NodeValue
		if v.New != nil && json.Unmarshal(v.New, &node) == nil && node.Nkey != "" {
			chosen[strings.TrimPrefix(v.Object, "node/")] = node.Ring
		}
	}
	if ring == fleet.All {
		return nil
	}
	return fleet.Ring(ring, chosen)
}

// give is the plan by which a ring has a release. What all had before is kept, to go back
// to.
func give(q *asking, what, ring string, r fleet.Release) plan {
	r.Nodes = ringOf(q, ring)
	p := planOf(none, q.draft(account.Release, what, "", fleet.ReleaseObject(ring), r))
	if former, ok := (releases{q.state}).of(fleet.All); ok && ring == fleet.All {
		p = p.then(q.draft(account.Release, what, "", fleet.ReleaseObject(formerly), former))
	}
	return p
}

// formerly names what all had before.
const formerly = "before"

func (o Publish) plan(_ *Desk, q *asking) (plan, error) {
	if !q.by.Machine {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textMachineOnly}
	}
	newest, ring := releases{q.state}.newest()
	next := fleet.Release{N: newest.N + 1, SHA256: o.SHA256, Size: o.Size, Trial: int64(o.Trial / time.Second)}
	if ring == "" { // the first release: there is none to go back to
		return give(q, "release", fleet.All, next), nil
	}
	return give(q, "release", fleet.Canary, next), nil
}

func (o Carry) plan(_ *Desk, q *asking) (plan, error) {
	if !q.by.Machine {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textMachineOnly}
	}
	if o.List == nil {
		return planOf(none, q.draft(account.Lists, "carry", "", fleet.ListObjects+o.Name, nil)), nil
	}
	return planOf(none, q.draft(account.Lists, "carry", "", fleet.ListObjects+o.Name, o.List)), nil
}

// Carried are the lists that nodes have, by name.
func Carried(state *ledger.State) map[string]fleet.List {
	lists := map[string]fleet.List{}
	for v := range state.Kind(fleet.ListObjects) {
		var l fleet.List
		if v.New != nil && json.Unmarshal(v.New, &l) == nil {
			lists[strings.TrimPrefix(v.Object, fleet.ListObjects)] = l
		}
	}
	return lists
}

func (o Advance) plan(_ *Desk, q *asking) (plan, error) {
	if err := mayRelease(q, account.Release); err != nil {
		return plan{}, err
	}
	newest, ring := releases{q.state}.newest()
	at := slices.Index(fleet.Rings(), ring)
	if at < 0 || ring == fleet.All {
		return plan{}, invalid("", textNoRelease)
	}
	p := give(q, "advance", fleet.Rings()[at+1], newest)
	if _, held := heldOf(q.state); held {
		p = p.then(q.draft(account.Release, "advance", "", fleet.HeldObject, nil))
	}
	return p, nil
}

func (o Hold) plan(_ *Desk, q *asking) (plan, error) {
	if err := mayRelease(q, account.Hold); err != nil {
		return plan{}, err
	}
	newest, ring := releases{q.state}.newest()
	if ring == "" || ring == fleet.All {
		return plan{}, invalid("", textNoRelease)
	}
	cause := cmp.Or(printable.Line(o.Cause, mostWords), printable.Line(q.how.Why, mostWords), q.by.Name)
	value := heldValue{newest.N, newest.SHA256, cause}
	return planOf(none, q.draft(account.Hold, "hold", "", fleet.HeldObject, value)), nil
}

func (o RollBack) plan(_ *Desk, q *asking) (plan, error) {
	if err := mayRelease(q, account.Release); err != nil {
		return plan{}, err
	}
	newest, ring := releases{q.state}.newest()
	before, ok := releases{q.state}.of(formerly)
	if all, there := (releases{q.state}).of(fleet.All); ring != fleet.All && there {
		before, ok = all, true
	}
	if !ok {
		return plan{}, invalid("", textNoBefore)
	}
	again := fleet.Release{N: newest.N + 1, SHA256: before.SHA256, Size: before.Size}
	held := heldValue{newest.N, newest.SHA256, cmp.Or(printable.Line(q.how.Why, mostWords), q.by.Name)}
	return give(q, "roll-back", fleet.All, again).then(
		q.draft(account.Release, "roll-back", "", fleet.HeldObject, held)), nil
}

// mayRelease is nil if the actor has a right over the releases of the fleet.
func mayRelease(q *asking, right account.Right) error {
	if q.by.Machine {
		return nil
	}
	return q.may(right, "")
}
