// Package renewal asks an authority for certificates by ACME (RFC 8555), on
// autocert of golang.org/x/crypto, and asks again before they end. It puts them
// into files, from which package certificate takes them up: what was there stays
// until something better is. No handshake of a client ever waits for an
// authority.
package renewal

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"lachan/resolver/certificate"
)

// LetsEncrypt is the directory of Let's Encrypt.
const LetsEncrypt = autocert.DefaultACMEDirectory

// How long after a failure the authority is asked again: twice as long each
// time, since authorities count failures.
const (
	firstPause = 10 * time.Second
	longPause  = time.Hour
)

// look is how often a certificate is looked at that is there. Asking in time is
// autocert's doing, which begins when a third of the life is left.
const look = time.Minute

// An Order says what is asked for.
type Order struct {
	Names     []string // one certificate each; in lower case
	Email     string   // "": none is told
	Directory string   // URL of the authority's
	Dir       string   // where certificates, keys and the account are kept; made with mode 0700
}

// File is where the certificate of a name and its key are, in one file.
func (o *Order) File(name string) string { return filepath.Join(o.Dir, name) }

// Ready are the certificates that there are, in the order of the names.
func (o *Order) Ready() (pairs []certificate.Pair) {
	for _, name := range o.Names {
		if _, err := os.Stat(o.File(name)); err == nil {
			pairs = append(pairs, certificate.Pair{Cert: o.File(name), Key: o.File(name)})
		}
	}
	return pairs
}

// A Renewer asks for what an Order says. Its methods may be called by any number
// of goroutines.
type Renewer struct {
	order   Order
	manager *autocert.Manager
	stopped context.Context // done when Run is over: no connection outlives it
	stop    context.CancelFunc

	mu       sync.Mutex
	refused  error // mu; why the last request was in vain
	unmet    error // mu; why a certificate could not be had
	attempts int   // mu; in vain, one after the other
}

// New makes a renewer that asks nobody yet.
func New(o Order) *Renewer {
	r := &Renewer{order: o}
	r.stopped, r.stop = context.WithCancel(context.Background())
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: r.dial, TLSHandshakeTimeout: 10 * time.Second}
	r.manager = &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(o.Dir),
		HostPolicy: ofNames(o.Names),
		Email:      o.Email,
		Client: &acme.Client{
			DirectoryURL: o.Directory,
			HTTPClient:   &http.Client{Transport: witness{transport, r}, Timeout: 30 * time.Second},
			RetryBackoff: backoff,
		},
	}
	return r
}

// ofNames lets certificates be asked for these names only. An authority that
// asks back over HTTP may name a port with them.
func ofNames(names []string) autocert.HostPolicy {
	listed := autocert.HostWhitelist(names...)
	return func(ctx context.Context, host string) error {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		return listed(ctx, host)
	}
}

// backoff gives an authority five tries at a request: one that fails in the end
// is made again only after half an hour.
func backoff(n int, _ *http.Request, _ *http.Response) time.Duration {
	if n >= 5 {
		return -1
	}
	return time.Duration(n) * time.Second
}

// dial connects to the authority for as long as Run runs.
func (r *Renewer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if err := r.stopped.Err(); err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, addr)
	if err == nil {
		context.AfterFunc(r.stopped, func() { _ = conn.Close() }) // whoever uses it sees the error
	}
	return conn, err
}

// Run asks for certificates until ctx is done.
func (r *Renewer) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, r.stop)()
	defer r.stop()
	for ctx.Err() == nil {
		pause := time.NewTimer(r.ask())
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
}

// ask has what is missing asked for and says when to ask again.
func (r *Renewer) ask() time.Duration {
	var errs []error
	for _, name := range r.order.Names {
		if _, err := r.manager.GetCertificate(&tls.ClientHelloInfo{
			ServerName: name, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, // an ECDSA key
		}); err != nil && r.stopped.Err() == nil {
			errs = append(errs, fmt.Errorf("get a certificate for %s: %w", name, err))
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unmet = errors.Join(errs...); r.unmet == nil {
		r.attempts = 0
		return look
	}
	r.attempts++
	return min(firstPause<<min(r.attempts-1, 10), longPause)
}

// Err is why the authority was last asked in vain; nil when it was not. What is
// in force is none the worse for it.
func (r *Renewer) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unmet != nil {
		return r.unmet
	}
	return r.refused
}

// Config is a configuration of TLS that also proves to the authority whose names
// these are (RFC 8737). inForce may be nil.
func (r *Renewer) Config(inForce *tls.Config) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if inForce != nil {
		c = inForce.Clone()
	}
	c.NextProtos = append(c.NextProtos, acme.ALPNProto)
	c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == acme.ALPNProto {
			return r.manager.GetCertificate(hello)
		}
		return nil, nil // one of those in force
	}
	return c
}

// Handler proves the same over HTTP (RFC 8555 section 8.3) and leaves all else to
// next.
func (r *Renewer) Handler(next http.Handler) http.Handler { return r.manager.HTTPHandler(next) }

// A witness notes what becomes of requests to the authority.
type witness struct {
	http.RoundTripper
	of *Renewer
}

// RoundTrip implements http.RoundTripper.
func (w witness) RoundTrip(req *http.Request) (*http.Response, error) {
	reply, err := w.RoundTripper.RoundTrip(req)
	w.of.mu.Lock()
	defer w.of.mu.Unlock()
	switch {
	case w.of.stopped.Err() != nil:
	case err != nil:
		w.of.refused = fmt.Errorf("ask %s: %w", req.URL.Host, err)
	case reply.StatusCode >= http.StatusBadRequest:
		w.of.refused = fmt.Errorf("ask %s: %s", req.URL.Host, reply.Status)
	default:
		w.of.refused = nil
	}
	return reply, err
}
