package blocklist_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/format"
)

// readerFolder, in the environment, makes this program the process that opens
// lists which another one compiles.
const readerFolder = "TEST_READER_FOLDER"

// TestReaderProcess is that process: for each serial that it reads it opens the
// lists of that serial and writes how many keys they have.
func TestReaderProcess(t *testing.T) {
	folder := os.Getenv(readerFolder)
	if folder == "" {
		return // it is no test by itself
	}
	store := blocklist.NewStore(folder)
	var lists *blocklist.Lists
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		serial, err := strconv.ParseUint(in.Text(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := store.OpenSerial(lists, serial)
		if err != nil {
			fmt.Println("lists", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		lists = opened
		fmt.Println("lists", lists.Keys())
	}
}

// A reader is a process that opens lists.
type reader struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

func startReader(t *testing.T, folder string) *reader {
	t.Helper()
	process := exec.Command(os.Args[0], "-test.run=^TestReaderProcess$", "-test.v")
	process.Env = append(os.Environ(), readerFolder+"="+folder)
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		process.Wait()
	})
	return &reader{t, in, bufio.NewScanner(out)}
}

// opens returns what the process says of the lists with a serial: how many keys
// they have.
func (r *reader) opens(serial uint64) string {
	r.t.Helper()
	fmt.Fprintln(r.in, serial)
	for r.out.Scan() {
		if text, ok := strings.CutPrefix(r.out.Text(), "lists "); ok {
			return text
		}
	}
	r.t.Fatal("the process that opens lists has ended:", r.out.Err())
	return ""
}

// files returns the names in a folder.
func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestListsAreOpenedByAnotherProcessWhileOneCompiles: the reader is always one
// announcement late, opens while the folder is locked, and changes nothing.
func TestListsAreOpenedByAnotherProcessWhileOneCompiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "lists")
	store := blocklist.NewStore(folder)
	r := startReader(t, folder)
	var lists *blocklist.Lists
	for i := range 6 {
		before := lists
		slow := generated("a", 2000*(i+1))
		rules := slow.Rules
		slow.Rules = func(emit func(format.Rule) error) error {
			if before != nil { // the compiler holds the lock
				was := files(t, folder)
				if got := r.opens(before.Serial()); got != fmt.Sprint(before.Keys()) {
					t.Errorf("while %d is compiled over: %s, want %d keys", before.Serial(), got, before.Keys())
				}
				if now := files(t, folder); !slices.Equal(was, now) {
					t.Errorf("the reader changed the folder from %q to %q", was, now)
				}
			}
			return rules(emit)
		}
		var err error
		if lists, _, err = store.Update(t.Context(), before, []blocklist.Source{slow}, blocklist.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, l := range []*blocklist.Lists{before, lists} {
			if l != nil && r.opens(l.Serial()) != fmt.Sprint(l.Keys()) {
				t.Errorf("after serial %d was compiled, %d is not there", lists.Serial(), l.Serial())
			}
		}
	}
	if lists.Serial() != 6 {
		t.Errorf("serial %d, want 6 snapshots compiled", lists.Serial())
	}
	if got := r.opens(1); !strings.Contains(got, "no such file") {
		t.Errorf("old snapshots: %s, want them removed", got)
	}
}

// TestWhatIsInForceStays although another process has compiled twice since.
func TestWhatIsInForceStays(t *testing.T) {
	folder := t.TempDir()
	ours, other := blocklist.NewStore(folder), blocklist.NewStore(folder)
	update := func(s *blocklist.Store, old *blocklist.Lists, names int) *blocklist.Lists {
		t.Helper()
		lists, _, err := s.Update(t.Context(), old, []blocklist.Source{generated("a", names)}, blocklist.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return lists
	}
	inForce := update(ours, nil, 2000)
	update(other, inForce, 4000)
	update(ours, inForce, 6000)
	again, err := other.OpenSerial(nil, inForce.Serial())
	if err != nil || again.Keys() != inForce.Keys() {
		t.Fatalf("the lists in force: %v, want them still there", err)
	}
	latest, damaged := other.OpenLatestReadOnly()
	if latest.Serial() != 3 || damaged != nil {
		t.Errorf("latest is %d, %v, want 3", latest.Serial(), damaged)
	}
}

func TestReadOnlyChangesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "lists")
	store := blocklist.NewStore(folder)
	if lists, damaged := store.OpenLatestReadOnly(); lists != nil || damaged != nil {
		t.Errorf("%v, %v without a folder, want nothing", lists, damaged)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("reading made the folder")
	}
	for n := range 2 {
		if _, _, err := store.Update(t.Context(), nil, []blocklist.Source{generated("a", 10+n)}, blocklist.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(filepath.Join(folder, "00000002.snap"), 100); err != nil {
		t.Fatal(err)
	}
	before := files(t, folder)
	lists, damaged := store.OpenLatestReadOnly()
	if lists == nil || lists.Serial() != 1 || len(damaged) != 1 {
		t.Errorf("%v, %v, want the lists before the damaged", lists, damaged)
	}
	if after := files(t, folder); !slices.Equal(before, after) {
		t.Errorf("%q became %q", before, after)
	}
}
