package frame

import "lachan/console/browser"

// identify is who comes, by the session that the browser shows.
func (s *Site) identify(v *Visit) (who Visitor, known bool) {
	token := browser.Cookie(v.Request, browser.Session)
	if token == "" {
		return who, false
	}
	in, err := s.Door.BySession(v.Context(), token)
	if err != nil {
		return who, false
	}
	who.Actor, who.MustEnroll = in.Actor, in.MustEnroll
	who.Actor.Via, who.Session = "console", in.Session.ID
	who.Place = s.Place(who.Actor)
	return who, true
}

// OriginOf is where a visit came from.
func OriginOf(v *Visit) Origin {
	o := Origin{Address: browser.Visit(v.Request).From}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		o.Proxied = o.Proxied || v.Header.Get(header) != ""
	}
	return o
}
