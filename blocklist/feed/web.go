package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"

	"lachan/blocklist/feed/reach"
	"lachan/blocklist/transfer"
	signed "lachan/blocklist/version"
)

// Bounds of one download.
const (
	maxRedirects = 5
	// fetchDeadline is for all of it, redirects and body included.
	fetchDeadline = 10 * time.Minute
	// Every leastProgress bytes, and all before the first of them, must come
	// within stallAfter: 546 bytes a second.
	leastProgress = 16 << 10
	stallAfter    = 30 * time.Second
)

// errPacked marks errors of unpacking, as against those of the connection.
var errPacked = errors.New("compressed data damaged")

var errDeadline = fmt.Errorf("%w: not done within %v", ErrSlow, fetchDeadline)
var errStall = fmt.Errorf("%w: fewer than %d bytes in %v", ErrSlow, leastProgress, stallAfter)

// An answer is what came besides the list.
type answer struct {
	unchanged    bool // it is the known one: nothing came
	directory    bool // what came is an archive of lists
	etag         string
	lastModified string
	release      Release        // what its signature says; zero without
	zone         *transfer.SOA  // of a zone
	signed       *signed.Signed // what its signature is of, and that; nil without
}

// A dialer makes connections in place of net.Dialer; nil makes none.
type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// dialer is what makes the connections to the servers of a feed.
func (s *Store) dialer(src *Source) dialer {
	if src.Dial != nil {
		return src.Dial
	}
	return s.Dial
}

// client is made for each download; a feed is asked too seldom to keep
// connections.
func client(dial dialer) *http.Client {
	r := &reach.Reach{Dial: dial}
	return &http.Client{
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			r.Redirected()
			return checkRedirect(next, via)
		},
		Transport: &http.Transport{
			Proxy:              r.Proxy,
			DialContext:        r.Connect,
			DisableKeepAlives:  true,
			DisableCompression: true, // unpack does it, and counts
			ForceAttemptHTTP2:  true,
		},
	}
}

func checkRedirect(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1].URL
	if len(via) > maxRedirects {
		return refuse(textRedirects.With(maxRedirects),
			fmt.Errorf("%w: more than %d", ErrRedirect, maxRedirects))
	}
	if next.URL.Scheme != "https" && (last.Scheme == "https" || next.URL.Scheme != "http") {
		return refuse(textDowngrade.With(last.Host, last.Scheme, next.URL.Scheme),
			fmt.Errorf("%w: %s to %s", ErrRedirect, last.Scheme, next.URL.Scheme))
	}
	next.Header.Del("Referer") // an address may hold a key
	return nil
}

// download writes the list at an http or https address to w, unless it is still
// the known one. The zero Copy knows none.
func (s *Store) download(
	ctx context.Context, dial dialer, address string, known Copy, max int64, w io.Writer,
) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, fetchDeadline, errDeadline)
	defer cancel()
	ctx, stall := context.WithCancelCause(ctx)
	timer := time.AfterFunc(stallAfter, func() { stall(errStall) })
	defer timer.Stop()

	request, err := s.request(ctx, address, known)
	if err != nil {
		return answer{}, err
	}
	response, err := client(dial).Do(request)
	if err != nil {
		return answer{}, explain(ctx, request.URL.Host, max, err)
	}
	defer response.Body.Close()
	got := answer{etag: response.Header.Get("ETag"), lastModified: response.Header.Get("Last-Modified")}
	if response.StatusCode == http.StatusNotModified && known.ETag+known.LastModified != "" {
		return answer{unchanged: true, etag: known.ETag, lastModified: known.LastModified}, nil
	}
	if err := acceptable(response, max); err != nil {
		return answer{}, err
	}
	wire := &pacedReader{r: response.Body, timer: timer}
	if err := unpack(w, wire, response.Header.Get("Content-Encoding"), max); err != nil {
		if wire.err == nil && !errors.Is(err, ErrTooLarge) {
			err = fmt.Errorf("%w: %w", errPacked, err)
		}
		return answer{}, explain(ctx, request.URL.Host, max, err)
	}
	return got, nil
}

func (s *Store) request(ctx context.Context, address string, known Copy) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil || r.URL.Host == "" {
		return nil, refuse(textAddress, ErrAddress)
	}
	r.Header.Set("User-Agent", s.UserAgent)
	r.Header.Set("Accept-Encoding", "zstd, gzip")
	if known.ETag != "" {
		r.Header.Set("If-None-Match", known.ETag)
	}
	if known.LastModified != "" {
		r.Header.Set("If-Modified-Since", known.LastModified)
	}
	return r, nil
}

// acceptable judges an answer by its head.
func acceptable(r *http.Response, max int64) error {
	if r.StatusCode != http.StatusOK {
		return refuse(textHTTPStatus.With(r.Request.URL.Host, r.StatusCode),
			fmt.Errorf("%w: status %d from %s", ErrAnswer, r.StatusCode, r.Request.URL.Host))
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // lists come with all kinds of it
	if kind == "text/html" || kind == "application/xhtml+xml" {
		return refuse(textHTML, fmt.Errorf("%w: a web page (%s)", ErrAnswer, kind))
	}
	if r.ContentLength > max {
		return refuse(textTooLarge.With(max),
			fmt.Errorf("%w: %d bytes announced, at most %d allowed", ErrTooLarge, r.ContentLength, max))
	}
	return nil
}

// A pacedReader puts the timer off each time that enough has come, and keeps
// the error that ended it early.
type pacedReader struct {
	r     io.Reader
	timer *time.Timer
	since int
	err   error
}

func (p *pacedReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if p.since += n; p.since >= leastProgress {
		p.since = 0
		p.timer.Reset(stallAfter)
	}
	if err != io.EOF {
		p.err = err
	}
	return n, err
}

// explain finds out what ended a download. It drops the full address that
// net/http puts into its errors.
func explain(ctx context.Context, host string, max int64, err error) error {
	var known *Error
	var outer *url.Error
	var inner *reach.Inner
	switch cause := context.Cause(ctx); {
	case errors.As(err, &known):
		return known
	case errors.As(err, &inner):
		return refuse(textInner.With(inner.To), fmt.Errorf("%w: %w", ErrRedirect, inner))
	case errors.Is(cause, ErrSlow):
		return refuse(textSlow.With(host), cause)
	case errors.Is(err, ErrTooLarge):
		return refuse(textTooLarge.With(max), err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refuse(textTruncated, ErrTruncated)
	case errors.Is(err, errPacked):
		return refuse(textPacked, fmt.Errorf("%w: %w", ErrAnswer, err))
	case errors.As(err, &outer):
		err = outer.Err
	}
	return refuse(textConnect.With(host, err), fmt.Errorf("fetch from %s: %w", host, err))
}
