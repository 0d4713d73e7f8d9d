// Package lookup has the names that this program looks up itself, such as the
// hosts of feeds, of an authority for certificates and of what receives history,
// asked of the configured upstreams: neither what the machine's resolver is
// nor whom the policy refuses may keep the server from its lists.
package lookup

import (
	"fmt"
	"net"
	"sync/atomic"

	"lachan/cmd/lachan/config"
	"lachan/internal/eventloop"
	"lachan/resolver/upstream"
)

// Names are looked up by the upstreams that are in use.
type Names struct {
	loops *eventloop.Loops
	zones atomic.Pointer[upstream.Zones]
}

// Own makes this process look up every name by the upstreams of a configuration,
// past the policy. system are the servers of the system. It is called before
// anything is looked up.
func Own(cfg *config.Config, system []upstream.Server) (*Names, error) {
	loops, err := eventloop.New(1)
	if err != nil {
		return nil, fmt.Errorf("wait for upstreams: %w", err)
	}
	n := &Names{loops: loops}
	if err := n.Use(cfg, system); err != nil {
		return nil, err
	}
	net.DefaultResolver = upstream.NewResolver(n.zones.Load)
	return n, nil
}

// Use asks the upstreams of another configuration from now on, or those that the
// system has now.
func (n *Names) Use(cfg *config.Config, system []upstream.Server) error {
	zones, problem := cfg.OpenUpstreams(n.loops, system, n.zones.Load())
	if problem != nil {
		return *problem
	}
	n.zones.Store(zones)
	return nil
}
