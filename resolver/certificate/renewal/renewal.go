// Package renewal asks an authority for certificates by ACME (RFC 8555), on
// autocert of golang.org/x/crypto, and asks again before they end. It puts them
// into files, which a certificate.Watcher reads: a certificate stays until its
// successor is there. No handshake of a client ever waits for an authority.
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

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"lachan/internal/fault"
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

// checkEvery is how often an existing certificate is looked at. Renewing it in
// time is autocert's job, which begins when a third of the life is left.
const checkEvery = time.Minute

// An Order says what is asked for.
type Order struct {
	Names     []string // one certificate each; in lower case
	Email     string   // "" if the authority is told none
	Directory string   // URL of the authority's
	Dir       string   // where certificates, keys and the account are kept; made with mode 0700
}

// File is where the certificate of a name and its key are, in one file.
func (o *Order) File(name string) string { return filepath.Join(o.Dir, name) }

// Ready are the certificates that exist, in the order of the names.
func (o *Order) Ready() (pairs []certificate.PairFiles) {
	for _, name := range o.Names {
		if _, err := os.Stat(o.File(name)); err == nil {
			pairs = append(pairs, certificate.PairFiles{Cert: o.File(name), Key: o.File(name)})
		}
	}
	return pairs
}

// A Renewer asks for what an Order says. Its methods may be called by any number
// of goroutines.
type Renewer struct {
	order      Order
	manager    *autocert.Manager
	challenges *challenges
	wait       backoff.ExponentialBackOff // Run's
	stopped    context.Context            // done when Run is over: no connection outlives it
	stop       context.CancelFunc

	mu          sync.Mutex
	refused     error // mu; why the last request failed
	unmet       error // mu; why a certificate could not be obtained
	unpublished error // mu; why the last challenges are not shown
}

// New makes a renewer, which asks nothing before Run. publish is given all
// challenges that are under way, whenever one begins or ends. It returns after
// the servers show them, since the authority looks at once. It is called by one
// goroutine at a time, and not after Run has returned.
func New(o Order, publish func(certificate.Challenges) error) *Renewer {
	r := &Renewer{order: o, wait: backoff.ExponentialBackOff{
		InitialInterval: firstPause, MaxInterval: longPause, Multiplier: 2,
	}}
	r.challenges = &challenges{Cache: autocert.DirCache(o.Dir), publish: func(all certificate.Challenges) error {
		return r.published(publish(all))
	}}
	r.stopped, r.stop = context.WithCancel(context.Background())
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: r.dial, TLSHandshakeTimeout: 10 * time.Second,
	}
	r.manager = &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      r.challenges,
		HostPolicy: only(o.Names),
		Email:      o.Email,
		Client: &acme.Client{
			DirectoryURL: o.Directory,
			HTTPClient:   &http.Client{Transport: observer{transport, r}, Timeout: 30 * time.Second},
			RetryBackoff: retryAfter,
		},
	}
	return r
}

// only lets certificates be asked for these names and no others. An authority
// that asks for a challenge over HTTP may add a port to the name.
func only(names []string) autocert.HostPolicy {
	listed := autocert.HostWhitelist(names...)
	return func(ctx context.Context, host string) error {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		return listed(ctx, host)
	}
}

// retryAfter gives an authority five tries at a request. autocert makes one that
// fails in the end again only after half an hour.
func retryAfter(n int, _ *http.Request, _ *http.Response) time.Duration {
	if n >= 5 {
		return -1
	}
	return time.Duration(n) * time.Second
}

// dial connects to the authority for as long as Run runs.
func (r *Renewer) dial(ctx context.Context, network, addr string) (conn net.Conn, err error) {
	if err := r.stopped.Err(); err != nil {
		return nil, err
	}
	met := fault.Catch(func() { conn, err = (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, addr) })
	if met != nil {
		return nil, met
	}
	if err == nil {
		context.AfterFunc(r.stopped, func() { _ = conn.Close() }) // its user sees the error
	}
	return conn, err
}

// Run asks for certificates until ctx is done.
func (r *Renewer) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, r.stop)()
	defer r.challenges.close()
	defer r.stop()
	for ctx.Err() == nil {
		pause := time.NewTimer(r.askSafely())
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
}

// askSafely is ask. A fault of the program is a reason like any other why nothing
// was given, and the authority is asked again.
func (r *Renewer) askSafely() (pause time.Duration) {
	met := fault.Catch(func() { pause = r.ask() })
	if met == nil {
		return pause
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unmet = met
	return r.wait.NextBackOff()
}

// ask has missing certificates asked for and returns when to ask again.
func (r *Renewer) ask() time.Duration {
	var errs []error
	for _, name := range r.order.Names {
		if _, err := r.manager.GetCertificate(&tls.ClientHelloInfo{
			ServerName: name, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, // an ECDSA key
		}); err != nil && r.stopped.Err() == nil {
			errs = append(errs, fmt.Errorf("get a certificate for %s: %w", name, err))
		}
	}
	unmet := errors.Join(errs...)
	r.mu.Lock()
	r.unmet = unmet
	r.mu.Unlock()
	if unmet == nil {
		r.wait.Reset()
		return checkEvery
	}
	return r.wait.NextBackOff()
}

// published notes how challenges were published: autocert goes on without a word
// if they were not, and the authority then finds nothing.
func (r *Renewer) published(err error) error {
	if err != nil {
		err = fmt.Errorf("show the challenges: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unpublished = err
	return err
}

// Err is why the authority gave nothing when it was last asked. It is nil if
// nothing is missing. What is in force is not affected.
func (r *Renewer) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unmet != nil {
		return errors.Join(r.unmet, r.unpublished)
	}
	return r.refused
}

// Handler answers challenges over HTTP (RFC 8555 section 8.3) and leaves all
// other requests to next.
func (r *Renewer) Handler(next http.Handler) http.Handler { return r.manager.HTTPHandler(next) }

// An observer notes how requests to the authority end.
type observer struct {
	http.RoundTripper
	of *Renewer
}

// RoundTrip implements http.RoundTripper.
func (o observer) RoundTrip(req *http.Request) (reply *http.Response, err error) {
	if met := fault.Catch(func() { reply, err = o.RoundTripper.RoundTrip(req) }); met != nil {
		reply, err = nil, met
	}
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	switch {
	case o.of.stopped.Err() != nil:
	case err != nil:
		o.of.refused = fmt.Errorf("ask %s: %w", req.URL.Host, err)
	case reply.StatusCode >= http.StatusBadRequest:
		o.of.refused = fmt.Errorf("ask %s: %s", req.URL.Host, reply.Status)
	default:
		o.of.refused = nil
	}
	return reply, err
}
