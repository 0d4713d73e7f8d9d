package upstream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// deadline is when an exchange that began at start has to end.
func deadline(ctx context.Context, start time.Time) time.Time {
	if end, ok := ctx.Deadline(); ok {
		return end
	}
	return start.Add(defaultTimeout)
}

// interrupt ends reads and writes of conn when ctx is done, until stop is
// called. A deadline that is set later undoes it: look at ctx.Err() after
// setting one.
func interrupt(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		_ = conn.SetDeadline(time.Unix(1, 0)) // fails only when conn is closed, which ends them too
	})
}

// ioError says what was being done to the server when err ended it, and wraps
// context.Canceled, ErrTimeout or ErrNetwork.
func ioError(ctx context.Context, doing string, server fmt.Stringer, err error) error {
	switch {
	case errors.Is(err, ErrTimeout):
		return err
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("%s %s: %w", doing, server, context.Canceled)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fmt.Errorf("%s %s: %w", doing, server, ErrTimeout)
	default:
		return networkError(doing, server, err)
	}
}

func networkError(doing string, server fmt.Stringer, err error) error {
	return fmt.Errorf("%s %s: %w: %w", doing, server, ErrNetwork, err)
}

// isTimeout tells whether the network reports a timeout of its own, such as
// that of a connection that nobody accepts.
func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// isOurs tells whether err is a want of this host and no fault of the server.
func isOurs(err error) bool {
	for _, want := range [...]error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOBUFS, syscall.EADDRNOTAVAIL} {
		if errors.Is(err, want) {
			return true
		}
	}
	return false
}
