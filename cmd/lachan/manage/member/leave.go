package member

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Leave has a machine be no node any more. A server that runs sees it by itself and clears
// up; if none runs, Clear does.
func Leave(dir string) error {
	if err := os.Remove(filepath.Join(dir, membershipFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("leave the fleet: %w", err)
	}
	return nil
}

// Clear removes what has come from the hub.
func Clear(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove what came from the hub: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if keptName(e.Name()) {
			errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// left reports whether the machine has left, and has its own policy in force again then.
func (m *Member) left(ctx context.Context) bool {
	if _, joined, err := Read(m.dir); joined || err != nil {
		return false
	}
	m.mu.Lock()
	m.close()
	m.mu.Unlock()
	m.shared.Store(nil)
	if err := errors.Join(Clear(m.dir), m.src.Restructure(ctx)); err != nil {
		m.src.Log.Error("leave the fleet", "error", err)
	}
	m.src.Conditions.Clear("fleet")
	m.src.Conditions.Clear("fleet-decisions")
	m.src.Conditions.Clear("fleet-unknown")
	m.src.Conditions.Clear("fleet-stranger")
	m.src.Log.Info("this machine has left its fleet")
	return true
}

// silentFor is after how long without the hub a node says so.
const silentFor = 24 * time.Hour

// tellSilence tells that the hub has not been heard of for long.
func (m *Member) tellSilence(even, began time.Time) {
	if even.Before(began) {
		even = began
	}
	if time.Since(even) < silentFor {
		m.src.Conditions.Clear("fleet")
		return
	}
	m.src.Conditions.Set("fleet", textSilent.With(even.Format("02/01/2006 15:04")).String())
}
