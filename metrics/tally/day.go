package tally

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/internal/durable"
)

// A Day holds the figures of one day of a node that counters cannot give. All numbers
// are lower bounds: they leave out what few clients asked for and what a kill has
// lost.
type Day struct {
	Day  string `json:"day"` // 2006-01-02, in the time zone of the node
	Node string `json:"node"`
	// Lost is how many samples there was no room for.
	Lost    uint64         `json:"lost"`
	Clients []ClientsOfDay `json:"clients"` // by school
	Blocked []BlockedOfDay `json:"blocked"` // by unit
	Names   []NameOfDay    `json:"names"`   // by province, level, category, and count, the highest first
}

// ClientsOfDay are the distinct clients of a school, estimated to about one
// percent. A school with fewer than the threshold is not there.
type ClientsOfDay struct {
	School  string `json:"school"`
	Clients uint64 `json:"clients"`
}

// Everywhere is the unit of all schools of a node. No unit has such an id.
const Everywhere = "*"

// BlockedOfDay is how many different names were blocked in a school, a commune,
// a province or Everywhere, estimated likewise. The categories are those whose
// names are sampled. A unit with fewer clients than the threshold is not there.
type BlockedOfDay struct {
	Unit  string `json:"unit"`
	Names uint64 `json:"names"`
}

// A NameOfDay is a name that was blocked for at least Clients clients of at
// least Schools schools of that province and level on that day.
type NameOfDay struct {
	Province string `json:"province"` // id
	Level    string `json:"level"`    // of education
	Category string `json:"category"`
	Name     string `json:"name"`
	Count    uint64 `json:"count"`
	Over     uint64 `json:"over"` // by how much Count may be too high
}

// merge adds the figures of another process of the same day. Distinct clients and
// names cannot be added: their key is forgotten.
func (d *Day) merge(o Day) {
	d.Lost += o.Lost
	d.Clients = merged(
		d.Clients,
		o.Clients,
		func(c ClientsOfDay) string { return c.School },
		func(ours *ClientsOfDay, c ClientsOfDay) {
			ours.Clients = max(ours.Clients, c.Clients)
		},
	)
	d.Blocked = merged(
		d.Blocked,
		o.Blocked,
		func(b BlockedOfDay) string { return b.Unit },
		func(ours *BlockedOfDay, b BlockedOfDay) {
			ours.Names = max(ours.Names, b.Names)
		},
	)
	d.Names = merged(d.Names, o.Names, func(n NameOfDay) NameOfDay {
		return NameOfDay{Province: n.Province, Level: n.Level, Category: n.Category, Name: n.Name}
	}, func(ours *NameOfDay, n NameOfDay) {
		ours.Count += n.Count
		ours.Over += n.Over
	})
	slices.SortFunc(d.Clients, func(a, b ClientsOfDay) int { return strings.Compare(a.School, b.School) })
	slices.SortFunc(d.Blocked, func(a, b BlockedOfDay) int { return strings.Compare(a.Unit, b.Unit) })
	slices.SortStableFunc(d.Names, func(a, b NameOfDay) int {
		return cmp.Or(
			strings.Compare(a.Province, b.Province),
			strings.Compare(a.Level, b.Level),
			strings.Compare(a.Category, b.Category),
			cmp.Compare(b.Count, a.Count),
			strings.Compare(a.Name, b.Name),
		)
	})
}

// merged is ours with each of others added to the one of the same key, or at the
// end if there is none.
func merged[T any, K comparable](ours, others []T, key func(T) K, add func(ours *T, other T)) []T {
	place := make(map[K]int, len(ours))
	for i, one := range ours {
		place[key(one)] = i
	}
	for _, other := range others {
		if i, there := place[key(other)]; there {
			add(&ours[i], other)
			continue
		}
		place[key(other)] = len(ours)
		ours = append(ours, other)
	}
	return ours
}

const suffix = ".json"

// Read reads the days in a directory, and in those directly below it, which may
// hold what other nodes have written, from the first to the last, both in the
// form 2006-01-02 and included, in order. Of a node each day is read once. A
// file that cannot be read is left out, and is in the error.
func Read(dir, first, last string) (days []Day, err error) {
	days, below, err := read(dir, first, last)
	damaged := []error{err}
	for _, name := range below {
		more, _, err := read(filepath.Join(dir, name), first, last)
		days, damaged = append(days, more...), append(damaged, err)
	}
	slices.SortStableFunc(days, func(a, b Day) int {
		return cmp.Or(strings.Compare(a.Day, b.Day), strings.Compare(a.Node, b.Node))
	})
	days = slices.CompactFunc(days, func(a, b Day) bool { return a.Day == b.Day && a.Node == b.Node })
	return days, errors.Join(damaged...)
}

// read reads the days of one directory, and lists the directories in it.
func read(dir, first, last string) (days []Day, below []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read days: %w", err)
	}
	var damaged []error
	for _, e := range entries {
		if e.IsDir() {
			below = append(below, e.Name())
		}
		day, ok := strings.CutSuffix(e.Name(), suffix)
		if !ok || day < first || day > last {
			continue
		}
		d, err := readDay(filepath.Join(dir, e.Name()))
		if err != nil {
			damaged = append(damaged, err)
			continue
		}
		days = append(days, d)
	}
	return days, below, errors.Join(damaged...)
}

func readDay(name string) (d Day, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return d, fmt.Errorf("read day: %w", err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("read day %s: %w", name, err)
	}
	return d, nil
}

// write writes a day to its file, whole and on the disk.
func (d Day) write(dir string) error {
	text, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return fmt.Errorf("write day: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write day: %w", err)
	}
	if err := durable.WriteFile(filepath.Join(dir, d.Day+suffix), append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write day: %w", err)
	}
	return nil
}

// forget removes the files of days older than keep.
func forget(dir string, now time.Time, keep time.Duration) error {
	oldest := now.Add(-keep).Format(time.DateOnly)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("remove old days: %w", err)
	}
	for _, e := range entries {
		if day, ok := strings.CutSuffix(e.Name(), suffix); ok && day < oldest {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}
