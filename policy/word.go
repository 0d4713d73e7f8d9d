package policy

import (
	"strings"

	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// categoryWords are the categories by what people who write tables call them:
// the code, the label in either language, or a part of it between commas. "Cờ
// bạc", "ca cuoc" and "Gambling" are all gambling. Of two that share a word the
// first has it.
func categoryWords(c *catalogue.Catalogue, byKey map[string]int) map[string]int {
	words := map[string]int{}
	for _, k := range c.Categories {
		for _, text := range []string{k.Code, k.Alias, k.Label.VI, k.Label.EN} {
			for _, part := range append(strings.Split(text, ","), text) {
				if word := plainWord(part); words[word] == 0 && word != "" {
					words[word] = byKey[k.Code] + 1
				}
			}
		}
	}
	for word := range words {
		words[word]--
	}
	return words
}

// plainWord is what people write as codes are written: of "Cờ bạc" it is
// "co-bac".
func plainWord(text string) string { return wording.Plain(text, '-') }
