package source

import (
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// Nearest adds the known name that a person most likely meant to what is said
// of an unknown one.
func Nearest(text wording.Text, name string, known []string) wording.Text {
	near, ok := yamlfile.Nearest(name, known)
	if !ok {
		return text
	}
	hint := textNearest.With(near)
	return wording.Text{VI: text.VI + hint.VI, EN: text.EN + hint.EN}
}
