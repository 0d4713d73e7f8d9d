package console

import (
	"net/http"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/internal/wording"
	"lachan/policy"
)

// An explainPage is what the page of one explanation shows.
type explainPage struct {
	Frame          frame
	Name, Unit, At string
	Units          []Named
	Answer         *explainAnswer
}

type explainAnswer struct {
	Name      string
	Blocked   bool
	Result    wording.Text
	Steps     []explainStep
	MayExcept bool
	WhoMay    wording.Text
}

type explainStep struct {
	Layer, Said wording.Text
	Decides     bool
}

// showExplain is the page that says why a name is open or blocked, and opens or closes it.
func showExplain(s *Site, v *visit) (reply, error) {
	q := v.URL.Query()
	p := explainPage{Name: q.Get("name"), Unit: q.Get("unit"), At: q.Get("at")}
	if p.Unit == "" {
		p.Unit = v.who.Unit
	}
	status := http.StatusOK
	if p.Name != "" {
		e, err := s.Explain(v.who.Actor, p.Name, p.Unit, p.At)
		if err != nil {
			v.wrong, status = wrongOf(err, "name"), http.StatusUnprocessableEntity
		} else {
			p.Answer = answerOf(&e)
			if p.Unit == "" && len(e.Units) > 0 {
				p.Unit = e.Units[0]
			}
			offer(s, v, &p)
		}
	}
	p.Units = unitsOf(s, v)
	p.Frame = v.frame(textExplain)
	return reply{page: "explain", status: status, data: p}, nil
}

// offer says whether the visitor may open or close what was explained.
func offer(s *Site, v *visit, p *explainPage) {
	what := admin.Except{Unit: p.Unit, Name: p.Answer.Name, Block: !p.Answer.Blocked}
	_, err := s.Desk.Decide(v.Context(), v.who.Actor, what, admin.How{Preview: true})
	if p.Answer.MayExcept = err == nil; err != nil {
		p.Answer.WhoMay = wording.Of(err)
	}
}

func answerOf(e *policy.Explanation) *explainAnswer {
	a := &explainAnswer{
		Name: e.Name, Blocked: e.Action == policy.Block.String() || e.Action == "refused", Result: wording.Text(e.Result),
	}
	for _, step := range e.Steps {
		a.Steps = append(a.Steps, explainStep{layerText(step.Layer), wording.Text(step.Sentence), step.Decides})
	}
	return a
}

// unitsOf are the first units that a visitor sees, for a field to propose.
func unitsOf(s *Site, v *visit) (list []Named) {
	units, err := s.Desk.Units(v.Context(), v.who.Actor, admin.Filter{}, admin.Page{Limit: mostProposed})
	if err != nil {
		return nil
	}
	for _, u := range units {
		list = append(list, Named{u.ID, u.Name})
	}
	return list
}

// mostProposed bounds the units that a field proposes.
const mostProposed = 50

// may reports whether the visitor has a right over a unit.
func may(s *Site, v *visit, right account.Right, unit string) bool {
	return v.who.Actor.May(right, unit, s.Tree(), v.now)
}
