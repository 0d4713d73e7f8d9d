package console

import (
	"net/http"
	"net/netip"

	"lachan/admin/account"
)

// The names of cookies. Over TLS they have the prefix that keeps other hosts of the
// domain from setting them.
const (
	sessionCookie = "lachan"
	deviceCookie  = "lachan-device"
	hostPrefix    = "__Host-"
	deviceKept    = 365 * 24 * 60 * 60 // seconds
)

// identify is who comes, by the session that the browser shows.
func (s *Site) identify(v *visit) (who Visitor, known bool) {
	token := v.cookie(sessionCookie)
	if token == "" {
		return who, false
	}
	in, err := s.Door.BySession(v.Context(), token)
	if err != nil {
		return who, false
	}
	who.Actor, who.MustEnroll = in.Actor, in.MustEnroll
	who.Actor.Via = "console"
	who.Place = s.Place(who.Actor)
	return who, true
}

// from is from where somebody comes.
func (v *visit) from() account.Visit {
	from, _ := netip.ParseAddrPort(v.RemoteAddr)
	return account.Visit{From: from.Addr().Unmap().WithZone(""), Device: v.cookie(deviceCookie)}
}

// cookie is a cookie of ours, "" if there is none. Over TLS only that with the prefix
// counts.
func (v *visit) cookie(name string) string {
	if v.TLS != nil {
		name = hostPrefix + name
	}
	c, err := v.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// newCookie is a cookie of ours; of no age it ends with the browser, of less than none at
// once.
func (v *visit) newCookie(name, value string, age int) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if v.TLS != nil {
		c.Name, c.Secure = hostPrefix+name, true
	}
	return c
}

// passed are the cookies of somebody who was let in.
func (v *visit) passed(p *account.Pass) []*http.Cookie {
	cookies := []*http.Cookie{v.newCookie(sessionCookie, p.Token, 0)}
	if p.Device != "" {
		cookies = append(cookies, v.newCookie(deviceCookie, p.Device, deviceKept))
	}
	return cookies
}
