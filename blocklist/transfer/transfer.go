// Package transfer fetches zones from their primary: first the SOA record, then the
// changes since the copy that is there (IXFR, RFC 1995) or the whole zone (AXFR,
// RFC 5936), over TCP, signed if there is a key (TSIG, RFC 8945).
//
// A copy is text: the SOA record, then all other records, one a line, sorted by
// bytes, each once. Owners are absolute and in lower case. So the same zone is
// the same text, whichever way it came.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Why a zone did not come. They are wrapped by what Fetch returns; other errors
// are of the network, of w, or of the copy.
var (
	ErrAddress   = errors.New("not an address axfr://server[:port]/zone")
	ErrKey       = errors.New("key cannot be used")
	ErrSignature = errors.New("reply without a valid signature")
	ErrRefused   = errors.New("primary does not give the zone")
	ErrBroken    = errors.New("reply is not a zone transfer")
	ErrOlder     = errors.New("primary has an older serial")
	ErrTooLarge  = errors.New("zone is too large")
)

// errWhole sends Fetch from IXFR to AXFR.
var errWhole = errors.New("changes do not fit the copy")

// A Zone says which zone to fetch from which primary.
type Zone struct {
	Host string // of the primary, a name or an address
	Port string
	Name string // of the zone, absolute and in lower case
}

// Parse reads an address axfr://server[:port]/zone; the port is 53 if there is
// none. It returns ErrAddress.
func Parse(address string) (Zone, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "axfr" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Zone{}, fmt.Errorf("parse %q: %w", address, ErrAddress)
	}
	z := Zone{Host: u.Hostname(), Port: u.Port(), Name: dns.CanonicalName(strings.Trim(u.Path, "/"))}
	if z.Port == "" {
		z.Port = "53"
	}
	if _, ok := dns.IsDomainName(z.Name); !ok || z.Name == "." || strings.ContainsAny(z.Name, "/ ") {
		return Zone{}, fmt.Errorf("parse %q: %w", address, ErrAddress)
	}
	return z, nil
}

// Addr returns the address of the primary; ok is false if it has a host name.
func (z Zone) Addr() (netip.Addr, bool) {
	a, err := netip.ParseAddr(z.Host)
	return a.Unmap(), err == nil
}

// A Client fetches one zone. It holds nothing between two fetches.
type Client struct {
	Zone
	// Key signs what is sent and must have signed what comes; nil for neither.
	Key *Key
	// MaxBytes bounds the text of the zone, and of its changes.
	MaxBytes int64
	// Dial makes the connection.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// An Answer is what Fetch found.
type Answer struct {
	SOA       SOA
	Unchanged bool // the copy has the serial of the primary; nothing was written
	Changes   int  // records that an IXFR removed or added; 0 after an AXFR
}

// Fetch writes the zone to w unless good, a copy that Fetch wrote before, has its
// serial; good may be nil. With an error, ignore what was written.
func (c *Client) Fetch(ctx context.Context, good io.ReadSeeker, w io.Writer) (Answer, error) {
	var known SOA
	if good != nil {
		var err error
		if known, err = readSOA(good, c.Name); err != nil {
			good = nil
		}
	}
	newest, err := c.serial(ctx)
	if err != nil {
		return Answer{}, err
	}
	if good == nil {
		return c.whole(ctx, w)
	}
	switch {
	case newest.Serial == known.Serial:
		return Answer{SOA: known, Unchanged: true}, nil
	case !newer(newest.Serial, known.Serial):
		return Answer{}, fmt.Errorf("%w: %d, the copy has %d", ErrOlder, newest.Serial, known.Serial)
	}
	answer, err := c.changes(ctx, known, good, w)
	if errors.Is(err, errWhole) || errors.Is(err, ErrBroken) || errors.Is(err, ErrRefused) {
		return c.whole(ctx, w)
	}
	return answer, err
}

// serial asks for the SOA record of the primary.
func (c *Client) serial(ctx context.Context) (SOA, error) {
	q := new(dns.Msg).SetQuestion(c.Name, dns.TypeSOA)
	q.RecursionDesired = false
	x, err := c.ask(ctx, q)
	if err != nil {
		return SOA{}, err
	}
	defer x.close()
	m, err := x.next()
	if err != nil {
		return SOA{}, err
	}
	for _, rr := range m.Answer {
		if soa, ok := rr.(*dns.SOA); ok && dns.CanonicalName(soa.Hdr.Name) == c.Name {
			return soaOf(soa), x.end()
		}
	}
	return SOA{}, fmt.Errorf("%w: no SOA record", ErrRefused)
}

// whole writes the zone as an AXFR brings it. All of it is in memory, at most
// MaxBytes, to be sorted.
func (c *Client) whole(ctx context.Context, w io.Writer) (Answer, error) {
	q := new(dns.Msg).SetAxfr(c.Name)
	in, err := c.receive(ctx, q, incoming{zone: c.Name, max: c.MaxBytes})
	if err != nil {
		return Answer{}, err
	}
	return Answer{SOA: soaOf(in.newest)}, in.writeWhole(w)
}

// changes writes good with the changes that an IXFR brings, or the whole zone
// if that is what the primary answers.
func (c *Client) changes(ctx context.Context, known SOA, good io.ReadSeeker, w io.Writer) (Answer, error) {
	q := new(dns.Msg).SetIxfr(c.Name, known.Serial, ".", ".")
	in, err := c.receive(ctx, q, incoming{zone: c.Name, max: c.MaxBytes, from: &known})
	if err != nil {
		return Answer{}, err
	}
	switch {
	case in.newest == nil || !newer(in.newest.Serial, known.Serial):
		return Answer{SOA: known, Unchanged: true}, nil // another server of that name has an older version
	case in.change == nil:
		return Answer{SOA: soaOf(in.newest)}, in.writeWhole(w)
	}
	for _, out := range [2]io.Writer{io.Discard, w} { // the first finds out whether they fit
		if _, err := good.Seek(0, io.SeekStart); err != nil {
			return Answer{}, err
		}
		if err := in.change.apply(good, lineOf(in.newest), &capped{w: out, left: c.MaxBytes}); err != nil {
			return Answer{}, err
		}
	}
	return Answer{SOA: soaOf(in.newest), Changes: in.change.size()}, nil
}

func (c *Client) receive(ctx context.Context, q *dns.Msg, in incoming) (*incoming, error) {
	x, err := c.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	defer x.close()
	return &in, x.each(in.take)
}

// A capped writer returns an error beyond its cap.
type capped struct {
	w    io.Writer
	left int64
}

func (c *capped) Write(p []byte) (int, error) {
	if c.left -= int64(len(p)); c.left < 0 {
		return 0, ErrTooLarge
	}
	return c.w.Write(p)
}

// newer reports whether serial a comes after b (RFC 1982 section 3.2).
func newer(a, b uint32) bool { return int32(a-b) > 0 }

// Seconds is a timer of a SOA record.
type Seconds uint32

// Duration returns the timer as a time.Duration.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// A SOA has what a zone says about its versions (RFC 1035 section 3.3.13).
type SOA struct {
	Serial  uint32  `json:"serial"`
	Refresh Seconds `json:"refresh"` // from a look at the primary to the next
	Retry   Seconds `json:"retry"`   // the same after a failure
	Expire  Seconds `json:"expire"`  // without success, until the copy is too old
}

func soaOf(rr *dns.SOA) SOA {
	return SOA{rr.Serial, Seconds(rr.Refresh), Seconds(rr.Retry), Seconds(rr.Expire)}
}
