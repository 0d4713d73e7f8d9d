package blockpage

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"

	"lachan/internal/printable"
	"lachan/internal/wording"
)

// This file makes the page of what was found out about a blocked name.

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

// urgent tells whether a child may be in need. Its page helps first and explains
// after, and nobody is asked to open the name.
func urgent(f Finding) bool { return f.Category == "self-harm" || f.Category == "csam" }

// A style is the look of the page, and what lets a browser take this one only.
type style struct {
	page   *template.Template
	css    template.CSS
	policy string // the header Content-Security-Policy
}

func newStyle() style {
	sum := sha256.Sum256([]byte(styleText))
	return style{
		page: template.Must(template.New("page").Parse(pageText)),
		css:  template.CSS(styleText),
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	}
}

// A view is what the template is filled in with.
type view struct {
	Style   template.CSS
	Title   wording.Text
	Lead    []wording.Text
	Urgent  bool
	Facts   []fact
	Contact []contact
	Form    string // where requests are posted to; "": none is taken
	Words   words
}

// A fact is one line of a table.
type fact struct{ Label, Value wording.Text }

// A contact is a way to reach somebody.
type contact struct {
	URI  template.URL // checked when the policy was read
	Text string
}

// words are what the template says itself.
type words struct{ Call, Line, Contact, Ask, AskWhy, AskHint, AskButton, Hotline wording.Text }

func (s *Site) view(title wording.Text, lead ...wording.Text) view {
	return view{
		Style: s.style.css, Title: title, Lead: lead,
		Words: words{
			textUrgentCall, textUrgentLine, textContact, textAsk,
			textAskWhy, textAskHint, textAskButton, textHotline,
		},
	}
}

// blocked says why a name is blocked; where that is urgent, neither what was
// looked for nor what it is.
func (s *Site) blocked(f Finding) view {
	if urgent(f) {
		v := s.view(textUrgentTitle, textUrgentLead, textUrgentWhy)
		v.Urgent = true
		v.of(f)
		return v
	}
	v := s.view(textTitle, textLead)
	v.add(textName, same(printable.Name(f.Name)))
	v.add(textCategory, f.Label)
	v.add(textReason, f.Reason)
	v.add(textOrder, same(f.Document))
	v.answer(f)
	v.of(f)
	v.Form = askPath
	return v
}

// answer says what came of an earlier request for the same name by the same school.
func (v *view) answer(f Finding) {
	if f.Answered != "" {
		said := textAnsweredBare.With(f.Answered)
		if f.Answer != "" {
			said = textAnswered.With(f.Answered, f.Answer)
		}
		v.add(textAnswer, said)
	}
	if f.Asked {
		v.add(textAsked, textAskedLead)
	}
}

// of says whose visitor it is and whom they can ask.
func (v *view) of(f Finding) {
	v.add(textSchool, same(f.School))
	for _, uri := range f.Contact {
		_, text, _ := strings.Cut(uri, ":")
		v.Contact = append(v.Contact, contact{template.URL(uri), strings.TrimPrefix(text, "//")})
	}
}

func (s *Site) check(f Finding) view {
	v := s.view(textCheck, textCheckLead)
	unit := textCheckUnknown
	if f.Unit != "" {
		unit = same(strings.TrimSpace(f.School + " (" + f.Unit + ")"))
	}
	v.add(textCheckUnit, unit)
	return v
}

// opened says that the device need only ask again.
func (s *Site) opened(f Finding) view {
	v := s.view(textOpened, textOpenedLead)
	v.add(textName, same(printable.Name(f.Name)))
	v.add(textOpenedAt, same(f.At))
	v.add(textAnswer, same(f.Answer))
	v.of(f)
	return v
}

func (s *Site) nothing() view { return s.view(textNothing, textNothingLead) }

func (s *Site) sent(f Finding) view {
	v := s.view(textSent, textSentLead)
	v.add(textName, same(printable.Name(f.Name)))
	v.of(f)
	return v
}

func (s *Site) busy(f Finding) view {
	v := s.view(textBusy, textBusyLead)
	v.of(f)
	return v
}

// same is a name, which is the same in every language.
func same(name string) wording.Text { return wording.Text{VI: name} }

// add adds a line unless there is nothing to say.
func (v *view) add(label, value wording.Text) {
	if value.VI != "" {
		v.Facts = append(v.Facts, fact{label, value})
	}
}

// write sends a view. Browsers, proxies and probes of captive portals all take
// 403 and 404 for what they are: not the page that was asked for, and nothing to
// keep.
func (s *Site) write(w http.ResponseWriter, status int, v view) {
	var page bytes.Buffer
	if err := s.style.page.Execute(&page, v); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", "vi, en")
	h.Set("Content-Length", strconv.Itoa(page.Len()))
	h.Set("Content-Security-Policy", s.style.policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // an error means that the visitor is gone
}

func silent() *log.Logger { return log.New(io.Discard, "", 0) }
