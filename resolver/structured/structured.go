// Package structured makes structured errors
// (draft-ietf-dnsop-structured-dns-error): extended errors of blocks whose text
// programs can read and show: whom to ask, and why. They are for clients that say
// that they read them.
package structured

import (
	"encoding/json"
	"slices"
	"strings"

	"lachan/internal/wording"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// A message is I-JSON (RFC 7493), as short as can be.
type message struct {
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

// Text is the text of a structured error for a block that a client of the group
// g gets. It is empty if there is none.
func Text(p *policy.Policy, g policy.GroupID, d policy.Decision) string {
	of := p.Group(g)
	m := message{
		Contact:       contacts(of.Contact, p.CategoryCode(d.Category)),
		Justification: justification(d.EDE).With(p.Label(d.Category)).VI,
		SubError:      subError(d, p),
		Organization:  of.Name,
		Language:      "vi",
	}
	if school, ok := p.GroupOf(of.School); ok {
		m.Organization = p.Group(school).Name
	}
	text, err := json.Marshal(m)
	if err != nil {
		return ""
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
		return textCensored
	case dnswire.EDEFiltered:
		return textFiltered
	}
	return textBlocked
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
