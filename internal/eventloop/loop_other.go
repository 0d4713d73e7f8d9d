//go:build !linux

package eventloop

// Loops are the loops of a program, of which there are none here.
type Loops struct{}

// New does nothing.
func New(int) (*Loops, error) { return &Loops{}, nil }

// Close does nothing.
func (*Loops) Close() error { return nil }
