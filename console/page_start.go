package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"lachan/admin"
	"lachan/internal/wording"
)

// The pages after the first account: the school, what is filtered, how devices come here.

type schoolPage struct {
	Frame    frame
	Name     string
	Level    string
	Levels   []Level
	Networks string
}

// A Level is a level of schools.
type Level struct {
	ID   string
	Name wording.Text
}

// askSchool is the page that asks for the school.
func askSchool(s *Site, v *visit) (reply, error) {
	return drawSchool(s, v, schoolPage{Networks: strings.Join(s.Networks(), "\n"), Level: "primary"}, http.StatusOK), nil
}

func drawSchool(s *Site, v *visit, p schoolPage, status int) reply {
	p.Levels = s.Levels()
	p.Frame = v.frame(textSchool)
	return reply{page: "school", status: status, data: p}
}

// A newSchool is a school as policy.yaml has it.
type newSchool struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Level    string   `json:"level"`
	Name     string   `json:"name"`
	Networks []string `json:"networks,omitempty"`
}

// addSchool makes the school.
func addSchool(s *Site, v *visit) (reply, error) {
	f := v.PostForm
	p := schoolPage{Name: strings.TrimSpace(f.Get("name")), Level: f.Get("level"), Networks: f.Get("networks")}
	id := wording.Plain(p.Name, '-')
	if id = id[:min(len(id), mostID)]; id == "" {
		v.wrong = []wrong{{"name", textSchoolName}}
		return drawSchool(s, v, p, http.StatusUnprocessableEntity), nil
	}
	text, err := json.Marshal(newSchool{id, "school", p.Level, p.Name, strings.Fields(strings.ReplaceAll(p.Networks, ",", " "))})
	if err != nil {
		return reply{}, err
	}
	made, to := admin.SetUnit{ID: id, Unit: text}, "/start/filter?unit="+url.QueryEscape(id)
	out, first, err := s.FoundSchool(v.Context(), v.who.Actor, made)
	rep := reply{to: saidAt(to, out)}
	if !first {
		rep, err = s.decide(v, made, admin.How{Why: textFirstSchool.VI}, to)
	}
	if err != nil {
		v.wrong = wrongOf(err, "name")
		return drawSchool(s, v, p, http.StatusUnprocessableEntity), nil
	}
	return rep, nil
}

// mostID is how long the id of a unit may be.
const mostID = 63

type filterPage struct {
	Frame        frame
	Unit         string
	Now, Lessons []blockedLabel
	SafeSearch   bool
}

// showFilter is the page that says what is filtered from now on.
func showFilter(s *Site, v *visit) (reply, error) {
	unit := v.URL.Query().Get("unit")
	if _, err := s.Desk.Unit(v.Context(), v.who.Actor, unit); err != nil {
		return reply{}, err
	}
	h, err := s.Holds(unit)
	if err != nil {
		return reply{}, err
	}
	p := filterPage{
		Unit: unit, Now: labels(&h.Now, h.Locked), Lessons: labels(&h.Lessons, h.Locked), SafeSearch: h.Now.SafeSearch,
	}
	p.Frame = v.frame(textFilter)
	return reply{page: "filter", status: http.StatusOK, data: p}, nil
}

type devicesPage struct {
	Frame     frame
	Unit      string
	Addresses []string
	Seen      bool
}

// showDevices is the page that says how devices come here, and whether one has.
func showDevices(s *Site, v *visit) (reply, error) {
	unit := v.URL.Query().Get("unit")
	if _, err := s.Desk.Unit(v.Context(), v.who.Actor, unit); err != nil {
		return reply{}, err
	}
	p := devicesPage{Unit: unit, Addresses: s.Addresses(), Seen: s.Asked(unit)}
	p.Frame = v.frame(textDevices)
	return reply{page: "devices", status: http.StatusOK, data: p}, nil
}
