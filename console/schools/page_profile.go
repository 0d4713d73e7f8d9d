package schools

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/frame"
	"lachan/internal/wording"
)

// A profilePage is the page of a profile: which categories it blocks in lessons and outside
// of them.
type profilePage struct {
	Frame      frame.Frame
	Name, Base string // Base is the ready-made one that it begins with, "" for nothing
	BaseName   wording.Text
	Unit       string // that is to have it, "" if none is known
	New, Here  bool   // Here: the console has it
	Seen, Why  string
	Known      []frame.Profile
	Rows       []profileRow
	Reply      []profileChoice
	SafeSearch []profileChoice
	YouTube    []profileChoice
	Kept       int // entries that the form does not have, and keeps
	Preview    *preview
	Both       bool        // somebody else has saved meanwhile
	Theirs     []changeRow // what they have saved, and yours, where they differ
}

// A profileRow is a category, and when a profile blocks it.
type profileRow struct {
	Code string
	Name wording.Text
	held
}

// held is when a category is blocked.
type held struct{ Lessons, Outside bool }

type profileChoice struct {
	Value string
	Name  wording.Text
	Here  bool
}

// ShowProfile is the page of a profile, or of a new one.
func ShowProfile(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	q := v.URL.Query()
	p := profilePage{Name: q.Get("name"), Base: q.Get("base"), Unit: q.Get("unit")}
	written, saved := p.written(s)
	if !saved && ready(s, p.Name) != nil {
		p.Base = p.Name
	}
	return p.draw(s, v, written, http.StatusOK)
}

// ready is a ready-made profile; nil if there is none of the name.
func ready(s *frame.Site, name string) *frame.Profile {
	list := s.Profiles()
	for i := range list {
		if list[i].Name == name && list[i].Ready {
			return &list[i]
		}
	}
	return nil
}

// written is the profile as the console has it; without one, as it begins.
func (p *profilePage) written(s *frame.Site) (w writtenProfile, saved bool) {
	w = writtenProfile{}
	for _, known := range s.Profiles() {
		if known.Name != p.Name || known.Own == nil {
			continue
		}
		if json.Unmarshal(known.Own, &w) == nil {
			p.Here = true
			p.Base = p.baseOf(s, w)
			return w, true
		}
	}
	return w, false
}

// baseOf is the ready-made profile that one begins with.
func (p *profilePage) baseOf(s *frame.Site, w writtenProfile) string {
	base, said := w["extends"].(string)
	switch {
	case said && base != nothing:
		return base
	case !said && ready(s, p.Name) != nil:
		return p.Name
	}
	return ""
}

// nothing is the base of a profile that blocks nothing by itself.
const nothing = "none"

func (p *profilePage) draw(s *frame.Site, v *frame.Visit, w writtenProfile, status int) (frame.Reply, error) {
	if err := mayEdit(v, ""); err != nil {
		return frame.Reply{}, err
	}
	base := ready(s, p.Base)
	if p.Base != "" && base == nil {
		return frame.Reply{}, &admin.Refusal{Kind: admin.FileHome, Text: textBaseInFile.With(p.Base)}
	}
	if base != nil {
		p.BaseName = base.Label
	}
	p.Known = s.Profiles()
	seq := p.seq()
	if p.Seen == "" || p.Both {
		p.Seen = strconv.FormatUint(seq, 10)
	}
	blocks, kept := w.held(s, base)
	p.Kept = kept
	for _, c := range categories(s) {
		p.Rows = append(p.Rows, profileRow{c.Code, c.Name, blocks[c.Code]})
	}
	p.Reply = choices(textOf(w, "reply"), replies)
	p.SafeSearch = choices(textOf(w, "safe_search"), []profileChoice{strictness[0], strictness[1], strictness[3]})
	p.YouTube = choices(textOf(w, "youtube"), strictness)
	p.New = !slices.ContainsFunc(p.Known, func(k frame.Profile) bool { return k.Name == p.Name })
	title := textNewProfile
	if p.Name != "" {
		title = textProfile.With(frame.Line(p.Name))
	}
	p.Frame = v.Frame(title)
	return frame.Reply{Page: "profile", Status: status, Data: p}, nil
}

// seq is the record that set the profile.
func (p *profilePage) seq() uint64 {
	for i := range p.Known {
		if p.Known[i].Name == p.Name {
			return p.Known[i].Seq
		}
	}
	return 0
}

