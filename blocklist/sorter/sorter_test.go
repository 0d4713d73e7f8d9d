package sorter_test

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lachan/blocklist/sorter"
)

// record is a record that may be kept.
type record struct {
	hash uint64
	key  string
	spec uint32
}

func compare(a, b record) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.key, b.key), cmp.Compare(a.spec, b.spec))
}

// records are n, many with the same hash or key, with keys of each length.
func records(n int) (list []record) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range n {
		key := bytes.Repeat([]byte{byte(dice.IntN(3))}, dice.IntN(4)*85)
		list = append(list, record{dice.Uint64() >> (62 * dice.IntN(2)), string(key), dice.Uint32N(4)})
	}
	return list
}

// sorted adds all records to a sorter with that limit of memory.
func sorted(t *testing.T, dir string, limit int, list []record) *sorter.Sorter {
	t.Helper()
	s := sorter.New(dir, limit)
	for _, r := range list {
		key := []byte(r.key)
		if err := s.Add(r.hash, key, r.spec); err != nil {
			t.Fatal(err)
		}
		clear(key) // it was copied
	}
	return s
}

// A run that was cut is told, wherever it was cut: no record is left out without a word.
func TestARunThatWasCutIsTold(t *testing.T) {
	list := records(2000)
	for _, size := range []int64{1, 12, 14, 5000} {
		dir := t.TempDir()
		s := sorted(t, dir, 1<<12, list)
		links, err := filepath.Glob("/proc/self/fd/*")
		if err != nil {
			t.Fatal(err)
		}
		cut := 0
		for _, link := range links {
			if to, err := os.Readlink(link); err == nil && filepath.Dir(to) == dir {
				if err := os.Truncate(link, size); err != nil {
					t.Fatal(err)
				}
				cut++
				break
			}
		}
		if got, err := read(s, -1); cut == 0 || err == nil {
			t.Errorf("of %d records %d are read after a run was cut to %d bytes, without an error", len(list), len(got), size)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// read reads every record, with an error after so many; -1 for none.
func read(s *sorter.Sorter, most int) (list []record, err error) {
	err = s.Each(func(r *sorter.Record) error {
		if list = append(list, record{r.Hash, string(r.Key), r.Spec}); len(list) == most {
			return errEnough
		}
		return nil
	})
	return list, err
}

var errEnough = errors.New("enough")

// openFiles counts the files of this process in a folder, those without a name too.
func openFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && filepath.Dir(to) == dir {
			n++
		}
	}
	return n
}

// TestRecordsComeInOrder in whatever memory, as often as they are asked for; what does not
// fit into memory lies in files, which have no name and end with the sorter.
func TestRecordsComeInOrder(t *testing.T) {
	f := func(n, limit, runs int) {
		t.Helper()
		dir, list := t.TempDir(), records(n)
		s := sorted(t, dir, limit, list)
		want := slices.SortedFunc(slices.Values(list), compare)
		if got := openFiles(t, dir); got != runs {
			t.Errorf("%d records in %d bytes: %d files, want %d", n, limit, got, runs)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("they have names: %q", left)
		}
		for range 2 {
			if got, err := read(s, -1); err != nil || !slices.Equal(got, want) {
				t.Errorf("%d records in %d bytes: %d, not all or not in order: %v", n, limit, len(got), err)
			}
		}
		for most := min(1, n); most > 0 && most <= n; most += max(1, n-1) {
			if got, err := read(s, most); !errors.Is(err, errEnough) || !slices.Equal(got, want[:most]) {
				t.Errorf("whoever wants %d of %d gets %d: %v", most, n, len(got), err)
			}
		}
		if err := s.Close(); err != nil || openFiles(t, dir) != 0 {
			t.Errorf("%d files are open after the end: %v", openFiles(t, dir), err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("ended twice: %v", err)
		}
	}
	f(0, 1<<20, 0)
	f(1, 1<<20, 0)
	f(1, 0, 0)   // one is always held
	f(30, 0, 29) // and no more
	f(3000, 1<<20, 0)
	size := 0
	for _, r := range records(200) {
		size += len(r.key) + 24
	}
	f(200, size, 0)
	f(200, size-1, 1)
	f(200, size/2, 2)
}

// TestASorterThatCannotWriteSaysSo, and what it was about.
func TestASorterThatCannotWriteSaysSo(t *testing.T) {
	s := sorter.New(filepath.Join(t.TempDir(), "none"), 0)
	if err := s.Add(1, []byte("a"), 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(2, []byte("b"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without its folder: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
