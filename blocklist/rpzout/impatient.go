package rpzout

import (
	"net"
	"time"
)

// takeWithin is how long a secondary may take for one message. One that takes
// nothing must not hold a transfer, and the lists that it is of, forever.
const takeWithin = 30 * time.Second

// An impatient listener gives each write of its connections a deadline.
type impatient struct{ net.Listener }

// Accept waits for the next connection.
func (l impatient) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return impatientConn{c}, nil
}

type impatientConn struct{ net.Conn }

// Write writes whole messages.
func (c impatientConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(takeWithin)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