// DecideProfile takes the form: a preview first, then the decision.
func DecideProfile(s *frame.Site, v *frame.Visit) (frame.Reply, error) {
	f := v.PostForm
	p := profilePage{
		Name: strings.TrimSpace(f.Get("name")), Base: f.Get("base"), Unit: f.Get("unit"), Seen: f.Get("seen"), Why: f.Get("why"),
	}
	before, saved := p.written(s)
	if !saved {
		p.Base = f.Get("base")
	}
	do := f.Get("do")
	seen, err := strconv.ParseUint(p.Seen, 10, 64)
	if err != nil || !slices.Contains([]string{"preview", "save", "remove"}, do) {
		return frame.Reply{}, &admin.Refusal{Kind: admin.Invalid, Text: frame.TextForm}
	}
	base := ready(s, p.Base)
	after := before.with(s, base, f)
	if p.Base != p.Name {
		after["extends"] = nothing
		if base != nil {
			after["extends"] = p.Base
		}
	}
	what := admin.SetProfile{Name: p.Name}
	if do != "remove" {
		if what.Profile, err = json.Marshal(after); err != nil {
			return frame.Reply{}, err
		}
	}
	how := admin.How{Why: p.Why, Expect: &seen, Preview: do == "preview"}
	out, err := s.Desk.Decide(v.Context(), v.Who.Actor, what, how)
	var r *admin.Refusal
	switch {
	case errors.As(err, &r) && r.Kind == admin.Conflict && v.May(account.Structure, ""):
		p.Both, p.Theirs = true, before.differ(s, base, after)
		v.Wrong = []frame.Wrong{{Field: "theirs", Text: textProfileMeanwhile}}
		return p.draw(s, v, after, http.StatusConflict)
	case errors.As(err, &r) && r.Kind == admin.Invalid:
		v.Wrong = []frame.Wrong{{Field: "profile-name", Text: r.Text}}
		return p.draw(s, v, after, http.StatusUnprocessableEntity)
	case err != nil:
		return frame.Reply{}, err
	case how.Preview:
		p.Preview = &preview{Rows: before.differ(s, base, after), Effect: v.EffectOf(out.Impact)}
		return p.draw(s, v, after, http.StatusOK)
	}
	to := "/edit/profile?" + url.Values{"name": {p.Name}}.Encode()
	if p.Unit != "" && do == "save" {
		to = "/edit/unit?" + url.Values{"id": {p.Unit}, "profile": {p.Name}}.Encode()
	}
	return frame.Reply{To: frame.SaidAt(to, out)}, nil
}

// differ are the categories and settings in which two profiles of a base differ.
func (w writtenProfile) differ(s *frame.Site, base *frame.Profile, after writtenProfile) (rows []changeRow) {
	was, _ := w.held(s, base)
	is, _ := after.held(s, base)
	for _, c := range categories(s) {
		if was[c.Code] != is[c.Code] {
			rows = append(rows, changeRow{c.Name, was[c.Code].text(), is[c.Code].text()})
		}
	}
	for _, field := range []struct {
		key  string
		name wording.Text
		of   []profileChoice
	}{{"reply", textFieldReply, replies}, {"safe_search", textFieldSafeSearch, strictness}, {"youtube", textFieldYouTube, strictness}} {
		if a, b := textOf(w, field.key), textOf(after, field.key); a != b {
			rows = append(rows, changeRow{field.name, nameIn(field.of, a), nameIn(field.of, b)})
		}
	}
	return rows
}

func (h held) text() wording.Text {
	switch h {
	case held{true, true}:
		return textHeldAlways
	case held{true, false}:
		return textHeldLessons
	case held{false, true}:
		return textHeldOutside
	}
	return textHeldNever
}

// choices are those of a list, with the one that is chosen.
func choices(value string, list []profileChoice) []profileChoice {
	list = slices.Clone(list)
	for i := range list {
		list[i].Here = list[i].Value == value
	}
	return list
}

func nameIn(list []profileChoice, value string) wording.Text {
	for i := range list {
		if list[i].Value == value {
			return list[i].Name
		}
	}
	return wording.Text{VI: frame.Line(value)}
}

// replies are the shapes of blocked answers, strictness how much search engines hide; the
// first of each is as the base has it.
var (
	replies = []profileChoice{
		{Value: "", Name: textAsBase}, {Value: "nxdomain", Name: textReplyNXDomain}, {Value: "page", Name: textReplyPage},
		{Value: "null", Name: textReplyNull}, {Value: "nodata", Name: textReplyNoData}, {Value: "refused", Name: textReplyRefused},
	}
	strictness = []profileChoice{
		{Value: "", Name: textAsBase}, {Value: "strict", Name: textStrict}, {Value: "moderate", Name: textModerate},
		{Value: "off", Name: textOff},
	}
)
