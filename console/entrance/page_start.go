package entrance

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"lachan/admin"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// The pages after the first account: the school, what is filtered, how devices come here.

type schoolPage struct {
	Frame    frame.Frame
	Name     string
	Level    string
	Levels   []frame.Level
	Networks string
}

// AskSchool is the page that asks for the school.
func AskSchool(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	return drawSchool(s, v, schoolPage{Networks: strings.Join(s.Networks(), "\n"), Level: "primary"}, http.StatusOK), nil
}

func drawSchool(s *frame.Site, v *frame.Visit, p schoolPage, status int) frame.Reply {
	p.Levels = s.Levels()
	p.Frame = v.Frame(textSchool)
	return frame.Reply{Page: "school", Status: status, Data: p}
}

// A newSchool is a school as policy.yaml has it.
type newSchool struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Level    string   `json:"level"`
	Name     string   `json:"name"`
	Networks []string `json:"networks,omitempty"`
}

// AddSchool makes the school.
func AddSchool(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := schoolPage{Name: strings.TrimSpace(f.Get("name")), Level: f.Get("level"), Networks: f.Get("networks")}
	id := wording.Plain(p.Name, '-')
	if id = id[:min(len(id), mostID)]; id == "" {
		v.Wrong = []frame.Wrong{{Field: "name", Text: textSchoolName}}
		return drawSchool(s, v, p, http.StatusUnprocessableEntity), nil
	}
	text, err := json.Marshal(newSchool{id, "school", p.Level, p.Name, strings.Fields(strings.ReplaceAll(p.Networks, ",", " "))})
	if err != nil {
		return frame.Reply{}, err
	}
	made, to := admin.SetUnit{ID: id, Unit: text}, "/start/filter?unit="+url.QueryEscape(id)
	out, first, err := s.FoundSchool(v.Context(), v.Who.Actor, made)
	rep := frame.Reply{To: frame.SaidAt(to, out)}
	if !first {
		rep, err = s.Decide(v, made, admin.How{Why: textFirstSchool.VI}, to)
	}
	if err != nil {
		v.Wrong = frame.WrongOf(err, "name")
		return drawSchool(s, v, p, http.StatusUnprocessableEntity), nil
	}
	return rep, nil
}

// mostID is how long the id of a unit may be.
const mostID = 63

type filterPage struct {
	Frame        frame.Frame
	Unit         string
	Now, Lessons []frame.BlockedLabel
	SafeSearch   bool
}

// ShowFilter is the page that says what is filtered from now on.
func ShowFilter(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	unit := v.URL.Query().Get("unit")
	if _, err := s.Desk.Unit(v.Context(), v.Who.Actor, unit); err != nil {
		return frame.Reply{}, err
	}
	h, err := s.Holds(unit)
	if err != nil {
		return frame.Reply{}, err
	}
	p := filterPage{
		Unit: unit, Now: frame.Labels(&h.Now, h.Locked), Lessons: frame.Labels(&h.Lessons, h.Locked),
		SafeSearch: h.Now.SafeSearch,
	}
	p.Frame = v.Frame(textFilter)
	return frame.Reply{Page: "filter", Status: http.StatusOK, Data: p}, nil
}

type devicesPage struct {
	Frame     frame.Frame
	Unit      string
	Addresses []string
	Seen      bool
}

// ShowDevices is the page that says how devices come here, and whether one has.
func ShowDevices(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	unit := v.URL.Query().Get("unit")
	if _, err := s.Desk.Unit(v.Context(), v.Who.Actor, unit); err != nil {
		return frame.Reply{}, err
	}
	p := devicesPage{Unit: unit, Addresses: s.Addresses(), Seen: s.Asked(unit)}
	p.Frame = v.Frame(textDevices)
	return frame.Reply{Page: "devices", Status: http.StatusOK, Data: p}, nil
}
