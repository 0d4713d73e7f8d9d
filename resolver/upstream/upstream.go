// Package upstream carries a packed DNS query to a resolver elsewhere and
// brings back a reply that can be trusted to belong to it.
//
// Its rules:
//
//   - Bytes in, bytes out. The query is sent as given, except that its ID is
//     replaced by a random one (RFC 5452), and that its OPT record is padded if
//     the transport is encrypted (RFC 8467) and left out if a server does not
//     know EDNS. Nothing about a client is added.
//   - A reply leaves this package only if it came from the address that was
//     asked, on an encrypted transport from a server that has proved its
//     identity, and if it repeats ID, opcode and question and can be read to its
//     last record.
//   - New starts nothing. Group.Run probes; Exchange happens on the goroutine of
//     the caller, or on goroutines that it waits for; an exchange that Start began
//     goes on by itself and ends with its timeout at the latest. A connection that
//     is kept is closed when nothing was asked on it for a while.
//
// How one server is asked is in the packages below: udp, stream, and exchange for
// what these two share.
package upstream

import (
	"context"
	"errors"

	"lachan/resolver/upstream/exchange"
)

// An Exchanger asks one resolver, or several as if they were one.
//
// Exchange sends query, a packed message with exactly one question, and returns
// the reply with the ID of query. It never writes to query. The reply may be
// part of buf, whatever the size of buf, or newly allocated; query and buf must
// not overlap. Exchange returns soon after ctx is done, with an error that wraps
// ErrTimeout if a deadline passed and context.Canceled if ctx was canceled. Any
// number of goroutines may call it.
//
// The reply has the question of the query, with one exception: it may be a bare
// header with the response code FORMERR, which servers older than EDNS send to a
// query with an OPT record. A Group asks again in that case and never returns
// one.
type Exchanger interface {
	Exchange(ctx context.Context, query []byte, buf []byte) (reply []byte, err error)
}

// The errors with which an exchange ends instead of a reply.
var (
	ErrTimeout   = exchange.ErrTimeout
	ErrNetwork   = exchange.ErrNetwork
	ErrMalformed = exchange.ErrMalformed
	ErrMismatch  = exchange.ErrMismatch
	ErrQuery     = exchange.ErrQuery

	// ErrNoAnswer: no upstream of a Group gave a reply. It is wrapped together with
	// the error of the upstream that was asked last: ErrTimeout (extended DNS error
	// 22, no reachable authority) or one of the others (23, network error).
	ErrNoAnswer = errors.New("no upstream answered")
)
