package people

import (
	"errors"
	"net/http"
	"strings"

	"lachan/admin"
	"lachan/console/frame"
)

// A tapForm is what somebody proposes about dnstap.
type tapForm struct{ Until, Why string }

// DecideTap takes the forms by which a collector of dnstap is told something, or nothing any
// more. The first is a proposal; one person is enough for the second.
func DecideTap(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	form := tapForm{Until: strings.TrimSpace(f.Get("until")), Why: strings.TrimSpace(f.Get("why"))}
	var what admin.Decision
	switch f.Get("do") {
	case "propose":
		what = admin.Tap{Until: form.Until, Why: form.Why}
	case "end":
		what = admin.Untap{}
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, admin.How{Why: form.Why})
	var r *admin.Refusal
	if errors.As(err, &r) && (r.Kind == admin.Invalid || r.Kind == admin.Standing) {
		v.Wrong = frame.WrongOf(err, "why")
		return drawProposals(s, v, form, http.StatusUnprocessableEntity)
	} else if err != nil {
		return frame.Reply{}, err
	}
	return frame.Reply{To: frame.SaidAt("/proposals", out)}, nil
}
