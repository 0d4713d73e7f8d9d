package catalogue

import (
	"slices"
	"strings"

	"lachan/internal/wording"
)

// Words are the categories, by code, by what people call them in tables as
// wording.Plain writes it: the code, the alias, the label in either language, or a
// part of a label between commas. "Cờ bạc", "ca cuoc" and "Gambling" are all
// gambling. A word that two categories share is the first one's.
func (c *Catalogue) Words() map[string]string {
	words := map[string]string{}
	for _, k := range c.Categories {
		for _, text := range []string{k.Code, k.Alias, k.Label.VI, k.Label.EN} {
			for _, part := range append(strings.Split(text, ","), text) {
				word := wording.Plain(part, '-')
				if _, taken := words[word]; !taken && word != "" {
					words[word] = k.Code
				}
			}
		}
	}
	return words
}

// Names returns a function that reports whether a text is the name of one of the
// categories and services with the given codes, or of none that is built in.
func (c *Catalogue) Names(codes []string) func(text string) bool {
	words := c.Words()
	code := func(text string) string {
		if strings.HasPrefix(text, "service:") {
			return text
		}
		return words[wording.Plain(text, '-')]
	}
	var allowed []string
	for _, text := range codes {
		allowed = append(allowed, code(text))
	}
	return func(text string) bool {
		named := code(text)
		return named == "" || slices.Contains(allowed, named)
	}
}
