package source

import (
	"cmp"
	"encoding/json"

	"lachan/internal/yamlfile"
)

// A Row is a unit as a row of a table has it. Rows that are equal mean the same,
// wherever they stand.
type Row struct {
	ID, Parent, Name, Level, Code, Type, Profile string
	Kind                                         Kind `json:",omitempty"`
	Students                                     int
	Networks, Links, LinkTokens, Contact         []string
	RADIUSIDs                                    []string `json:",omitempty"`

	File    string `json:"-"`
	Line    int    `json:"-"`
	Mistake bool   `json:"-"` // what is read of it is not all that it says
}

// Key tells the rows of a table apart, and finds the same unit again in a later
// version of it.
func (r *Row) Key() string {
	if r.Kind == GroupKind {
		return r.Parent + "/" + r.ID
	}
	return r.ID
}

// Text is equal for rows that mean the same.
func (r *Row) Text() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // it has texts and numbers alone
	}
	return string(text)
}

// Unit is the row as policy.yaml would have it.
func (r *Row) Unit() Unit {
	at := func(text string) yamlfile.At[string] { return yamlfile.At[string]{V: text, Line: r.Line} }
	all := func(texts []string) (items []yamlfile.At[string]) {
		for _, text := range texts {
			items = append(items, at(text))
		}
		return items
	}
	return Unit{
		Line: yamlfile.Line(r.Line), File: r.File, ID: r.ID, Parent: at(r.Parent), Name: r.Name,
		Kind: cmp.Or(r.Kind, School), Level: at(r.Level), Code: r.Code, Type: r.Type, Students: r.Students,
		Profile: at(r.Profile), Networks: all(r.Networks), Links: all(r.Links), LinkTokens: all(r.LinkTokens),
		RADIUSIDs: all(r.RADIUSIDs), Contact: all(r.Contact),
	}
}
