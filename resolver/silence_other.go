//go:build !linux

package resolver

import "net"

// A silence is the wait for a client to send something.
type silence struct{}

// silenceOf is nil: a connection that waits keeps its buffer.
func silenceOf(net.Conn) *silence { return nil }

func (*silence) wait() error { return nil }
