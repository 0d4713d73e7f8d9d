package upstream_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"lachan/resolver/upstream"
)

// Why an upstream is down stands once in the log and in its figures.
func TestWhyAnUpstreamIsDownIsTold(t *testing.T) {
	other, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	valid := time.Now().Add(time.Hour)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	expired := peerTLS(t, configOf(trusted.certificate(t, time.Now().Add(-time.Hour), "127.0.0.1")), answering(t))
	untrusted := peerTLS(t, configOf(other.certificate(t, valid, "127.0.0.1")), answering(t))
	elsewhere := peerTLS(t, configOf(trusted.certificate(t, valid, "other.example")), answering(t))
	pinned := peerTLS(t, configOf(good(t)), answering(t))
	for _, c := range []struct {
		server string
		want   upstream.Reason
	}{
		{"tcp://" + refusing, upstream.ReasonRefused},
		{"tls://" + expired.addr, upstream.ReasonClock},
		{"tls://" + untrusted.addr, upstream.ReasonIdentity},
		{"tls://" + elsewhere.addr, upstream.ReasonIdentity},
		{"tls://" + pinned.addr + "#pin=" + pinOf(good(t)), upstream.ReasonIdentity},
	} {
		var log bytes.Buffer
		g := member(t, c.server)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			g.Run(ctx, slog.New(slog.NewTextHandler(&log, nil)))
		}()
		look := time.NewTicker(time.Millisecond)
		for end := time.Now().Add(10 * time.Second); g.Stats()[0].Up && time.Now().Before(end); {
			<-look.C
		}
		look.Stop()
		cancel()
		<-done
		if got := g.Stats()[0]; got.Up || got.Reason != c.want {
			t.Errorf("%s: up %t, %v, want %v", c.server, got.Up, got.Reason, c.want)
		}
		if n := strings.Count(log.String(), c.want.String()); n != 1 {
			t.Errorf("%s: the reason stands %d times in\n%s", c.server, n, log.String())
		}
	}
}

// What may be a key of a customer is in nothing that is shown, and two servers
// that then look alike are told apart.
func TestNoKeyInTheNameOfAnUpstream(t *testing.T) {
	var servers []upstream.Server
	for _, text := range []string{
		"https://dns.example/4f21c9", "https://dns.example/77aa01", "https://dns.example/dns-query", "https://dns.example/4f21c9",
	} {
		s, err := upstream.ParseServer(text)
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, s)
	}
	var names []string
	for _, m := range (upstream.Bootstrap{}).Open(loops, servers) {
		names = append(names, m.Name())
	}
	got := strings.Join(names, ", ")
	const want = "https://dns.example:443/..., https://dns.example:443/... (2), https://dns.example:443/dns-query, https://dns.example:443/..."
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What a log says of a reason is said in the language of whoever reads a page.
func TestAReasonIsSaidInBothLanguages(t *testing.T) {
	for r := upstream.ReasonTimeout; r <= upstream.ReasonOther; r++ {
		if text := upstream.ReasonText(r.String()); text.EN != r.String() || text.VI == text.EN || text.VI == "" {
			t.Errorf("%q is said as %q, %q", r, text.VI, text.EN)
		}
	}
	if text := upstream.ReasonText("of a later version"); text.VI != "of a later version" || text.EN != text.VI {
		t.Errorf("what nobody knows is said as %q, %q", text.VI, text.EN)
	}
}
