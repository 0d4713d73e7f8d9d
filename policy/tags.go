package policy

import (
	"maps"
	"slices"

	"lachan/blocklist"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/catalogue"
)

// Tags are numbered in this order, and the lowest tag of a block is the one it
// counts in: built-in categories from the most severe down, categories of
// policy.yaml by code, pseudo categories, services, and single feeds where the
// feed itself matters and not only its category.

// servicePrefix is written before the id of a service wherever a category may
// stand too.
const servicePrefix = "service:"

// Codes of the pseudo categories. The first two are counted in; the last marks
// the names that are never blocked.
const (
	localCode       = "local"
	defaultDenyCode = "default-deny"
	coreCode        = "core"
)

// tags knows what each bit of a Set means.
type tags struct {
	all   []tag
	byKey map[string]int // codes and aliases of categories, and "service:ID"
	words map[string]int // see categoryWords

	local, defaultDeny, core int
	authorityOrder           int
	circumvention, csam      int
	counted                  Set // categories and pseudo categories: what a block may count in

	feeds     map[string]feedTags
	zones     []zone // in the order of the configuration
	zoned     Set    // their bits
	single    Set    // feeds with a bit of their own
	authority Set    // feeds that an authority supplies
	excusing  Set    // the never-block list and the feeds whose names are allowed
}

// A tag is the meaning of one bit.
type tag struct {
	code   string // of a feed's: its name
	label  wording.Text
	counts uint8 // the category that a block by this tag counts in
	lifts  Set   // what an allow of it in a profile lifts: of a service its categories too
	frees  Set   // what a unit's own allow of it lifts: of a category its services too
}

// feedTags is what the rules of a feed set.
type feedTags struct {
	category Set  // unless the entry names its own
	own      Set  // the feed's own bit, if it has one
	alone    bool // the own bit is all it sets
}

func newTags(c *catalogue.Catalogue, custom map[string]categoryText) (*tags, yamlfile.Problems) {
	t := &tags{byKey: map[string]int{}, feeds: map[string]feedTags{}}
	for _, k := range c.Categories {
		t.addCategory(k.Code, k.Label)
		t.byKey[k.Alias] = t.byKey[k.Code]
	}
	t.words = categoryWords(c, t.byKey)
	problems := t.addCustom(custom, blocklist.SetSize-len(c.Services)-3)
	t.local = t.addPseudo(localCode, wording.PolicyLocalCategory)
	t.defaultDeny = t.addPseudo(defaultDenyCode, wording.PolicyDefaultDenyCategory)
	t.core = t.add(coreCode, wording.PolicyCoreCategory)
	t.excusing = blocklist.Of(t.core)
	t.authorityOrder = t.byKey["authority-order"]
	t.circumvention, t.csam = t.byKey["circumvention"], t.byKey["csam"]
	for _, s := range c.Services {
		t.addService(&s)
	}
	return t, problems
}

// addCustom takes the categories of policy.yaml in, while tags are below limit.
func (t *tags) addCustom(custom map[string]categoryText, limit int) (problems yamlfile.Problems) {
	for _, code := range slices.Sorted(maps.Keys(custom)) {
		text := custom[code]
		bit, known := t.byKey[code]
		switch {
		case known:
		case !validCode(code):
			problems.Add("", int(text.Line), wording.PolicyCategoryCode.With(code))
			continue
		case len(t.all) >= limit:
			problems.Add("", int(text.Line), wording.PolicyTooManyTags.With(code, blocklist.SetSize))
			continue
		default:
			bit = t.addCategory(code, wording.Text{VI: code, EN: code})
		}
		t.relabel(bit, text)
	}
	return problems
}

// validCode tells whether a new category may be called that: a-z, 0-9 and '-',
// at most 40, and none of the pseudo categories.
func validCode(code string) bool {
	for _, c := range []byte(code) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return 0 < len(code) && len(code) <= 40 && code != localCode && code != defaultDenyCode && code != coreCode
}

func (t *tags) relabel(bit int, text categoryText) {
	label := &t.all[bit].label
	if text.VI != "" {
		label.VI = text.VI
	}
	if text.EN != "" {
		label.EN = text.EN
	}
}

// add gives a new tag the next bit. It counts in itself.
func (t *tags) add(code string, label wording.Text) (bit int) {
	bit = len(t.all)
	self := blocklist.Of(bit)
	t.all = append(t.all, tag{code: code, label: label, counts: uint8(bit), lifts: self, frees: self})
	return bit
}

func (t *tags) addCategory(code string, label wording.Text) (bit int) {
	bit = t.addPseudo(code, label)
	t.byKey[code] = bit
	return bit
}

// addPseudo adds a category that entries cannot name.
func (t *tags) addPseudo(code string, label wording.Text) (bit int) {
	bit = t.add(code, label)
	t.counted = t.counted.Or(blocklist.Of(bit))
	return bit
}

func (t *tags) addService(s *catalogue.Service) {
	bit := t.add(servicePrefix+s.ID, s.Label)
	t.byKey[servicePrefix+s.ID] = bit
	self := &t.all[bit]
	self.counts = uint8(t.local)
	for i, code := range s.Categories {
		category := t.byKey[code]
		if i == 0 {
			self.counts = uint8(category)
		}
		self.lifts = self.lifts.Or(blocklist.Of(category))
		t.all[category].frees = t.all[category].frees.Or(blocklist.Of(bit))
	}
	self.frees = self.lifts
}

// classes is what a name of a category or service is: of a service, its
// categories too.
func (t *tags) classes(key string) (Set, bool) {
	bit, ok := t.byKey[key]
	if !ok {
		return Set{}, false
	}
	return t.all[bit].lifts, true
}

// countsIn is the category in which a block counts that hit tags of what a
// name is: the most severe category hit; or that of the service or feed hit, if
// the name is in it; or the most severe of the name; or else local. A name of the
// abuse of children counts as that whatever hit it: it must be told nowhere.
func (t *tags) countsIn(hit, of Set) uint8 {
	if of.Has(t.csam) {
		return uint8(t.csam)
	}
	if first := hit.And(t.counted).First(); first >= 0 {
		return uint8(first)
	}
	category := uint8(t.local)
	if first := hit.First(); first >= 0 {
		if category = t.all[first].counts; of.Has(int(category)) {
			return category
		}
	}
	if first := of.And(t.counted).First(); first >= 0 {
		return uint8(first)
	}
	return category
}

// lifted is the union of what allowing each tag of s lifts, for a profile.
func (t *tags) lifted(s Set) (all Set) {
	for bit := range s.Each {
		all = all.Or(t.all[bit].lifts)
	}
	return all
}

// freed is the union of what allowing each tag of s lifts, for a unit's own
// entries.
func (t *tags) freed(s Set) (all Set) {
	for bit := range s.Each {
		all = all.Or(t.all[bit].frees)
	}
	return all
}

// Tags are the bits that a rule of a feed sets: those of its category, or of
// the entry's own when category is not "", and the feed's own bit if it is one
// that a lock, a unit or an authority stands behind. A category may also be a
// service ("service:zalo"), which sets the service's categories too. A rule of
// a feed that is not configured sets nothing. An entry's category may be written
// as people say it, see categoryWords. Feeds below "builtin/" always are: their
// entries name what they are, "core" among them.
func (p *Policy) Tags(feed, category string) Set {
	return p.tags.of(feed, category)
}
