package fault

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// A panic is an error that says what it was and, to a log, where.
func TestAPanicIsAnError(t *testing.T) {
	if err := Catch(func() {}); err != nil {
		t.Errorf("nothing happened: %v", err)
	}
	err := Catch(func() { panicOf("a table without rows") })
	if met := (*Error)(nil); !errors.As(err, &met) || met.Value != "a table without rows" || err.Error() != "a table without rows" {
		t.Errorf("the panic is told as %v", err)
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Error("work", "error", err)
	if !strings.Contains(b.String(), "panicOf") {
		t.Errorf("the log does not say where: %s", b.String())
	}
}

func panicOf(text string) { panic(text) }
