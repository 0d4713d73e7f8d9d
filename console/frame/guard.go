package frame

import (
	"net/http"

	"lachan/console/browser"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// contentPolicy is the policy of every response: what a page may load and do.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets what every response has, those that refuse too.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// A guard keeps out what comes by another name or from another site. A page that has its
// own name lead here (DNS rebinding) is asked as that name; we are a DNS server, and
// pupils can make names.
type guard struct {
	names []string
	cross *http.CrossOriginProtection
}

func newGuard(names []string) guard { return guard{names, http.NewCrossOriginProtection()} }

// refuses says why a request is not answered, and with which status; 0 if it is.
func (g *guard) refuses(r *http.Request) (why wording.Text, status int) {
	switch {
	case !browser.Named(r, g.names):
		return textHost.With(printable.Line(r.Host, 80)), http.StatusMisdirectedRequest
	case g.cross.Check(r) != nil:
		return textCrossSite, http.StatusForbidden
	}
	return why, 0
}
