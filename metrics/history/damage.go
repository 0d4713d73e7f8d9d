package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/prometheus/tsdb"

	"lachan/metrics"
)

// An aside is one damaged file or directory that was moved out of the way.
type aside struct {
	what, to string
	cause    error
}

// openRestored opens the store in dir and restores its counters. It sets as little
// aside as makes that possible: damaged blocks, then the log of the last hours,
// then everything.
func openRestored(
	ctx context.Context,
	dir string,
	o Options,
	counters *metrics.Counters,
) (s *Store, r Restored, moved []aside, err error) {
	to := damagedDir(dir)
	for _, parts := range []func(error) []string{
		func(error) []string { return nil },
		func(cause error) []string { return damagedBlocks(dir, cause) },
		func(error) []string { return logs(dir) },
		func(error) []string { return all(dir) },
	} {
		for _, part := range parts(err) {
			if failed := move(part, to); failed != nil {
				return nil, Restored{}, moved, errors.Join(err, failed)
			}
			moved = append(moved, aside{part, to, err})
		}
		if s, err = Open(dir, o); err == nil {
			if r, err = s.Restore(ctx, counters); err == nil {
				return s, r, moved, nil
			}
			err = errors.Join(err, s.Close())
		}
		if ctx.Err() != nil || !damage(err) {
			break
		}
	}
	return nil, Restored{}, moved, err
}

// damage reports whether an error may come from the contents of the files, and not
// from the disk, missing rights or another process.
func damage(err error) bool {
	for _, other := range []error{
		syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EACCES, syscall.EPERM,
		syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EWOULDBLOCK,
	} {
		if errors.Is(err, other) {
			return false
		}
	}
	return err != nil
}

// A blockError is an error in reading one block.
type blockError struct {
	dir   string
	cause error
}

func (e *blockError) Error() string { return fmt.Sprintf("read block %s: %v", e.dir, e.cause) }
func (e *blockError) Unwrap() error { return e.cause }

// damagedBlocks lists the directories of the blocks that cannot be opened, and of
// the block that cause names.
func damagedBlocks(dir string, cause error) (damaged []string) {
	var known *blockError
	errors.As(cause, &known)
	for _, d := range blockDirs(dir) {
		b, err := tsdb.OpenBlock(nil, d, nil, nil)
		if err == nil {
			err = b.Close()
		}
		if err != nil || known != nil && known.dir == d {
			damaged = append(damaged, d)
		}
	}
	return damaged
}

// logs lists the directories with samples that are not in a block yet.
func logs(dir string) (there []string) {
	for _, name := range []string{"wal", "wbl", "chunks_head"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			there = append(there, filepath.Join(dir, name))
		}
	}
	return there
}

// all lists everything of the TSDB.
func all(dir string) []string { return append(logs(dir), blockDirs(dir)...) }

const damagedPrefix = "damaged-"

// damagedDir is the directory for what is found damaged now.
func damagedDir(dir string) string {
	return filepath.Join(dir, damagedPrefix+time.Now().UTC().Format("20060102T150405"))
}

// setAside lists the directories of damaged parts that are still there.
func setAside(dir string) (left []string) {
	entries, _ := os.ReadDir(dir) // an error: none are seen
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), damagedPrefix) {
			left = append(left, filepath.Join(dir, e.Name()))
		}
	}
	return left
}

// move moves a file or directory into another directory, made if need be.
func move(name, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return fmt.Errorf("set %s aside: %w", name, err)
	}
	if err := os.Rename(name, filepath.Join(to, filepath.Base(name))); err != nil {
		return fmt.Errorf("set %s aside: %w", name, err)
	}
	return nil
}
