package script

import (
	"slices"
	"strings"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/policy"
)

// A want is the expected or actual result of a question. Empty fields of an
// expectation match anything.
type want struct {
	result   string // pass, excepted, local, rewrite or the word for a reply
	category string // of a block: code or alias
	target   string // of a rewrite, canonical
	layer    string
	unit     string
}

// The results that are not replies.
const (
	resultPass     = "pass"
	resultExcepted = "excepted"
	resultLocal    = "local"
	resultRewrite  = "rewrite"
)

// parseWant reads RESULT [by LAYER] [unit ID].
func parseWant(words []string) (w want, problem *wording.Text) {
	fail := func(text wording.Text) (want, *wording.Text) { return want{}, &text }
	w.result, words = words[0], words[1:]
	switch {
	case w.result == resultPass || w.result == resultExcepted || w.result == resultLocal:
	case w.result == resultRewrite:
		if len(words) == 0 {
			return fail(textRewrite)
		}
		target, err := domain.Canonical(words[0])
		if err != nil {
			return fail(textRewrite)
		}
		w.target, words = target, words[1:]
	case !isReply(w.result):
		return fail(textExpect.With(w.result))
	case len(words) > 0 && words[0] != "by" && words[0] != "unit":
		w.category, words = words[0], words[1:]
	}
	for _, part := range []struct {
		word string
		to   *string
	}{{"by", &w.layer}, {"unit", &w.unit}} {
		if len(words) == 0 || words[0] != part.word {
			continue
		}
		if len(words) == 1 {
			return fail(textMissing.With(part.word))
		}
		*part.to, words = words[1], words[2:]
	}
	switch layers := layerNames(); {
	case len(words) > 0:
		return fail(textRest.With(strings.Join(words, " ")))
	case w.layer != "" && !slices.Contains(layers, w.layer):
		return fail(textLayer.With(w.layer, strings.Join(layers, ", ")))
	}
	return w, nil
}

func isReply(word string) bool {
	for r := policy.ReplyNXDOMAIN; r <= policy.ReplyData; r++ {
		if r.String() == word {
			return true
		}
	}
	return false
}

func layerNames() (names []string) {
	for l := policy.LayerLocal; l <= policy.LayerSafeSearch; l++ {
		if !slices.Contains(names, l.String()) { // there are two kinds of locks
			names = append(names, l.String())
		}
	}
	return names
}

// String is the want as a script writes it.
func (w want) String() string {
	words := []string{w.result}
	for _, word := range []string{w.category, w.target} {
		if word != "" {
			words = append(words, word)
		}
	}
	if w.layer != "" {
		words = append(words, "by", w.layer)
	}
	if w.unit != "" {
		words = append(words, "unit", w.unit)
	}
	return strings.Join(words, " ")
}
