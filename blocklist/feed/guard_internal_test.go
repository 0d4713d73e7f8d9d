package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/blocklist/transfer"
	"lachan/internal/wording"
)

// Of the entries for names that are never blocked all are counted, and the first twenty
// are named.
func TestNeverBlockedNamesAreCountedAndTheFirstOnesNamed(t *testing.T) {
	f := func(entries int) {
		t.Helper()
		c := core{is: func(n *domain.Name, _ bool) bool { return true }}
		for i := range entries {
			c.add(&format.Rule{Name: fmt.Sprintf("n%d.example", i)})
			c.add(&format.Rule{Name: fmt.Sprintf("n%d.example", i), Allow: true}) // which blocks nothing
		}
		if c.hits != entries || len(c.names) != min(entries, 20) {
			t.Errorf("of %d entries %d are counted and %d named", entries, c.hits, len(c.names))
		}
	}
	f(0)
	f(1)
	f(20)
	f(25)
}

// What ended a transfer is said in its own words, and can be told from all else.
func TestWhatEndedATransferIsSaid(t *testing.T) {
	said := map[string]string{}
	f := func(what string, met, want error) {
		t.Helper()
		err := explainTransfer(t.Context(), transfer.Zone{Host: "192.0.2.1:53", Name: "rpz.example"}, 1000, met)
		text := asError(err).Text.EN
		if !errors.Is(err, want) || text == "" || said[text] != "" {
			t.Errorf("%s: %v, said as %q (as of %q)", what, err, text, said[text])
		}
		said[text] = what
		if other := textConnect.With("192.0.2.1:53", met).EN; (text == other) != (what == "no connection") {
			t.Errorf("%s is said as %q", what, text)
		}
	}
	f("slowness", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, ErrSlow)
	f("a signature", fmt.Errorf("x: %w", transfer.ErrSignature), transfer.ErrSignature)
	f("a refusal", fmt.Errorf("x: %w", transfer.ErrRefused), transfer.ErrRefused)
	f("an older version", fmt.Errorf("x: %w", transfer.ErrOlder), transfer.ErrOlder)
	f("too much", fmt.Errorf("x: %w", transfer.ErrTooLarge), ErrTooLarge)
	f("something broken", fmt.Errorf("x: %w", transfer.ErrBroken), ErrAnswer)
	f("an end half way", fmt.Errorf("x: %w", io.ErrUnexpectedEOF), ErrTruncated)
	none := errors.New("no route")
	f("no connection", none, none)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(ErrSlow)
	if err := explainTransfer(ctx, transfer.Zone{}, 1000, errors.New("closed")); !errors.Is(err, ErrSlow) {
		t.Errorf("one that is given up: %v", err)
	}
}

