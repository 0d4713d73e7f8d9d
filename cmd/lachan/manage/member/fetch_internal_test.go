package member

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lachan/fleet/node"
)

// TestNobodyWaitsForAFile: it is asked for at once whether a file is here; the files come one
// after the other, and why one cannot is told.
func TestNobodyWaitsForAFile(t *testing.T) {
	gate := make(chan struct{})
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-gate
		for _, text := range []string{"one", "two"} {
			if strings.HasSuffix(r.URL.Path, digestOf(text)) {
				_, _ = w.Write([]byte(text))
				return
			}
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(hub.Close)
	came := make(chan struct{}, 1)
	f := &fetcher{
		client: hub.Client(), urls: []string{hub.URL + "/"}, failed: map[string]cannotBe{}, more: make(chan struct{}, 1),
		came: func() { ring(came) },
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); f.run(ctx) }()
	dir := t.TempDir()
	have := func(text string) error {
		name, err := f.have(dir, node.Blob{SHA256: digestOf(text), Size: int64(len(text))})
		if err == nil && !strings.HasSuffix(name, digestOf(text)) {
			t.Errorf("%q is %s", text, name)
		}
		return err
	}
	for _, text := range []string{"one", "gone", "two", "one", "two"} { // nothing has come yet
		if err := have(text); !errors.Is(err, errComing) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := f.have(dir, node.Blob{SHA256: "../x", Size: 1}); err == nil {
		t.Error("a digest that is none names a file")
	}
	close(gate)
	for have("one") != nil || have("two") != nil {
		select {
		case <-came:
		case <-time.After(10 * time.Second):
			t.Fatal("files do not come")
		}
	}
	if err := have("gone"); err == nil || errors.Is(err, errComing) || !strings.Contains(err.Error(), "404") {
		t.Errorf("what the hub does not have: %v", err)
	}
	cancel()
	<-ended
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
