// Package browser reads what a request says of the browser that sends it: as what the
// server is asked, and the cookies by which people show who they are. Pages, the API and
// the server of operators share it.
package browser

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"lachan/admin/account"
)

// The cookies of those who are in, the session and the device that an account was entered
// from, and that of those who come in by a provider. Over TLS their names have the prefix
// that keeps other hosts of the domain from setting them.
const (
	Session = "lachan"
	Login   = "lachan-login" // what a login at a provider was begun with
	device  = "lachan-device"

	LoginKept = 10 * 60 // seconds

	hostPrefix = "__Host-"
	deviceKept = 365 * 24 * 60 * 60 // seconds
)

// Cookie is a cookie of ours, "" if there is none. Over TLS only that with the prefix
// counts.
func Cookie(r *http.Request, name string) string {
	if r.TLS != nil {
		name = hostPrefix + name
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// NewCookie is a cookie of ours that is kept for an age in seconds; 0 is until the browser
// ends, less ends it at once.
func NewCookie(r *http.Request, name, value string, age int) *http.Cookie {
	c := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if r.TLS != nil {
		c.Name, c.Secure = hostPrefix+name, true
	}
	return c
}

// Visit is from where a request comes. There is no address on the control socket.
func Visit(r *http.Request) account.Visit {
	return account.Visit{From: addressOf(r.RemoteAddr), Device: Cookie(r, device)}
}

// Passed are the cookies of somebody who was let in.
func Passed(r *http.Request, p *account.Pass) []*http.Cookie {
	cookies := []*http.Cookie{NewCookie(r, Session, p.Token, 0)}
	if p.Device != "" {
		cookies = append(cookies, NewCookie(r, device, p.Device, deviceKept))
	}
	return cookies
}

// Named reports whether a server is asked as what it is: at the address that the
// connection came to, as localhost, or by one of its names.
func Named(r *http.Request, names []string) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if host == "localhost" || slices.ContainsFunc(names, func(name string) bool {
		return strings.EqualFold(strings.TrimSuffix(name, "."), host)
	}) {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().WithZone("") == LocalOf(r)
}

// LocalOf is the address that the connection of a request came to; not valid if there is
// none.
func LocalOf(r *http.Request) netip.Addr {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local == nil {
		return netip.Addr{}
	}
	return addressOf(local.String())
}

// addressOf is the address of an address and port, plain; not valid if there is none.
func addressOf(text string) netip.Addr {
	a, _ := netip.ParseAddrPort(text)
	return a.Addr().Unmap().WithZone("")
}
