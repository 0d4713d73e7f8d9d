package exchange

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// Error says what was being done to the server when err ended it. The result
// wraps context.Canceled, ErrTimeout or ErrNetwork.
func Error(ctx context.Context, doing string, server fmt.Stringer, err error) error {
	switch {
	case errors.Is(err, ErrTimeout):
		return err
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("%s %s: %w", doing, server, context.Canceled)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fmt.Errorf("%s %s: %w", doing, server, ErrTimeout)
	default:
		return NetworkError(doing, server, err)
	}
}

// NetworkError says what was being done to the server when the network or this
// host reported err. The result wraps ErrNetwork and err.
func NetworkError(doing string, server fmt.Stringer, err error) error {
	return fmt.Errorf("%s %s: %w: %w", doing, server, ErrNetwork, err)
}

// isTimeout reports whether err is a timeout of the network itself, such as that
// of a connection that is not accepted.
func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// IsLocal reports whether err is a shortage on this host and no fault of the
// server.
func IsLocal(err error) bool {
	for _, shortage := range [...]error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOBUFS, syscall.EADDRNOTAVAIL,
	} {
		if errors.Is(err, shortage) {
			return true
		}
	}
	return false
}
