package history

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lachan/metrics"
)

// TestAHistoryThatIsInUseIsNotSetAside opens one twice: that is no damage.
func TestAHistoryThatIsInUseIsNotSetAside(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, moved, err := openRestored(t.Context(), dir, Options{}, metrics.New("nut-1")); err == nil || len(moved) > 0 {
		t.Errorf("opened a second time: %v, set aside %v", err, moved)
	}
	if after, err := os.ReadDir(dir); err != nil || len(after) != len(before) {
		t.Errorf("%v, before it %v: %v", after, before, err)
	}
}

// TestWhatIsDamage: what the disk, rights or limits cause is none.
func TestWhatIsDamage(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("invalid checksum"), true},
		{fmt.Errorf("open: %w", fs.ErrNotExist), true},
		{fmt.Errorf("write: %w", syscall.ENOSPC), false},
		{fmt.Errorf("write: %w", syscall.EDQUOT), false},
		{fmt.Errorf("write: %w", syscall.EROFS), false},
		{fmt.Errorf("open: %w", syscall.EACCES), false},
		{fmt.Errorf("open: %w", syscall.EPERM), false},
		{fmt.Errorf("open: %w", syscall.EMFILE), false},
		{fmt.Errorf("open: %w", syscall.ENFILE), false},
		{fmt.Errorf("map: %w", syscall.ENOMEM), false},
		{fmt.Errorf("lock: %w", syscall.EWOULDBLOCK), false},
		{errors.Join(errors.New("corrupt"), syscall.ENOSPC), false},
	} {
		if got := damage(c.err); got != c.want {
			t.Errorf("%v: damage %v", c.err, got)
		}
	}
}

// TestFinalTicksThatCannotBeTaken: one that is no tick is set aside, once, and others
// are taken; what is no final tick stays where it is.
func TestFinalTicksThatCannotBeTaken(t *testing.T) {
	dir := t.TempDir()
	var log strings.Builder
	aggregator := metrics.NewAggregator("nut-1", metrics.BuildInfo{})
	options := Options{Log: slog.New(slog.NewTextHandler(&log, nil))}
	p := writerState{Recorder: NewRecorder(dir, aggregator, &metrics.Conditions{}, options)}
	counters, other := metrics.New("nut-1"), metrics.New("nut-1")
	for name, text := range map[string][]byte{
		finalPrefix + other.Epoch().String(): []byte("nonsense"), finalPrefix + "x": nil, "other": nil,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tick := counters.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})
	if err := WriteFinal(dir, counters.Epoch(), tick); err != nil {
		t.Fatal(err)
	}
	p.open(t.Context())
	defer p.close()
	at := time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)
	for range 2 {
		at = at.Add(TickEvery)
		p.tick(t.Context(), at)
	}
	left, _ := filepath.Glob(filepath.Join(dir, finalPrefix+"*"))
	aside, _ := filepath.Glob(filepath.Join(dir, "damaged-*", "*"))
	if len(left) != 1 || filepath.Base(left[0]) != finalPrefix+"x" || len(aside) != 1 || !strings.HasSuffix(aside[0], other.Epoch().String()) {
		t.Errorf("left %v, set aside %v", left, aside)
	}
	if n := strings.Count(log.String(), "history set aside"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, &log)
	}
	if _, err := os.Stat(filepath.Join(dir, "other")); err != nil {
		t.Error(err)
	}
}
