package exchange

import (
	"context"
	"net"
	"time"
)

// defaultTimeout bounds an exchange whose context has no deadline.
const defaultTimeout = 2 * time.Second

// Deadline is when an exchange that began at start has to end.
func Deadline(ctx context.Context, start time.Time) time.Time {
	if end, ok := ctx.Deadline(); ok {
		return end
	}
	return start.Add(defaultTimeout)
}

// Interrupt ends reads and writes of conn when ctx is done, until stop is
// called. A deadline that is set later undoes it: look at ctx.Err() after
// setting one.
func Interrupt(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		_ = conn.SetDeadline(time.Unix(1, 0)) // fails only if conn is closed, which ends them too
	})
}

// shares bounds into how many parts the time that is left is divided, so that a
// long list of servers does not leave each of them too little to answer.
const shares = 3

// Share is the part of the time left that one attempt gets if attempts are
// still to be made.
func Share(left time.Duration, attempts int) time.Duration {
	return left / time.Duration(min(attempts, shares))
}

// WithShare gives an attempt its Share of the time that ctx has left. The last
// attempt gets all of it.
func WithShare(ctx context.Context, attempts int) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok || attempts == 1 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, Share(time.Until(end), attempts))
}
