package upstream

import (
	"slices"
	"strings"
	"time"

	"lachan/internal/eventloop"
)

// A Bootstrap has the servers that tell the addresses of servers that are named.
// Only those that have an address themselves are asked. None stands for those
// among the servers that are opened.
type Bootstrap []Server

// bootstrapTimeout bounds one question to a Bootstrap; connecting has its own
// limit.
const bootstrapTimeout = 3 * time.Second

// Open returns a Member for each server. loops wait for the sockets of those that
// are asked over UDP; they end after the last exchange. Where old has one of the same name, it
// is taken over with its figures and connections.
func Open(loops *eventloop.Loops, servers []Server, old ...*Member) []*Member {
	return Bootstrap(nil).Open(loops, servers, old...)
}

// Open is the function Open for servers of which some may be named. A member
// whose addresses would be found in another way now is not taken over.
func (b Bootstrap) Open(loops *eventloop.Loops, servers []Server, old ...*Member) []*Member {
	if len(b) == 0 {
		b = servers
	}
	var telling []*Member
	var names strings.Builder
	for _, s := range b {
		if s.Addr.IsValid() {
			telling = append(telling, open(loops, s, nil, "", old))
			names.WriteString(s.String() + " ")
		}
	}
	group := NewGroup(Ordered, bootstrapTimeout, telling...)
	members := make([]*Member, 0, len(servers))
	for _, s := range servers {
		if s.Named() {
			members = append(members, open(loops, s, group, names.String(), old))
		} else {
			members = append(members, open(loops, s, nil, "", slices.Concat(telling, old)))
		}
	}
	return members
}

func open(loops *eventloop.Loops, s Server, group Exchanger, bootstrap string, old []*Member) *Member {
	for _, m := range old {
		if m.name == s.String() && m.bootstrap == bootstrap {
			return m
		}
	}
	m := NewMember(s.String(), s.exchanger(loops, group))
	m.bootstrap = bootstrap
	return m
}
