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
	who.Actor.Via = "console"
	who.Place = s.Place(who.Actor)
	return who, true
}
