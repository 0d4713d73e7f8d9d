package compile

import (
	"maps"
	"slices"
	"strings"

	"lachan/blocklist"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// addTags numbers the categories and services; see compiled.Tags.
func (t *terms) addTags(custom map[string]source.Category) {
	tags := tagList{&t.tags}
	tags.ByKey, tags.Feeds = map[string]int{}, map[string]compiled.FeedTags{}
	for _, k := range t.facts.Categories {
		tags.addCategory(k.Code, k.Label)
		tags.ByKey[k.Alias] = tags.ByKey[k.Code]
	}
	tags.Words = map[string]int{}
	for word, code := range t.facts.Words() {
		tags.Words[word] = tags.ByKey[code]
	}
	t.addCustom(tags, custom)
	tags.Local = tags.addPseudo(compiled.LocalCode, textLocalCategory)
	tags.DefaultDeny = tags.addPseudo(compiled.DefaultDenyCode, textDefaultDenyCategory)
	tags.Core = tags.add(compiled.CoreCode, textCoreCategory)
	tags.Essential = tags.add(compiled.EssentialCode, textEssentialCategory)
	tags.All[tags.Core].Counts = uint8(tags.Local) // they block nothing
	tags.All[tags.Essential].Counts = uint8(tags.Local)
	tags.Allowing = blocklist.Of(tags.Core)
	tags.AuthorityOrder = tags.ByKey["authority-order"]
	tags.Circumvention, tags.CSAM = tags.ByKey["circumvention"], tags.ByKey["csam"]
	tags.Lookalike, tags.FirstSeen = tags.ByKey["look-alike"], tags.ByKey["first-seen"]
	for _, s := range t.facts.Services {
		tags.addService(&s)
	}
}

// addCustom adds the categories of policy.yaml while there is room for them
// beside the services and pseudo categories.
func (t *terms) addCustom(tags tagList, custom map[string]source.Category) {
	limit := blocklist.SetSize - len(t.facts.Services) - 4
	for _, code := range slices.Sorted(maps.Keys(custom)) {
		text := custom[code]
		bit, known := tags.ByKey[code]
		switch {
		case known:
		case !validCode(code):
			t.fail(t.path, int(text.Line), textCategoryCode.With(code))
			continue
		case len(tags.All) >= limit:
			t.fail(t.path, int(text.Line), textTooManyTags.With(code, blocklist.SetSize))
			continue
		default:
			bit = tags.addCategory(code, wording.Text{VI: code, EN: code})
		}
		tags.relabel(bit, text)
	}
}

// validCode reports whether a new category may have that code: a-z, 0-9 and '-',
// at most 40 characters, and none of the pseudo categories.
func validCode(code string) bool {
	for _, c := range []byte(code) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	pseudo := slices.Contains(
		[]string{compiled.LocalCode, compiled.DefaultDenyCode, compiled.CoreCode, compiled.EssentialCode}, code,
	)
	return 0 < len(code) && len(code) <= 40 && !pseudo
}

// A tagList is tags that are being numbered.
type tagList struct{ *compiled.Tags }

func (t tagList) relabel(bit int, text source.Category) {
	label := &t.All[bit].Label
	if text.VI != "" {
		label.VI = text.VI
	}
	if text.EN != "" {
		label.EN = text.EN
	}
}

// add gives a new tag the next bit. It counts in itself.
func (t tagList) add(code string, label wording.Text) (bit int) {
	bit = len(t.All)
	self := blocklist.Of(bit)
	t.All = append(
		t.All, compiled.Tag{Code: code, Label: label, Counts: uint8(bit), Unblocks: self, UnitUnblocks: self},
	)
	return bit
}

func (t tagList) addCategory(code string, label wording.Text) (bit int) {
	bit = t.addPseudo(code, label)
	t.ByKey[code] = bit
	return bit
}

// addPseudo adds a category that entries cannot name.
func (t tagList) addPseudo(code string, label wording.Text) (bit int) {
	bit = t.add(code, label)
	t.Counted = t.Counted.Or(blocklist.Of(bit))
	return bit
}

func (t tagList) addService(s *catalogue.Service) {
	bit := t.add(compiled.ServicePrefix+s.ID, s.Label)
	t.ByKey[compiled.ServicePrefix+s.ID] = bit
	self := &t.All[bit]
	self.Counts = uint8(t.Local)
	for i, code := range s.Categories {
		category := t.ByKey[code]
		if i == 0 {
			self.Counts = uint8(category)
		}
		self.Unblocks = self.Unblocks.Or(blocklist.Of(category))
		t.All[category].UnitUnblocks = t.All[category].UnitUnblocks.Or(blocklist.Of(bit))
	}
	self.UnitUnblocks = self.Unblocks
}

// code finds a category or service by the code that a file gives.
func (t *terms) code(file string, code yamlfile.At[string]) (bit int, ok bool) {
	bit, ok = t.tags.ByKey[code.V]
	if !ok {
		t.fail(file, code.Line, t.unknownTag(code.V))
	}
	return bit, ok
}

// known is the set of codes of the catalogue, all of which exist.
func (t *terms) known(codes []string) (set Set) {
	for _, code := range codes {
		set = set.Or(blocklist.Of(t.tags.ByKey[code]))
	}
	return set
}

// unknownTag is the message that a category or service does not exist, with the
// one that may be meant.
func (t *terms) unknownTag(code string) wording.Text {
	return t.meant(textUnknownTag.With(code), code)
}

// meant adds to a message the category or service that is likely meant by a text: "Cờ bạc"
// is gambling, "Facebook" is service:facebook, and "gamse" is games.
func (t *terms) meant(text wording.Text, written string) wording.Text {
	keys := map[string]string{} // by what people may call them
	for key := range t.tags.ByKey {
		keys[key], keys[strings.TrimPrefix(key, compiled.ServicePrefix)] = key, key
	}
	for word, code := range t.facts.Words() {
		if _, taken := keys[word]; !taken {
			keys[word] = code
		}
	}
	plain := wording.Plain(strings.TrimPrefix(written, compiled.ServicePrefix), '-')
	key, ok := keys[plain]
	for _, name := range []string{written, plain} {
		if near, is := yamlfile.Nearest(name, slices.Sorted(maps.Keys(keys))); is && !ok {
			key, ok = keys[near], true
		}
	}
	if !ok {
		return text
	}
	return source.Nearest(text, key, []string{key})
}

// needs are the bits of what the service of a bit does not work without; none for
// other bits.
func (t *terms) needs(bit int) (bits []int) {
	id, isService := strings.CutPrefix(t.tags.All[bit].Code, compiled.ServicePrefix)
	at, known := t.facts.Service(id)
	if !isService || !known {
		return nil
	}
	for _, need := range t.facts.Services[at].Needs {
		bits = append(bits, t.tags.ByKey[compiled.ServicePrefix+need])
	}
	return bits
}

// withNeeds is what is allowed, and what that needs.
func (t *terms) withNeeds(allowed Set) Set {
	all := allowed
	for bit := range allowed.Each {
		all = all.Or(blocklist.Of(t.needs(bit)...))
	}
	return all
}
