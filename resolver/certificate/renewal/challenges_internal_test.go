package renewal

import (
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"lachan/internal/fault"
	"lachan/internal/testserver"
	"lachan/resolver/certificate"
)

// That challenges cannot be shown is a reason why a certificate is missing, and
// none once it is there.
func TestWhatKeepsChallengesFromTheAuthorityIsTold(t *testing.T) {
	broken := errors.New("the answering process is gone")
	r := New(Order{Dir: t.TempDir()}, func(all certificate.Challenges) error {
		if len(all) > 0 {
			return broken
		}
		return nil
	})
	cert, key, err := testserver.PEM("a.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.challenges.Put(t.Context(), "a.example+token", slices.Concat(key, cert)); !errors.Is(err, broken) {
		t.Error(err)
	}
	if err := r.Err(); err != nil {
		t.Errorf("nothing is missing: %v", err)
	}
	unmet := errors.New("no certificate")
	r.unmet = unmet
	if err := r.Err(); !errors.Is(err, broken) || !errors.Is(err, unmet) {
		t.Error(err)
	}
	if err := r.challenges.Delete(t.Context(), "a.example+token"); err != nil {
		t.Error(err)
	}
	if err := r.Err(); errors.Is(err, broken) {
		t.Error(err)
	}
}

// Challenges are published as they come and go, in no file, and not after the
// end.
func TestChallengesArePublishedAndKeptNowhere(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	var shown certificate.Challenges
	published := 0
	c := &challenges{Cache: autocert.DirCache(dir), publish: func(all certificate.Challenges) error {
		shown, published = all, published+1
		return nil
	}}
	f := func(err error, want ...string) {
		t.Helper()
		if got := slices.Sorted(maps.Keys(shown)); err != nil || !slices.Equal(got, want) {
			t.Errorf("shown are %v, %v; want %v", got, err, want)
		}
		for name, p := range shown {
			if _, err := tls.X509KeyPair(p.Cert, p.Key); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	cert, key, err := testserver.PEM("a.example")
	if err != nil {
		t.Fatal(err)
	}
	both := slices.Concat(key, cert)
	f(c.Put(ctx, "a.example+token", both), "a.example")
	before := shown
	f(c.Put(ctx, "b.example+token", both), "a.example", "b.example")
	if len(before) != 1 {
		t.Error("what was published is written to")
	}
	f(c.Delete(ctx, "a.example+token"), "b.example")
	if c.Put(ctx, "c.example+token", cert) == nil || c.Put(ctx, "c.example+token", key) == nil {
		t.Error("half of a challenge was taken")
	}
	if _, err := c.Get(ctx, "b.example+token"); !errors.Is(err, autocert.ErrCacheMiss) {
		t.Errorf("a challenge was read back: %v", err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("files %v, %v; want none", files, err)
	}
	published = 0
	if err := c.Put(ctx, "a.example", both); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "a.example")); err != nil || string(got) != string(both) {
		t.Errorf("the certificate is not in its file: %v", err)
	}
	c.close()
	if err := c.Delete(ctx, "b.example+token"); err == nil || published > 0 {
		t.Errorf("published %d times after the end, %v", published, err)
	}
}

// autocert asks and is asked on goroutines of its own: a fault of the program there
// is why a certificate is missing, and ends nothing.
func TestAFaultIsWhyACertificateIsMissing(t *testing.T) {
	r := New(Order{Dir: t.TempDir(), Names: []string{"a.example"}, Directory: "https://127.0.0.1:9/dir"},
		func(certificate.Challenges) error { panic("no table of challenges") })
	cert, key, err := testserver.PEM("a.example")
	if err != nil {
		t.Fatal(err)
	}
	var met *fault.Error
	if err := r.challenges.Put(t.Context(), "a.example+token", slices.Concat(key, cert)); !errors.As(err, &met) {
		t.Errorf("a challenge is shown: %v", err)
	}
	broken := observer{roundTripper(func(*http.Request) (*http.Response, error) { panic("no connection") }), r}
	if reply, err := broken.RoundTrip(httptest.NewRequest("GET", "https://a.example/", nil)); reply != nil || !errors.As(err, &met) {
		t.Errorf("the authority is asked: %v", err)
	}
	if err := r.Err(); !errors.As(err, &met) {
		t.Errorf("the reason is not told: %v", err)
	}
	r.manager = nil
	if pause := r.askSafely(); pause < firstPause/2 || !errors.As(r.Err(), &met) {
		t.Errorf("asked again after %s: %v", pause, r.Err())
	}
}

// TestNamesWithoutACertificateAreTold, each with why, and are asked for again soon.
func TestNamesWithoutACertificateAreTold(t *testing.T) {
	r := New(Order{Dir: t.TempDir(), Names: []string{"a.example", "b.example"}, Directory: "https://127.0.0.1:9/dir"},
		func(certificate.Challenges) error { return nil })
	defer r.stop()
	if pause := r.askSafely(); pause < firstPause/2 || pause > 2*firstPause {
		t.Errorf("asked again after %s", pause)
	}
	for _, name := range []string{"a.example", "b.example"} {
		if err := r.Err(); err == nil || !strings.Contains(err.Error(), "get a certificate for "+name+": ") {
			t.Errorf("of %s nothing is told: %v", name, err)
		}
	}
}

// TestWhoHasACertificateBeginsAnew: the next time that one cannot be had, it is asked for
// again soon, however often it was asked for before.
func TestWhoHasACertificateBeginsAnew(t *testing.T) {
	o := Order{Dir: t.TempDir(), Names: []string{"a.example", "b.example"}, Directory: "https://127.0.0.1:9/dir"}
	r := New(o, func(certificate.Challenges) error { return nil })
	defer r.stop()
	cert, key, err := testserver.PEM("b.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.File("b.example"), slices.Concat(key, cert), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func(name string) time.Duration {
		r.order.Names = []string{name}
		return r.askSafely()
	}
	for range 4 {
		ask("a.example")
	}
	if pause := ask("a.example"); pause < 4*firstPause {
		t.Errorf("asked the sixth time after %s", pause)
	}
	if pause := ask("b.example"); pause != checkEvery {
		t.Fatalf("a certificate that is there is looked at after %s", pause)
	}
	if pause := ask("a.example"); pause > 2*firstPause {
		t.Errorf("asked again after %s", pause)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Certificates that are there are used in the order of their names; those that are not yet
// there are left out.
func TestCertificatesThatAreThereAreReady(t *testing.T) {
	o := Order{Names: []string{"b.example", "c.example", "a.example"}, Dir: t.TempDir()}
	if got := o.Ready(); len(got) != 0 {
		t.Errorf("%v", got)
	}
	for _, name := range []string{"a.example", "b.example"} {
		if err := os.WriteFile(o.File(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := o.Ready()
	if len(got) != 2 || got[0].Cert != o.File("b.example") || got[0].Key != got[0].Cert || got[1].Cert != o.File("a.example") {
		t.Errorf("%v", got)
	}
}

// What keeps challenges from being shown is asked for while they are.
func TestWhyIsAskedWhileChallengesAreShown(t *testing.T) {
	r := New(Order{Dir: t.TempDir()}, func(certificate.Challenges) error { return nil })
	broken := errors.New("the answering process is gone")
	r.unmet = errors.New("no certificate for a.example")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			_ = r.published(broken)
		}
	}()
	for range 200 {
		_ = r.Err()
	}
	<-done
	if err := r.published(nil); err != nil {
		t.Error(err)
	}
}
