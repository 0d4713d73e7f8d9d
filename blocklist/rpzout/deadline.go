package rpzout

import (
	"net"
	"time"
)

// writeTimeout is how long a secondary may take to receive one message. One that
// receives nothing must not keep a transfer, and its lists in memory, forever.
const writeTimeout = 30 * time.Second

// A deadlineListener gives each write of its connections a deadline.
type deadlineListener struct{ net.Listener }

// Accept waits for the next connection.
func (l deadlineListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return deadlineConn{c}, nil
}

type deadlineConn struct{ net.Conn }

// Write writes whole messages.
func (c deadlineConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
