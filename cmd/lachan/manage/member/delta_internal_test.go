package member

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/fleet"
)

// TestADeltaOfNoUseIsNone: a list is made of the one before where that is here and the delta is one
// of it; else all of it comes.
func TestADeltaOfNoUseIsNone(t *testing.T) {
	var before strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&before, "%d.example\n", i)
	}
	after := strings.Replace(before.String(), "500.example", "new.example", 1)
	files, served := map[string][]byte{}, []string(nil)
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		digest := filepath.Base(r.URL.Path)
		served = append(served, digest)
		_, _ = w.Write(files[digest])
	}))
	t.Cleanup(hub.Close)
	put := func(text []byte) (digest string, size int64) {
		digest = digestOf(string(text))
		files[digest] = text
		return digest, int64(len(text))
	}
	is := config.Carried{}
	is.Feed.SetDefaults()
	is.Feed.Category = "gambling"
	is.Feed.Name, is.Copy.Digest = "la", digestOf(after)
	head, err := json.Marshal(is)
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Replace(head, []byte(`"Name":"la"`), []byte(`"Name":"lo"`), 1)
	delta := string(fleet.AppendDelta(nil, []byte(before.String()), []byte(after)))
	f := func(what string, head []byte, delta, here string, damage, wantDelta bool) {
		t.Helper()
		dir := t.TempDir()
		copied := filepath.Join(dir, "copy")
		if err := os.WriteFile(copied, []byte(here), 0o600); err != nil {
			t.Fatal(err)
		}
		clear(files)
		l := fleet.List{Digest: digestOf(after), Delta: &fleet.ListDelta{From: digestOf(before.String())}}
		l.SHA256, l.Size = put(packedList(string(head), after))
		if bytes.Equal(head, other) {
			l.SHA256, l.Size = put(packedList(strings.Replace(string(head), `"Name":"lo"`, `"Name":"la"`, 1), after))
		}
		l.Delta.SHA256, l.Delta.Size = put(packedList(string(head), delta))
		if damage {
			files[l.Delta.SHA256][20] ^= 1
		}
		came, taken2 := make(chan struct{}, 1), ""
		tk := &taken{noDelta: map[string]string{}, lists: map[string]had{}, Member: &Member{dir: dir, src: Sources{
			Log: slog.New(slog.DiscardHandler), Digest: func(string) string { return digestOf(here) },
			Text: func(string) (*os.File, error) { return os.Open(copied) },
			TakeList: func(_ context.Context, is config.Carried, _ time.Time, text io.Reader) (bool, error) {
				all, err := io.ReadAll(text)
				if err == nil && digestOf(string(all)) != is.Copy.Digest {
					err = errors.New("another text")
				}
				if err == nil {
					taken2 = string(all)
				}
				return true, err
			},
		}}}
		tk.orders.taken = tk
		tk.files = &fetcher{
			client: hub.Client(), urls: []string{hub.URL + "/"}, failed: map[string]cannotBe{}, more: make(chan struct{}, 1),
			came: func() { ring(came) },
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); tk.files.run(ctx) }()
		served = nil
		for {
			_, err := tk.takeList(ctx, "la", l)
			if err == nil {
				break
			}
			if !errors.Is(err, errComing) {
				t.Fatalf("%s: %v", what, err)
			}
			<-came
		}
		cancel()
		<-ended
		if all := served[len(served)-1] == l.SHA256; taken2 != after || all == wantDelta {
			t.Errorf("%s: %d bytes of %d, all of it: %v", what, len(taken2), len(after), all)
		}
	}
	f("as it should be", head, delta, before.String(), false, true)
	f("another list is here", head, delta, "x.example\n", false, false)
	f("damaged on its way", head, delta, before.String(), true, false)
	f("of another text", head, string(fleet.AppendDelta(nil, []byte("x"), []byte(after)))[2:], before.String(), false, false)
	f("wrong", head, string(fleet.AppendDelta(nil, nil, []byte("x.example\n"))), before.String(), false, false)
	f("of another list", other, delta, before.String(), false, false)
}