// A list that has no entry from the beginning says that nothing is blocked yet; one
// that had some says so no more, unless it is a signed zone.
func TestAListWithoutAnEntry(t *testing.T) {
	f := func(what string, src Source, known, now Copy, want error) {
		t.Helper()
		if err := guard(&src, &known, &now, nil); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	signed := Source{MaxShrink: 1}
	signed.TSIG.Name = "key.example"
	f("nothing yet", Source{MaxShrink: 0.3}, Copy{}, Copy{}, nil)
	f("nothing any more", Source{MaxShrink: 0.3}, Copy{Entries: 1}, Copy{}, ErrNoEntries)
	f("nothing any more, whatever may be lost", Source{MaxShrink: 1}, Copy{Entries: 1}, Copy{}, ErrNoEntries)
	f("a signed zone", signed, Copy{Entries: 1}, Copy{}, nil)
	f("nothing that can be read", Source{MaxShrink: 1}, Copy{}, Copy{Rejected: 1}, ErrNoEntries)
	f("all was withdrawn by word", Source{MaxShrink: 0.3}, Copy{Entries: 1}, Copy{Remarks: Remarks{Withdrawn: 1}}, nil)
	f("some was lost besides", Source{MaxShrink: 0.3}, Copy{Entries: 2}, Copy{Remarks: Remarks{Withdrawn: 1, Lost: []Loss{{Lost: 1, Had: 1}}}}, ErrNoEntries)
}

// What a version has lost is told with the document that ordered it, and without one where
// there is none.
func TestALossIsToldWithItsDocument(t *testing.T) {
	for document, want := range map[string]string{
		"": textLostAlone.With(40, 100, 30.0).EN, "1/QĐ": textLost.With(40, 100, "1/QĐ", 30.0).EN,
	} {
		now := Copy{Entries: 100, Remarks: Remarks{Lost: []Loss{{Document: document, Lost: 40, Had: 100}}}}
		err := guard(&Source{MaxShrink: 0.3}, &Copy{Entries: 100}, &now, nil)
		if !errors.Is(err, ErrShrunk) || asError(err).Text.EN != want {
			t.Errorf("of %q: %v", document, err)
		}
	}
}

// A list that was taken is logged when it has changed, or works again.
func TestWhatWasTakenIsLoggedOnce(t *testing.T) {
	f := func(changed bool, failure wording.Text, want bool) {
		t.Helper()
		var log strings.Builder
		u := &Updater{log: slog.New(slog.NewTextHandler(&log, nil))}
		u.logSuccess(&scheduled{}, &Status{Damaged: "x"}) // nothing has taken its place
		one := &scheduled{Source: Source{Name: "a", URL: "https://lists.example/a"}, failure: failure}
		u.logSuccess(one, &Status{Changed: changed})
		if got := strings.Contains(log.String(), "feed updated"); got != want || one.failure != (wording.Text{}) {
			t.Errorf("changed %v after %v: %q", changed, failure, &log)
		}
		if strings.Contains(log.String(), "damaged") {
			t.Errorf("nothing has taken the place of a damaged file: %q", &log)
		}
		if u.logSuccess(one, &Status{Changed: true, Damaged: "x"}); !strings.Contains(log.String(), "damaged feed file replaced") {
			t.Errorf("what is damaged was replaced, and not told: %q", &log)
		}
	}
	f(false, wording.Text{}, false)
	f(true, wording.Text{}, true)
	f(false, textHTML, true)
	f(true, textHTML, true)
}

// A list that nobody asked the format of is asked for what its address says.
func TestTheFormatThatIsAskedFor(t *testing.T) {
	for url, want := range map[string]format.Format{
		"axfr://192.0.2.1/rpz.example": format.RPZ, "https://lists.example/manifest.json": format.Manifest, "https://lists.example/a": format.Auto,
	} {
		if got := (&Source{URL: url}).askedFormat(); got != want {
			t.Errorf("%s: %s", url, got)
		}
	}
	if got := (&Source{URL: "https://lists.example/a", Format: format.Hosts}).askedFormat(); got != format.Hosts {
		t.Errorf("a list of hosts: %s", got)
	}
	if (&Status{}).OnlyHeld() {
		t.Error("a list that was never asked for is held back")
	}
}

// Where nothing may be lost the first entry is a loss; elsewhere three are, or a whole
// document.
func TestWhatIsALossOfADocument(t *testing.T) {
	f := func(may float64, document string, lost, had int, want bool) {
		t.Helper()
		if is := (&Source{MaxShrink: may}).shrankBy([]Loss{{Document: document, Lost: lost, Had: had}}) != nil; is != want {
			t.Errorf("%d of %d of %q, %v may be lost: a loss %v", lost, had, document, may, is)
		}
	}
	f(0, "1/QĐ", 1, 100, true)
	f(0, "1/QĐ", 0, 100, false)
	f(0.3, "1/QĐ", 2, 4, false)
	f(0.3, "1/QĐ", 3, 4, true)
	f(0.3, "1/QĐ", 3, 100, false)
	f(0.3, "1/QĐ", 1, 1, true)
	f(0.3, "", 1, 1, false)
	f(1, "1/QĐ", 2, 3, false)
}

// What stands beside a list is read as far as its bound, and no further.
func TestTheDigestBesideAListHasABound(t *testing.T) {
	digest := strings.Repeat("ab", 32)
	f := func(size int, read bool) {
		t.Helper()
		text := digest + "  list.txt\n"
		text += strings.Repeat("#", size-len(text))
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, bytes.NewReader([]byte(text))) // one that is cut off fails
		}))
		defer server.Close()
		s, err := Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		src := &Source{Name: "f", URL: server.URL + "/list.txt", SHA256URL: server.URL + "/sum"}
		if err := s.checkSidecar(t.Context(), src, digest); (err == nil) != read {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	f(100, true)
	f(64<<10, true)
	f(64<<10+1, false)
}
