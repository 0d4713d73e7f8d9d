// Package access decides which requests the HTTP server of operators answers:
// by the name that it is asked as, the address and the token of the client, and
// the page that sends a form. What lies behind it are the counts of all schools.
package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"lachan/cmd/lachan/command"
	"lachan/console/browser"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// Rules are who may ask.
type Rules struct {
	// Names are those that the server may be asked as, besides localhost and the
	// address that the request came to. They keep a page that has its own name lead
	// here (DNS rebinding) from reading anything.
	Names []string
	// Allow has the prefixes of clients.
	Allow []netip.Prefix
	// Token is what clients have to show; "" asks for none.
	Token string
	// Account reports whether a request shows a token or a session of an account that may
	// see all units: from any address, in place of all that. Nil: there are no accounts.
	Account func(r *http.Request) bool
	// Own reports whether what a request is for asks by itself who its sender is. Nil:
	// nothing does.
	Own func(r *http.Request) bool
}

// Guard is next behind the rules. /healthz, and /readyz without its details, are
// for anybody who knows the name, as balancers and containers ask them.
func (r *Rules) Guard(next http.Handler) http.Handler {
	return &guard{rules: r, token: sha256.Sum256([]byte(r.Token)), next: http.NewCrossOriginProtection().Handler(next)}
}

type guard struct {
	rules *Rules
	token [sha256.Size]byte // digest of the token, so that comparing takes as long for any
	next  http.Handler
}

// ServeHTTP answers a request, or says why not.
func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	health := isHealth(r)
	switch {
	case !browser.Named(r, g.rules.Names) && (!health || r.Host != ""):
		// HTTP/1.0 has no host, and browsers do not speak it.
		refuse(w, http.StatusMisdirectedRequest, textHost.With(printable.Line(r.Host, 80)))
	case health:
		g.next.ServeHTTP(w, r)
	case shows(r) && (g.own(r) || g.account(r)):
		g.next.ServeHTTP(w, r)
	case !g.allowed(r):
		refuse(w, http.StatusForbidden, textClient.With(addressOf(r.RemoteAddr)))
	case g.own(r):
		g.next.ServeHTTP(w, r)
	case !g.trusted(r):
		w.Header().Set("WWW-Authenticate", `Bearer realm="lachan"`)
		refuse(w, http.StatusUnauthorized, textToken)
	default:
		g.next.ServeHTTP(w, r)
	}
}

func refuse(w http.ResponseWriter, status int, text wording.Text) {
	command.AnswerError(w, status, wording.Error(text))
}

// isHealth reports whether a request asks only whether the server is well.
func isHealth(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	return r.URL.Path == "/healthz" || r.URL.Path == "/readyz" && !r.URL.Query().Has("verbose")
}

// allowed reports whether the client's address is among those that may ask. The
// machine itself may, by whichever address it comes.
func (g *guard) allowed(r *http.Request) bool {
	client := addressOf(r.RemoteAddr)
	return client == browser.LocalOf(r) ||
		slices.ContainsFunc(g.rules.Allow, func(p netip.Prefix) bool { return p.Contains(client) })
}

// shows reports whether a request has what may be of an account: the rest of the rules are
// for those who have nothing.
func shows(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Authorization"), " lachan_") || r.Header.Get("Cookie") != ""
}

func (g *guard) own(r *http.Request) bool { return g.rules.Own != nil && g.rules.Own(r) }

func (g *guard) account(r *http.Request) bool { return g.rules.Account != nil && g.rules.Account(r) }

// trusted reports whether the client shows the token, if one is asked for.
func (g *guard) trusted(r *http.Request) bool {
	if g.rules.Token == "" {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(given[:], g.token[:]) == 1
}

// addressOf is the address of an address and port, plain; not valid if there is
// none.
func addressOf(text string) netip.Addr {
	a, _ := netip.ParseAddrPort(text)
	return a.Addr().Unmap().WithZone("")
}
