package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lachan/cmd/lachan/config"
	"lachan/internal/durable"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// The figures of reports are kept, so that a year can be compared with one of which the
// history is gone, and a document can be held against what it was made of.

const (
	// mostKept bounds the files that are read, mostFigures each of them, in bytes: the
	// figures of 40,000 schools are some 20 MB.
	mostKept    = 2000
	mostFigures = 64 << 20
)

// keptDir is where figures are kept: in it a directory for each unit, and a file for each
// period and hash.
func keptDir(cfg *config.Config) string { return filepath.Join(cfg.StateDir, "reports", "figures") }

// Keep keeps the figures of a report that is final. Keeping them again changes nothing.
func Keep(cfg *config.Config, m *report.Model) error {
	if len(m.Provisional) > 0 {
		return nil
	}
	dir := filepath.Join(keptDir(cfg), unitDir(m.Data.Unit))
	file := filepath.Join(dir, m.Data.Period.Code+"-"+m.Hash[:12]+".json")
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	text, err := json.Marshal(figures.Kept{Hash: m.Hash, Data: m.Data})
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = durable.WriteFile(file, append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep the figures of a report: %w", err)
	}
	if owner, known := config.StateOwner(cfg); known && os.Geteuid() == 0 && owner.UID != 0 {
		for _, path := range []string{filepath.Join(cfg.StateDir, "reports"), keptDir(cfg), dir, file} {
			err = errors.Join(err, os.Chown(path, owner.UID, owner.GID))
		}
	}
	return err
}

// unitDir is the directory of a unit.
func unitDir(unit string) string {
	if unit == "" {
		return everySchool
	}
	return strings.NewReplacer("/", "-", `\`, "-", "..", "-").Replace(unit)
}

// keptOf are the figures that were kept of a unit on some periods, the newest file last.
// What cannot be read is as if it were not there: it is a copy, and the hash tells.
func keptOf(cfg *config.Config, unit string, periods ...string) (list []figures.Kept) {
	dir := filepath.Join(keptDir(cfg), unitDir(unit))
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	type dated struct {
		fs.FileInfo
		figures.Kept
	}
	var found []dated
	for _, f := range files[:min(len(files), mostKept)] {
		info, err := f.Info()
		if err != nil || info.Size() > mostFigures || !slices.ContainsFunc(periods, func(p string) bool {
			return strings.HasPrefix(f.Name(), p+"-") && len(f.Name()) == len(p)+len("-")+12+len(".json")
		}) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		var kept figures.Kept
		if err != nil || json.Unmarshal(text, &kept) != nil || kept.Data == nil {
			continue
		}
		if report.HashOf(kept.Data) == kept.Hash {
			found = append(found, dated{info, kept})
		}
	}
	slices.SortStableFunc(found, func(a, b dated) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range found {
		list = append(list, f.Kept)
	}
	return list
}
