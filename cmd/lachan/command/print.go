package command

import (
	"encoding/json"
	"io"

	"lachan/internal/wording"
)

// WriteJSON prints v as people and programs read it.
func WriteJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// InBoth is a text of several sentences in a paragraph for each language.
func InBoth(t wording.Text) string { return t.VI + "\n\n" + t.EN }
