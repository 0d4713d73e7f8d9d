package lull

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/internal/durable"
)

// This file keeps the counts of days and what was found on them. FORMAT.md describes the
// files.

// A Count is what was counted of a school on a day.
type Count struct {
	Asked        int64 `json:"a"`
	Connectivity int64 `json:"c,omitempty"`
	Protected    int64 `json:"p"` // seconds
	Devices      int64 `json:"d,omitempty"`
}

const (
	suffix = ".json.gz"
	// KeptDays is how many days are kept: the terms before and after a summer.
	KeptDays = 160
	mostDay  = 64 << 20 // bytes of a day, unpacked: more than 200,000 schools take
)

// Dir is where all of it is kept.
func Dir(stateDir string) string { return filepath.Join(stateDir, "attendance") }

// KeepDay keeps the counts of a day by school, and forgets days that are too old.
func KeepDay(dir, day string, counts map[string]Count) error {
	var packed bytes.Buffer
	to := gzip.NewWriter(&packed)
	err := errors.Join(json.NewEncoder(to).Encode(counts), to.Close(), os.MkdirAll(dir, 0o700))
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, day+suffix), packed.Bytes(), 0o600)
	}
	days, listed := Days(dir)
	if err = errors.Join(err, listed); err != nil {
		return fmt.Errorf("keep the counts of %s: %w", day, err)
	}
	for _, old := range days[:max(0, len(days)-KeptDays)] {
		if err := os.Remove(filepath.Join(dir, old+suffix)); err != nil {
			return fmt.Errorf("forget the counts of %s: %w", old, err)
		}
	}
	return nil
}

// Days are those that are kept, in order.
func Days(dir string) (days []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if day, is := strings.CutSuffix(e.Name(), suffix); is {
			if _, wrong := time.Parse(time.DateOnly, day); wrong == nil {
				days = append(days, day)
			}
		}
	}
	slices.Sort(days)
	return days, err
}

// ReadDay returns the counts of a day.
func ReadDay(dir, day string) (counts map[string]Count, err error) {
	packed, err := os.ReadFile(filepath.Join(dir, day+suffix))
	if err != nil {
		return nil, err
	}
	from, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		err = json.NewDecoder(io.LimitReader(from, mostDay)).Decode(&counts)
	}
	if err != nil {
		return nil, fmt.Errorf("read the counts of %s: %w", day, err)
	}
	return counts, nil
}

// A Found is a school that was quiet on a day.
type Found struct {
	Day    string `json:"day"`
	School string `json:"school"`
	Sure   string `json:"sure"` // see Level.String
	Asked  int64  `json:"asked"`
	Usual  int64  `json:"usual"`
	Run    int    `json:"run"`
	Checks bool   `json:"checks,omitempty"`
	Few    bool   `json:"few,omitempty"`
}

// Level is that of Sure.
func (f *Found) Level() Level {
	for _, l := range Levels() {
		if l.String() == f.Sure {
			return l
		}
	}
	return None
}

// A Judgement is what was found on a day.
type Judgement struct {
	Day    string  `json:"day"`
	Judged int     `json:"judged"` // schools that could be
	Common int     `json:"common"` // schools that were quiet with those around them
	Found  []Found `json:"found,omitempty"`
}

const (
	foundName = "found.jsonl"
	mostFound = 8 << 20 // bytes; the oldest days give way
	mostLine  = 4 << 20
	// MostFound bounds the schools of a day that are kept, the surest first.
	MostFound = 5000
)

// AddJudgement keeps what was found on a day, in place of what was found on it before.
func AddJudgement(dir string, j Judgement) error {
	j.Found = j.Found[:min(len(j.Found), MostFound)]
	all, err := ReadJudgements(dir, "", "9999-12-31")
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(o Judgement) bool { return o.Day == j.Day })
	all = append(all, j)
	var lines [][]byte
	size := 0
	for i := len(all) - 1; i >= 0; i-- {
		line, err := json.Marshal(all[i])
		if err != nil {
			return fmt.Errorf("keep what was found on %s: %w", j.Day, err)
		}
		if size += len(line) + 1; size > mostFound {
			break
		}
		lines = append(lines, append(line, '\n'))
	}
	slices.Reverse(lines)
	if err = os.MkdirAll(dir, 0o700); err == nil {
		err = durable.WriteFile(filepath.Join(dir, foundName), bytes.Join(lines, nil), 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep what was found on %s: %w", j.Day, err)
	}
	return nil
}

// ReadJudgements returns what was found on some days, both included, the oldest first.
// Lines that cannot be read are left out.
func ReadJudgements(dir, from, to string) (list []Judgement, err error) {
	text, err := os.ReadFile(filepath.Join(dir, foundName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read which schools were quiet: %w", err)
	}
	for line := range bytes.Lines(text) {
		var j Judgement
		if len(line) <= mostLine && json.Unmarshal(line, &j) == nil && from <= j.Day && j.Day <= to {
			list = append(list, j)
		}
	}
	return list, nil
}
