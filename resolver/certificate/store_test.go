package certificate_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"lachan/internal/testserver"
	"lachan/resolver/certificate"
)

func pair(t *testing.T, names ...string) certificate.Pair {
	t.Helper()
	cert, key, err := testserver.PEM(names...)
	if err != nil {
		t.Fatal(err)
	}
	return certificate.Pair{Cert: cert, Key: key}
}

func store(t *testing.T, s certificate.Secrets) *certificate.Store {
	t.Helper()
	st := &certificate.Store{}
	if err := st.Use(s); err != nil {
		t.Fatal(err)
	}
	return st
}

// shown is the first name of the certificate that a server with the configuration
// shows, and how the handshake ended for the server.
func shown(config *tls.Config, name string, protocols ...string) (certificateFor string, err error) {
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() {
		server := tls.Server(ours, config)
		err := server.Handshake()
		_ = ours.Close() // which ends the client
		served <- err
	}()
	client := tls.Client(theirs, &tls.Config{ServerName: name, InsecureSkipVerify: true, NextProtos: protocols, MaxVersion: tls.VersionTLS12})
	if client.Handshake() == nil {
		certificateFor = client.ConnectionState().PeerCertificates[0].DNSNames[0]
	}
	_ = theirs.Close() // it is over
	if err = <-served; errors.Is(err, io.ErrClosedPipe) || errors.Is(err, io.EOF) {
		err = nil // the client has seen enough
	}
	return certificateFor, err
}

func TestTheCertificateIsTheOneForTheName(t *testing.T) {
	st := store(t, certificate.Secrets{Pairs: []certificate.Pair{pair(t, "a.example"), pair(t, "b.example", "*.b.example")}})
	f := func(name, want string) {
		t.Helper()
		if got, err := shown(st.Config(), name); got != want || err != nil {
			t.Errorf("%s: shown %q, %v; want %q", name, got, err, want)
		}
	}
	f("a.example", "a.example")
	f("B.example", "b.example")
	f("id.b.example", "b.example")
	f("other.example", "a.example")
	f("", "a.example")
}

// One configuration, and each clone of it, acts by what the store has at the
// time.
func TestWhatIsGivenIsInForceWithTheNextHandshake(t *testing.T) {
	st := &certificate.Store{}
	config := st.Config()
	clone := config.Clone()
	f := func(want, wantErr string) {
		t.Helper()
		for _, c := range []*tls.Config{config, clone} {
			got, err := shown(c, "x.example")
			if got != want || (err == nil) != (wantErr == "") || err != nil && !strings.Contains(err.Error(), wantErr) {
				t.Errorf("shown %q, %v; want %q, %q", got, err, want, wantErr)
			}
		}
	}
	use := func(p ...certificate.Pair) {
		t.Helper()
		if err := st.Use(certificate.Secrets{Pairs: p}); err != nil {
			t.Error(err)
		}
	}
	f("", "no certificate is set up")
	use(pair(t, "a.example"))
	f("a.example", "")
	use(pair(t, "b.example"), pair(t, "c.example"))
	f("b.example", "")
	wrong := pair(t, "d.example")
	wrong.Key = pair(t, "d.example").Key
	if st.Use(certificate.Secrets{Pairs: []certificate.Pair{wrong}}) == nil {
		t.Error("a key of another certificate was taken")
	}
	f("b.example", "")
	use()
	f("", "no certificate is set up")
}

func TestAChallengeIsShownToTheAuthorityAlone(t *testing.T) {
	st := store(t, certificate.Secrets{Pairs: []certificate.Pair{pair(t, "a.example")}})
	if err := st.Prove(certificate.Challenges{"A.example": pair(t, "challenge.a.example")}); err != nil {
		t.Fatal(err)
	}
	f := func(name, want string, protocols ...string) {
		t.Helper()
		config := st.ACMEConfig()
		config.NextProtos = append([]string{"dot"}, config.NextProtos...)
		if got, err := shown(config, name, protocols...); got != want || (err == nil) != (want != "") {
			t.Errorf("%s by %v: shown %q, %v; want %q", name, protocols, got, err, want)
		}
	}
	f("a.example", "challenge.a.example", "acme-tls/1")
	f("b.example", "", "acme-tls/1")
	f("a.example", "a.example", "dot")
	f("a.example", "a.example")
	f("a.example", "a.example", "dot", "acme-tls/1")
	if st.Prove(certificate.Challenges{"a.example": {Cert: []byte("no")}}) == nil {
		t.Error("a broken challenge was taken")
	}
	f("a.example", "challenge.a.example", "acme-tls/1")
	if err := st.Prove(nil); err != nil {
		t.Fatal(err)
	}
	f("a.example", "", "acme-tls/1")
}

