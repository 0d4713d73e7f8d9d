package feed_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lachan/blocklist/feed"
)

// The test binary started with this variable is not a test but the program
// that a test kills or starves; the variable holds what it is to do.
const childVariable = "FEED_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "":
		os.Exit(withTrust(m.Run))
	case "update for ever":
		updateForEver(os.Args[1], os.Args[2])
	case "update on a full disk":
		updateOnFullDisk(os.Args[1], os.Args[2], os.Args[3])
	}
}

// withTrust has the process trust the certificate of httptest.
func withTrust(run func() int) int {
	server := httptest.NewTLSServer(nil)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	server.Close()
	dir, err := os.MkdirTemp("", "feed-test-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "ca.pem")
	if err := errors.Join(os.WriteFile(file, cert, 0o600), os.Setenv("SSL_CERT_FILE", file)); err != nil {
		panic(err)
	}
	return run()
}

func child(what string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), childVariable+"="+what)
	c.Stderr = os.Stderr
	return c
}

// updateForEver has two versions of a list take turns.
func updateForEver(dir, list string) {
	s, err := feed.Open(dir)
	for i := 0; err == nil; i++ {
		next := list + ".next"
		err = errors.Join(os.WriteFile(next, []byte(names(2000+i%2)), 0o600), os.Rename(next, list))
		if err == nil {
			_, err = s.Update(context.Background(), fileSource(list))
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKilledAtAnyMomentLeavesTheOldListOrTheNew(t *testing.T) {
	dir, list := t.TempDir(), filepath.Join(t.TempDir(), "list.txt")
	write(t, list, names(2000))
	update(t, open(t, dir), fileSource(list))
	versions := map[string]int{}
	for i := range 30 {
		c := child("update for ever", dir, list)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(10*time.Millisecond + rand.N(60*time.Millisecond))
		c.Process.Kill()
		if err := c.Wait(); err == nil || err.Error() != "signal: killed" {
			t.Fatalf("the program ended by itself: %v", err)
		}

		s := open(t, dir)
		good, ok, _ := s.Good("co-bac")
		if !ok || good.Digest != digest(names(2000)) && good.Digest != digest(names(2001)) {
			t.Fatalf("kill %d: good copy %v %+v", i, ok, good)
		}
		if st := wantStatus(t, s); st.Damaged != "" || st.Copy.Entries != good.Entries {
			t.Fatalf("kill %d: status %+v", i, st)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "co-bac", "*.tmp")); left != nil {
			t.Fatalf("kill %d left %v", i, left)
		}
		versions[good.Digest[:8]]++
	}
	t.Logf("versions found: %v", versions)
}

// updateOnFullDisk says by its exit status what the update came to on a disk
// that takes files of so many bytes at most.
func updateOnFullDisk(dir, list, octets string) {
	signal.Ignore(syscall.SIGXFSZ)
	limit, err := strconv.ParseUint(octets, 10, 64)
	if err != nil {
		panic(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		panic(err)
	}
	s, err := feed.Open(dir)
	if err != nil {
		panic(err)
	}
	st, err := s.Update(context.Background(), fileSource(list))
	if !errors.Is(err, feed.ErrDisk) || !strings.Contains(st.Failure.VI, "dung lượng") {
		fmt.Fprintln(os.Stderr, err, st.Failure)
		os.Exit(1)
	}
}

func TestAFullDiskLeavesTheCopy(t *testing.T) {
	f := func(octets string, noted bool) {
		t.Helper()
		dir, list := t.TempDir(), filepath.Join(t.TempDir(), "list.txt")
		write(t, list, names(100))
		update(t, open(t, dir), fileSource(list))
		write(t, list, names(5000))
		if err := child("update on a full disk", dir, list, octets).Run(); err != nil {
			t.Error(err)
		}
		s := open(t, dir)
		wantGood(t, s, names(100))
		wantFiles(t, dir, "source-", "status.json")
		if st := wantStatus(t, s); (st.Failure.EN != "") != noted {
			t.Errorf("disk for %s octets: failure %+v", octets, st.Failure)
		}
	}
	f("16384", true) // room for the status
	f("100", false)  // for nothing
}
