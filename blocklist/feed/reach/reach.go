// Package reach is how far a download may lead: a redirect from a public address
// into the networks that this machine is in is refused, or else a publisher, or
// somebody on the way, could have the server ask what only it reaches.
package reach

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"lachan/internal/wording"
)

// A Reach makes the connections of one download. What the operator wrote is asked
// wherever it is. Addresses are judged as they are dialled, as a name may have
// any.
type Reach struct {
	// Dial makes connections in place of net.Dialer, when it is not nil. What it
	// connects to is judged before anything is said.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	mu         sync.Mutex
	public     bool     // mu; a public address was dialled, or a proxy was asked
	redirected bool     // mu
	proxies    []string // mu; addresses of proxies that were asked
}

// Inner is the error of a redirect that leads inside, to an address.
type Inner struct{ To netip.Addr }

// Error says where the redirect leads.
func (e *Inner) Error() string { return fmt.Sprintf("redirect from outside to %s", e.To) }

// inner are networks that are unassigned or the reader's own, besides those
// that package netip knows.
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),      // this network, RFC 791
	netip.MustParsePrefix("100.64.0.0/10"),  // carriers, RFC 6598
	netip.MustParsePrefix("192.0.0.0/24"),   // protocols, RFC 6890
	netip.MustParsePrefix("198.18.0.0/15"),  // benchmarks, RFC 2544
	netip.MustParsePrefix("240.0.0.0/4"),    // reserved, RFC 1112
	netip.MustParsePrefix("64:ff9b:1::/48"), // local translation, RFC 8215
	netip.MustParsePrefix("fec0::/10"),      // sites, RFC 3879
}

// translated are the networks in whose addresses there is one of IPv4, and the
// byte where it begins.
var translated = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, // NAT64, RFC 6052
	{netip.MustParsePrefix("2002::/16"), 2},     // 6to4, RFC 3056
	{netip.MustParsePrefix("::/96"), 12},        // RFC 4291 section 2.5.5.1
}

// Inside reports whether an address leads to this machine or the networks that it is in.
func Inside(a netip.Addr) bool { return isInner(a) }

// isInner reports whether an address leads to this machine or the networks that
// it is in.
func isInner(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast() ||
		slices.ContainsFunc(inner, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return true
	}
	for _, t := range translated {
		if t.prefix.Contains(a) {
			bytes := a.As16()
			return isInner(netip.AddrFrom4([4]byte(bytes[t.at:])))
		}
	}
	return false
}

// errInside is why a list is not fetched from where only this machine and its networks are.
var errInside = wording.Error(wording.Text{
	VI: "địa chỉ này dẫn vào mạng của máy chủ: ở đây chỉ thử danh sách công khai, hoặc của máy đã có trong feeds của lachan.yaml",
	EN: "this address leads into the networks of the server: only public lists are tried here, or those of a server that feeds of lachan.yaml name",
})

// Outside makes connections to public addresses alone, to proxies of the environment, and to
// the servers of some addresses, which the operator has written.
func Outside(written []string) func(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 30 * time.Second}
	known := map[string]bool{}
	add := func(u *url.URL) {
		port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
		known[net.JoinHostPort(u.Hostname(), port)] = true
	}
	for _, address := range written {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			add(u)
		}
	}
	for _, scheme := range []string{"http", "https"} {
		request := &http.Request{URL: &url.URL{Scheme: scheme, Host: "a.example"}}
		if u, err := http.ProxyFromEnvironment(request); err == nil && u != nil {
			add(u)
		}
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil || known[address] {
			return conn, err
		}
		to, err := netip.ParseAddrPort(conn.RemoteAddr().String())
		if err != nil || isInner(to.Addr()) {
			_ = conn.Close() // nothing was said
			return nil, errInside
		}
		return conn, nil
	}
}

// judge is what is wrong with dialling an address and port now; what is no
// address is judged when it is one.
func (r *Reach) judge(address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !isInner(to.Addr()):
		r.public = true
	case r.redirected && r.public:
		return &Inner{to.Addr()}
	}
	return nil
}

// Connect makes a connection to an address that may be dialled.
func (r *Reach) Connect(ctx context.Context, network, address string) (net.Conn, error) {
	judge := r.judge
	if r.isProxy(address) {
		judge = func(string) error { return nil }
	}
	if r.Dial == nil {
		d := net.Dialer{Control: func(_, address string, _ syscall.RawConn) error { return judge(address) }}
		return d.DialContext(ctx, network, address)
	}
	if err := judge(address); err != nil {
		return nil, err
	}
	conn, err := r.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if err := judge(conn.RemoteAddr().String()); err != nil {
		_ = conn.Close() // nothing was said
		return nil, err
	}
	return conn, nil
}

// Proxy is the proxy of the environment for a request, if any. What is behind
// one is as a public address is.
func (r *Reach) Proxy(request *http.Request) (*url.URL, error) {
	u, err := http.ProxyFromEnvironment(request)
	if u != nil {
		port := u.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
		r.mu.Lock()
		r.public = true
		r.proxies = append(r.proxies, net.JoinHostPort(u.Hostname(), port))
		r.mu.Unlock()
	}
	return u, err
}

func (r *Reach) isProxy(address string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.proxies, func(p string) bool { return strings.EqualFold(p, address) })
}

// Redirected has what is dialled from now on judged.
func (r *Reach) Redirected() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.redirected = true
}
