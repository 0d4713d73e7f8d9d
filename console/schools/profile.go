package schools

import (
	"net/url"
	"slices"
	"strings"

	"lachan/console/frame"
)

// A writtenProfile is a profile as policies write it. What the form does not have stays as
// it is.
type writtenProfile map[string]any

// held is when each category is blocked by a profile with a base, and how many entries and
// rules say something else.
func (w writtenProfile) held(s *frame.Site, base *frame.Profile) (blocks map[string]held, others int) {
	blocks = map[string]held{}
	if list, written := w["block"].([]any); base != nil && (!written || len(list) > 0) {
		for _, code := range base.Always {
			blocks[code] = held{true, true}
		}
		for _, code := range base.Lessons {
			blocks[code] = held{Lessons: true}
		}
	}
	known := categoriesOf(s)
	set := func(entries any, change func(*held)) {
		list, _ := entries.([]any)
		for _, e := range list {
			if code, is := e.(string); is && known[code] {
				h := blocks[code]
				change(&h)
				blocks[code] = h
				continue
			}
			others++
		}
	}
	set(w["block"], func(h *held) { *h = held{true, true} })
	set(w["allow"], func(h *held) { *h = held{} })
	rules, _ := w["rules"].([]any)
	for _, one := range rules {
		rule, _ := one.(map[string]any)
		switch rule["during"] {
		case lessons:
			set(rule["block"], func(h *held) { h.Lessons = true })
			set(rule["allow"], func(h *held) { h.Lessons = false })
		case outside:
			set(rule["block"], func(h *held) { h.Outside = true })
			set(rule["allow"], func(h *held) { h.Outside = false })
		default:
			others++
		}
	}
	return blocks, others
}

func categoriesOf(s *frame.Site) map[string]bool {
	codes := map[string]bool{}
	for _, c := range categories(s) {
		codes[c.Code] = true
	}
	return codes
}

// categories are the choices that are no services.
func categories(s *frame.Site) []frame.Choice {
	return slices.DeleteFunc(slices.Clone(s.Choices()), func(c frame.Choice) bool {
		return strings.HasPrefix(c.Code, "service:")
	})
}

// with is the profile as a form has it: whatever it says of categories is said as a
// difference from the base.
func (w writtenProfile) with(s *frame.Site, base *frame.Profile, f url.Values) writtenProfile {
	after, known := writtenProfile{}, categoriesOf(s)
	for key, value := range w {
		after[key] = value
	}
	plain, _ := writtenProfile{}.held(s, base)
	var block, allow, inLessons, outOf []any
	for _, c := range categories(s) {
		is := held{slices.Contains(f["lessons"], c.Code), slices.Contains(f["outside"], c.Code)}
		switch was := plain[c.Code]; {
		case is == was:
			continue
		case is == held{true, true}:
			block = append(block, c.Code)
			continue
		case was != held{}:
			allow = append(allow, c.Code)
		}
		if is.Lessons {
			inLessons = append(inLessons, c.Code)
		}
		if is.Outside {
			outOf = append(outOf, c.Code)
		}
	}
	observed, _ := w["observe"].([]any)
	after.put("observe", slices.DeleteFunc(slices.Clone(observed), func(code any) bool { // not what is blocked now
		text, _ := code.(string)
		return slices.Contains(f["lessons"], text) || slices.Contains(f["outside"], text)
	}))
	after.put("block", append(block, othersIn(w["block"], known)...))
	after.put("allow", append(allow, othersIn(w["allow"], known)...))
	rules, _ := w["rules"].([]any)
	var kept []any
	for _, one := range rules {
		rule, _ := one.(map[string]any)
		if rule["during"] != lessons && rule["during"] != outside {
			kept = append(kept, one)
			continue
		}
		rest := writtenProfile{}
		for key, value := range rule {
			rest[key] = value
		}
		rest.put("block", othersIn(rule["block"], known))
		rest.put("allow", othersIn(rule["allow"], known))
		if len(rest) > 1 { // more than its hours
			kept = append(kept, map[string]any(rest))
		}
	}
	for _, r := range []struct {
		during string
		block  []any
	}{{lessons, inLessons}, {outside, outOf}} {
		if len(r.block) > 0 {
			kept = append(kept, map[string]any{"during": r.during, "block": r.block})
		}
	}
	after.put("rules", kept)
	if base == nil && after["block"] == nil {
		after["block"] = []any{} // it is meant: nothing
	}
	for _, key := range []string{"reply", "safe_search", "youtube"} {
		delete(after, key)
		if f.Get(key) != "" {
			after[key] = f.Get(key)
		}
	}
	return after
}

// put sets a list, which is taken out if it is empty.
func (w writtenProfile) put(key string, list []any) {
	delete(w, key)
	if len(list) > 0 {
		w[key] = list
	}
}

// othersIn are the entries that are no categories.
func othersIn(entries any, known map[string]bool) (list []any) {
	all, _ := entries.([]any)
	for _, e := range all {
		if code, is := e.(string); !is || !known[code] {
			list = append(list, e)
		}
	}
	return list
}
