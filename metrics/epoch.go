package metrics

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
)

// An Epoch names one start of a process that counts. It is random: no two
// starts share one, on whatever machine.
type Epoch [16]byte

// newEpoch makes the epoch of a process that starts now.
func newEpoch() (e Epoch) {
	_, _ = rand.Read(e[:]) // it never fails
	return e
}

// String is the epoch in hexadecimal digits, as it is in names of files.
func (e Epoch) String() string { return hex.EncodeToString(e[:]) }

// ParseEpoch reads what String has written.
func ParseEpoch(text string) (e Epoch, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(e) {
		return e, fmt.Errorf("epoch %q: %w", text, ErrFormat)
	}
	return Epoch(b), nil
}

// ErrFormat is the cause of every error in reading what another process has
// encoded: a tick, samples, the epochs of a history.
var ErrFormat = errors.New("not in the format of this version")
