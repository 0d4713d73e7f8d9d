package upstream

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/internal/eventloop"
)

// A Bootstrap has the servers that are asked for the addresses of named servers.
// Only those that have an address themselves are asked. An empty Bootstrap stands
// for the servers that are opened.
type Bootstrap []Server

// bootstrapTimeout bounds one query to a Bootstrap. Connecting to the server that
// was looked up has its own limit.
const bootstrapTimeout = 3 * time.Second

// Open returns a Member for each server. loops wait for the sockets of the
// servers that are asked over UDP; they end after the last exchange. A member of
// old that has the same name is taken over with its figures and connections,
// unless the addresses of its server are found in another way now.
func (b Bootstrap) Open(loops *eventloop.Loops, servers []Server, old ...*Member) []*Member {
	if len(b) == 0 {
		b = servers
	}
	var answering []*Member
	var names strings.Builder
	for _, s := range b {
		if s.Addr.IsValid() {
			answering = append(answering, open(loops, s, nil, "", old))
			names.WriteString(s.String() + " ")
		}
	}
	group := NewGroup(Ordered, bootstrapTimeout, answering...)
	members := make([]*Member, 0, len(servers))
	for _, s := range servers {
		if s.Named() {
			members = append(members, open(loops, s, group, names.String(), slices.Concat(members, old)))
		} else {
			members = append(members, open(loops, s, nil, "", slices.Concat(answering, members, old)))
		}
	}
	return members
}

// open returns the member of old for s, or a new one that asks group for the
// server's addresses.
func open(loops *eventloop.Loops, s Server, group Exchanger, bootstrap string, old []*Member) *Member {
	for _, m := range old {
		if m.name == s.String() && m.bootstrap == bootstrap {
			return m
		}
	}
	m := NewMember(s.String(), s.exchanger(loops, group))
	m.bootstrap, m.label = bootstrap, freeLabel(s, old)
	return m
}

// freeLabel is the label of a server, with a number if a server of another name
// has the same.
func freeLabel(s Server, others []*Member) string {
	label := s.Label()
	taken := func(m *Member) bool { return m.label == label && m.name != s.String() }
	for n := 2; slices.ContainsFunc(others, taken); n++ {
		label = s.Label() + " (" + strconv.Itoa(n) + ")"
	}
	return label
}
