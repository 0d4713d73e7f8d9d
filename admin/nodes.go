package admin

import (
	"crypto/subtle"
	"encoding/json"
	"slices"
	"time"

	"lachan/admin/account"
	"lachan/admin/account/secret"
	"lachan/fleet"
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
	value := NodeValue{Area: o.Area, Until: q.now.Add(inviteTime).Format(time.RFC3339)}
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
	value = NodeValue{Area: value.Area, Nkey: o.Nkey, Joined: q.now.Format(time.RFC3339)}
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

// A baseValue is what a record says of the files of the policy.
type baseValue struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

func (o Publish) plan(_ *Desk, q *asking) (plan, error) {
	if !q.by.Machine {
		return plan{}, &Refusal{Kind: NotAllowed, Text: textMachineOnly}
	}
	return planOf(none, q.draft(account.Structure, "publish", "", "base", baseValue(o))), nil
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
