package figures

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lachan/internal/fault"
)

// A panic while something is read ahead is the error of that reading, not the end of
// the process.
func TestAPanicOfAReaderIsItsError(t *testing.T) {
	var used []int
	err := inTurn(t.Context(), 3, func(_ context.Context, i int) (int, error) {
		if i == 1 {
			panic("a series without a name")
		}
		return i, nil
	}, func(i, _ int) { used = append(used, i) })
	if met := (*fault.Error)(nil); !errors.As(err, &met) || !strings.Contains(err.Error(), "without a name") {
		t.Errorf("%v", err)
	}
	if len(used) != 1 {
		t.Errorf("used %v", used)
	}
}
