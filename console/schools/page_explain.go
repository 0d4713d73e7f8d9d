package schools

import (
	"net/http"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
	"lachan/policy"
)

// An explainPage is what the page of one explanation shows.
type explainPage struct {
	Frame          frame.Frame
	Name, Unit, At string
	Units          []frame.Named
	Answer         *explainAnswer
	// Device is what the own device asked, nil if it is not watched; WhyNot is why it cannot be.
	Device *ownDevice
	WhyNot wording.Text
}

// An ownDevice is what the device of the visitor asked, for this session alone.
type ownDevice struct {
	frame.DeviceSeen
	Left wording.Text
	Unit string
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

// ShowExplain is the page that says why a name is open or blocked, and opens or closes it.
func ShowExplain(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	q := v.URL.Query()
	p := explainPage{Name: q.Get("name"), Unit: q.Get("unit"), At: q.Get("at")}
	if p.Unit == "" {
		p.Unit = v.Who.Unit
	}
	status := http.StatusOK
	if p.Name != "" {
		e, err := s.Explain(v.Who.Actor, p.Name, p.Unit, p.At)
		if err != nil {
			v.Wrong, status = frame.WrongOf(err, "name"), http.StatusUnprocessableEntity
		} else if err := seesExplained(s, v, &e); err != nil {
			return frame.Reply{}, err
		} else {
			p.Answer = answerOf(&e)
			if p.Unit == "" && len(e.Units) > 0 {
				p.Unit = e.Units[0]
			}
			offer(s, v, &p)
		}
	}
	p.Units = v.Units()
	p.look(s, v)
	p.Frame = v.Frame(textExplain)
	return frame.Reply{Page: "explain", Status: status, Data: p}, nil
}

// look adds what the own device of the visitor asked, or why that cannot be shown.
func (p *explainPage) look(s *frame.Site, v *frame.Visit) {
	unit, why := s.Device.Why(v.Who.Actor, frame.OriginOf(v))
	p.WhyNot = why
	if seen, on := s.Device.Seen(v.Context(), v.Who.Session); on {
		left := max(0, seen.Until.Sub(v.Now))
		p.Device = &ownDevice{seen, textLeft.With(int(left/time.Minute), int(left/time.Second)%60), unit}
	}
}

// WatchDevice has the own device watched for five minutes, or forgets what it asked.
func WatchDevice(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	switch v.PostForm.Get("do") {
	case "begin":
		if _, err := s.Device.Begin(v.Context(), v.Who.Actor, v.Who.Session, frame.OriginOf(v)); err != nil {
			return frame.Reply{}, err
		}
	case "end":
		s.Device.End(v.Context(), v.Who.Session)
	default:
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	return frame.Reply{To: "/explain#device"}, nil
}

// seesExplained refuses an explanation of a unit that the visitor does not see.
func seesExplained(s *frame.Site, v *frame.Visit, e *policy.Explanation) error {
	unit := ""
	if len(e.Units) > 0 {
		unit = e.Units[0]
	}
	if v.May(account.View, unit) {
		return nil
	}
	_, err := s.Desk.Unit(v.Context(), v.Who.Actor, unit)
	return err
}

// offer says whether the visitor may open or close what was explained.
func offer(s *frame.Site, v *frame.Visit, p *explainPage) {
	what := admin.Except{Unit: p.Unit, Name: p.Answer.Name, Block: !p.Answer.Blocked}
	_, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, admin.How{Preview: true})
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
