package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lachan/internal/durable"
	"lachan/metrics"
)

// Two kinds of files lie beside the TSDB: epochs is the Saved of a
// metrics.Aggregator, final-EPOCH the last tick of a process that has ended.
const (
	epochsFile  = "epochs"
	finalPrefix = "final-"
)

// WriteFinal leaves the last full tick of a process that ends in an orderly way, so
// that it is counted even if the process that keeps history is away. The directory
// is that of the history.
func WriteFinal(dir string, epoch metrics.Epoch, tick []byte) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, finalPrefix+epoch.String()), tick, 0o600)
	}
	if err != nil {
		return fmt.Errorf("leave the final tick: %w", err)
	}
	return nil
}

// readSaved reads the file of epochs. One that is damaged is set aside.
func readSaved(dir, damaged string) (s metrics.Saved, moved []aside, err error) {
	name := filepath.Join(dir, epochsFile)
	content, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return metrics.Saved{}, nil, nil
	}
	if err != nil {
		return metrics.Saved{}, nil, fmt.Errorf("read epochs: %w", err)
	}
	s, err = metrics.ParseSaved(content)
	if err == nil {
		return s, nil, nil
	}
	if failed := move(name, damaged); failed != nil {
		return metrics.Saved{}, nil, failed
	}
	return metrics.Saved{Damaged: true}, []aside{{name, damaged, err}}, nil
}

// resume hands the aggregator the counters of history, the epochs of the file, and
// the final ticks of processes that have ended since.
func (p *writerState) resume(kept *metrics.Counters) error {
	saved, moved, err := readSaved(p.dir, damagedDir(p.dir))
	p.tellAside(moved)
	if err != nil {
		return err
	}
	for _, f := range p.finals() {
		if saved.Ended(f.epoch) {
			p.remove(f)
		} else {
			p.takeFinal(f)
		}
	}
	p.aggregator.Resume(kept, saved)
	return nil
}

// A final is a file with a final tick.
type final struct {
	name  string
	epoch metrics.Epoch
}

// finals lists the files with final ticks.
func (r *Recorder) finals() (found []final) {
	names, _ := filepath.Glob(filepath.Join(r.dir, finalPrefix+"*")) // the pattern is good
	for _, name := range names {
		if epoch, err := metrics.ParseEpoch(strings.TrimPrefix(filepath.Base(name), finalPrefix)); err == nil {
			found = append(found, final{name, epoch})
		}
	}
	return found
}

// takeFinal counts a final tick and ends its epoch. Doing so again changes
// nothing.
func (r *Recorder) takeFinal(f final) {
	tick, err := os.ReadFile(f.name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.log.Error("read final tick", "error", err)
		}
		return
	}
	if err := r.aggregator.Absorb(tick); err != nil && !errors.Is(err, metrics.ErrEpoch) {
		to := damagedDir(r.dir)
		r.log.Error("history set aside", "what", f.name, "to", to, "error", errors.Join(err, move(f.name, to)))
	}
	r.aggregator.End(f.epoch)
}

// remove removes a final tick that is in the file of epochs.
func (r *Recorder) remove(f final) {
	if err := os.Remove(f.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.log.Warn("remove final tick", "error", err)
	}
}

// Ended ends the epoch of a process that has ended, and counts the final tick that
// it may have left.
func (r *Recorder) Ended(epoch metrics.Epoch) {
	for _, f := range r.finals() {
		if f.epoch == epoch {
			r.takeFinal(f)
		}
	}
	r.aggregator.End(epoch)
}

// snapshot returns what a tick is to write, once the epochs in it are on the disk.
func (p *writerState) snapshot() (*metrics.Totals, error) {
	finals := p.finals()
	for _, f := range finals {
		p.takeFinal(f)
	}
	s := p.aggregator.Snapshot()
	if s.Saved != nil {
		if err := durable.WriteFile(filepath.Join(p.dir, epochsFile), s.Saved, 0o600); err != nil {
			return nil, fmt.Errorf("%w: epochs: %w", ErrTick, err)
		}
		p.aggregator.Keep(s)
	}
	for _, f := range finals {
		p.remove(f)
	}
	return s.Totals, nil
}
