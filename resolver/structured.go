package resolver

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"

	"lachan/internal/wording"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// Structured errors (draft-ietf-dnsop-structured-dns-error) are extended errors
// of blocks whose text programs can read and show: whom to ask, and why. They are
// for clients that say that they read them.

// A structured error is I-JSON (RFC 7493), as short as can be.
type structured struct {
	Contact       []string `json:"c"`
	Justification string   `json:"j"`
	SubError      int      `json:"s,omitempty"`
	Organization  string   `json:"o,omitempty"`
	Language      string   `json:"l"` // of Justification and Organization
}

// hotline is the national one for the protection of children.
const hotline = "tel:111"

// subErrors are the codes of categories that there is one for, and of the
// network's own policy.
var subErrors = map[string]int{"malware": 1, "phishing": 2}

const subErrorNetworkPolicy = 5

// readsStructure tells whether the client has said that it reads structured
// errors: by an extended error of code 0 without text.
func (q *Query) readsStructure() bool {
	sent, ok := q.Option(dnswire.OptionEDE)
	return ok && len(sent) == 2 && binary.BigEndian.Uint16(sent) == dnswire.EDEOther
}

// structure is the text of a structured error for a block.
func (q *Query) structure(d policy.Decision) string {
	p := q.snapshot.rules.Policy()
	of := p.Group(q.group)
	e := structured{
		Contact:       contacts(of.Contact, p.CategoryCode(d.Category)),
		Justification: justification(d.EDE).With(p.Label(d.Category)).VI,
		SubError:      subError(d, p),
		Organization:  of.Name,
		Language:      "vi",
	}
	if school, ok := p.GroupOf(of.School); ok {
		e.Organization = p.Group(school).Name
	}
	text, err := json.Marshal(e)
	if err != nil {
		return q.snapshot.rules.Text(d)
	}
	return string(text)
}

// contacts are those of a unit by schemes that lead to people, and the hotline:
// first of all where a child may need help.
func contacts(unit []string, category string) (uris []string) {
	for _, uri := range unit {
		if strings.HasPrefix(uri, "mailto:") || strings.HasPrefix(uri, "tel:") {
			uris = append(uris, uri)
		}
	}
	switch {
	case slices.Contains(uris, hotline):
	case category == "self-harm" || category == "csam":
		uris = slices.Insert(uris, 0, hotline)
	default:
		uris = append(uris, hotline)
	}
	return uris
}

func justification(code uint16) wording.Text {
	switch code {
	case dnswire.EDECensored:
		return textStructuredCensored
	case dnswire.EDEFiltered:
		return textStructuredFiltered
	}
	return textStructuredBlocked
}

// subError is what kind of block it is; 0 where there is no code for it, as with
// the order of an authority.
func subError(d policy.Decision, p *policy.Policy) int {
	if d.EDE == dnswire.EDECensored {
		return 0
	}
	code := subErrors[p.CategoryCode(d.Category)]
	if code == 0 && d.EDE == dnswire.EDEBlocked {
		code = subErrorNetworkPolicy
	}
	return code
}
