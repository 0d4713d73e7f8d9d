package upstream_test

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
)

func TestHTTPResponsesThatAreNoReply(t *testing.T) {
	f := func(status int, contentType, body string) {
		t.Helper()
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body)) // whoever asked may be gone
		}))
		server.EnableHTTP2 = true
		server.TLS = &tls.Config{Certificates: []tls.Certificate{good(t)}}
		server.StartTLS()
		defer server.Close()
		g := member(t, "https://"+server.Listener.Addr().String())
		_, err := g.Exchange(soon(t), ask(t, "hoc.example.", dns.TypeA), nil)
		if !errors.Is(err, upstream.ErrMalformed) && !errors.Is(err, upstream.ErrMismatch) {
			t.Errorf("%d %s: %v", status, contentType, err)
		}
	}
	const message = "application/dns-message"
	f(http.StatusOK, "text/html", "<p>hello")
	f(http.StatusOK, message, "<p>hello")
	f(http.StatusOK, message, "")
	f(http.StatusOK, message, strings.Repeat("x", 70000))
	f(http.StatusTemporaryRedirect, message, "")
	f(http.StatusServiceUnavailable, message, "")
	f(http.StatusNotFound, "text/plain", "404")
}
