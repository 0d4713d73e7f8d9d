//go:build !linux

package clientconn

import "net"

// An IdleWait waits for a client to send something.
type IdleWait struct{}

// NewIdleWait returns nil: a connection that waits keeps its buffer.
func NewIdleWait(net.Conn) *IdleWait { return nil }

// Wait does nothing.
func (*IdleWait) Wait() error { return nil }