// Sessions go on when the certificate changes, and end with their keys.
func TestSessionsOutliveACertificateAndNotTheirKeys(t *testing.T) {
	key := func(b byte) certificate.TicketKey { return certificate.TicketKey(bytes.Repeat([]byte{b}, 32)) }
	a, b := pair(t, "a.example"), pair(t, "a.example")
	f := func(before, after certificate.Secrets, want bool) {
		t.Helper()
		st, cache := store(t, before), tls.NewLRUClientSessionCache(4)
		config := st.Config()
		resumes(t, config, cache)
		if err := st.Use(after); err != nil {
			t.Fatal(err)
		}
		if got := resumes(t, config, cache); got != want {
			t.Errorf("resumed: %v, want %v", got, want)
		}
	}
	with := func(p certificate.Pair, keys ...certificate.TicketKey) certificate.Secrets {
		return certificate.Secrets{Pairs: []certificate.Pair{p}, TicketKeys: keys}
	}
	f(with(a), with(b), true)
	f(with(a, key(1)), with(b, key(1)), true)
	f(with(a, key(1)), with(a, key(2), key(1)), true)
	f(with(a, key(1)), with(a, key(2)), false)
	f(with(a), with(a, key(1)), false)
}

func TestAnyNumberMayUseAStoreAtOnce(t *testing.T) {
	st := store(t, certificate.Secrets{Pairs: []certificate.Pair{pair(t, "a.example")}})
	config, pairs := st.ACMEConfig(), []certificate.Pair{pair(t, "a.example"), pair(t, "a.example")}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 20 {
				if err := errors.Join(
					st.Use(certificate.Secrets{Pairs: pairs[i%2:], TicketKeys: make([]certificate.TicketKey, i%2)}),
					st.Prove(certificate.Challenges{"a.example": pairs[i%2]}),
				); err != nil {
					t.Error(err)
				}
				if got, err := shown(config, "a.example"); got != "a.example" || err != nil {
					t.Errorf("shown %q, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

// However secrets are written, nothing of a key is in the text.
func TestKeysAreNotInTexts(t *testing.T) {
	p := pair(t, "a.example")
	key := certificate.TicketKey(bytes.Repeat([]byte("k"), 32))
	s := certificate.Secrets{Pairs: []certificate.Pair{p}, TicketKeys: []certificate.TicketKey{key}}
	c := certificate.Challenges{"a.example": p}
	var out strings.Builder
	for _, v := range []any{p, &p, key, s, &s, c} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	secrets := []string{
		"PRIVATE KEY", string(p.Key[40:60]), fmt.Sprint(p.Key[40:50]), strings.Repeat("k", 8), "107 107 107", "107,107,107", "0x6b, 0x6b",
	}
	for _, secret := range secrets {
		if strings.Contains(out.String(), strings.Trim(secret, "[]")) {
			t.Errorf("%q is in\n%s", secret, out.String())
		}
	}
}

// A client that has spoken to one server resumes its session at another with
// the same ticket keys, and not at one with others.
func TestServersWithTheSameTicketKeysResumeEachOthersSessions(t *testing.T) {
	old, young := strings.Repeat("01", 32), strings.Repeat("02", 32)
	first := open(t, write(t, t.TempDir(), old, "a.example"))
	same := open(t, write(t, t.TempDir(), old, "a.example"))
	rotated := open(t, write(t, t.TempDir(), young+"\n"+old, "a.example"))
	other := open(t, write(t, t.TempDir(), young, "a.example"))
	f := func(second *certificate.Watcher, want bool) {
		t.Helper()
		cache := tls.NewLRUClientSessionCache(4)
		if resumes(t, store(t, first.Secrets()).Config(), cache) {
			t.Error("a first handshake resumed a session")
		}
		if got := resumes(t, store(t, second.Secrets()).Config(), cache); got != want {
			t.Errorf("resumed: %v, want %v", got, want)
		}
	}
	f(same, true)
	f(rotated, true)
	f(other, false)
}

func resumes(t *testing.T, config *tls.Config, cache tls.ClientSessionCache) bool {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	served := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, err = c.Write([]byte("x")) // the ticket comes before it
			c.Close()
		}
		served <- err
	}()
	// The servers have different certificates; which of them is not the question.
	c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{ServerName: "a.example", InsecureSkipVerify: true, ClientSessionCache: cache})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != nil && !strings.Contains(err.Error(), net.ErrClosed.Error()) {
		t.Fatal(err)
	}
	return c.ConnectionState().DidResume
}
