// Package fault has a panic as an error: work that meets a fault of the program
// fails, is told of, and takes nothing else of its process with it.
package fault

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// An Error is a panic, with where it happened.
type Error struct {
	Value any // of the panic
	stack []byte
}

// Error is the value of the panic.
func (e *Error) Error() string { return fmt.Sprint(e.Value) }

// LogValue shows where it happened.
func (e *Error) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%v\n%s", e.Value, e.stack))
}

// Catch runs do and returns its panic, if any, as an *Error. What do has started
// on other goroutines it does not see: each needs a Catch of its own.
func Catch(do func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Error{v, debug.Stack()}
		}
	}()
	do()
	return nil
}
