package policy

import (
	"lachan/blocklist/domain"
	"lachan/policy/compiled"
)

// maxText bounds the bytes that Text returns.
const maxText = 120

// reasons is what Text says after the category, by layer.
var reasons = [...]string{
	LayerLocal:      "answered by the resolver itself",
	LayerLock:       "locked by a higher level",
	LayerOwn:        "blocked by the school or an authority above it",
	LayerCore:       "never blocked",
	LayerCanary:     "the filter stays in use on this network",
	LayerProfile:    "not allowed here at this time",
	LayerDefault:    "only listed names are allowed at this time",
	LayerSafeSearch: "safe search",
}

// censored is the reason if an authority ordered the block.
const censored = "blocked by order of an authority"

// makeTexts builds all texts in advance, so that Text does not allocate.
func makeTexts(t *compiled.Tags) [][]string {
	texts := make([][]string, len(reasons)+1)
	for layer := range texts {
		reason := censored
		if layer < len(reasons) {
			reason = reasons[layer]
		}
		texts[layer] = make([]string, t.Core)
		for category := range texts[layer] {
			text := t.All[category].Code + ": " + reason
			texts[layer][category] = text[:min(len(text), maxText)]
		}
	}
	return texts
}

// Text is the extra text of a block's extended error (RFC 8914): the category
// and a short reason, in ASCII, at most 120 bytes. It is "" for
// other decisions. It
// allocates nothing.
func (r *Rules) Text(d Decision) string {
	texts := r.policy.texts
	if d.Action != Block || int(d.Category) >= r.policy.file.Tags.Core {
		return ""
	}
	if d.EDE == domain.EDECensored {
		return texts[len(reasons)][d.Category]
	}
	return texts[d.Layer][d.Category]
}
