package publish_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"lachan/blocklist/publish"
)

// The test binary started with this variable is not a test but a publisher
// that a test kills.
const childVariable = "PUBLISH_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	fmt.Fprintln(os.Stderr, publishForEver(os.Args[1], os.Args[2]))
	os.Exit(1)
}

// publishForEver publishes longer and longer lists, then begins again.
func publishForEver(dir, keyFile string) error {
	key, err := publish.ReadKey(keyFile, "")
	f := publish.Feed{Dir: dir, ID: "a05-co-bac", Key: key, Lifetime: week}
	for i := 0; err == nil; i++ {
		_, err = f.Publish(rows(1000 + i%7))
	}
	return err
}

func TestAPublisherKilledAtAnyMomentLeavesAWholeFeed(t *testing.T) {
	f := newFeed(t)
	keyFile := filepath.Join(t.TempDir(), "key")
	if _, err := publish.NewKey(keyFile, ""); err != nil {
		t.Fatal(err)
	}
	var err error
	if f.Key, err = publish.ReadKey(keyFile, ""); err != nil {
		t.Fatal(err)
	}
	put(t, f, rows(1000))
	follows := newNode(t, f)
	for i := range 15 {
		c := exec.Command(os.Args[0], f.Dir, keyFile)
		c.Env, c.Stderr = append(os.Environ(), childVariable+"=1"), os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(10*time.Millisecond + rand.N(60*time.Millisecond))
		c.Process.Kill()
		if err := c.Wait(); err == nil || err.Error() != "signal: killed" {
			t.Fatalf("the publisher ended by itself: %v", err)
		}
		followed, fresh := follows.list(), newNode(t, f).list()
		if n := strings.Count(fresh, "\n") - 1; followed != fresh || fresh != text(rows(n)) || n < 1000 {
			t.Fatalf("kill %d: %d octets followed, %d fresh, %d rows", i, len(followed), len(fresh), n)
		}
	}
	put(t, f, rows(2000))
	follows.wants(rows(2000))
	if left, _ := filepath.Glob(filepath.Join(f.Dir, ".*.tmp")); left != nil {
		t.Errorf("left %v", left)
	}
}

func TestPublishersDoNotMeetInOneDirectory(t *testing.T) {
	f := newFeed(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, err := f.Publish(rows(1000 + i)); err != nil && !errors.Is(err, publish.ErrBusy) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	newNode(t, f).list()
}

// unpack is the content of a file of the feed.
func unpack(t *testing.T, name string) io.Reader {
	t.Helper()
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	content, err := z.DecodeAll(readFile(t, name), nil)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReader(string(content))
}
