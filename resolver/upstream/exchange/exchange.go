// Package exchange holds what all transports to an upstream server share: the
// errors with which an exchange ends, how its time is divided, and the check
// that a reply answers the query that was sent.
package exchange

import "errors"

// The errors with which an exchange ends instead of a reply.
var (
	// ErrTimeout: no answer to the query came in time.
	ErrTimeout = errors.New("no reply in time")
	// ErrNetwork: the network or this host reported that the server cannot be
	// asked.
	ErrNetwork = errors.New("network error")
	// ErrMalformed: the reply cannot be read to its end.
	ErrMalformed = errors.New("malformed reply")
	// ErrMismatch: a reply to something else came on a connection.
	ErrMismatch = errors.New("reply does not match the query")
	// ErrQuery: the query cannot be read or does not have exactly one question.
	// Nothing was sent.
	ErrQuery = errors.New("query without exactly one readable question")
)

const (
	// MaxMessage is the largest message in bytes that the length field of RFC 1035
	// section 4.2.2 can announce.
	MaxMessage = 65535
	// MaxDatagram is the largest reply in bytes that is read over UDP.
	MaxDatagram = 4096
)

// Valid reports whether query can be sent: it has exactly one question and is
// not longer than a message may be.
func Valid(query []byte) bool {
	_, ok := QuestionEnd(query)
	return ok && len(query) <= MaxMessage
}
