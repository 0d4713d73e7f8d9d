package policy

import (
	"cmp"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/printable"
	"lachan/internal/wording"
	"lachan/policy/lookalike"
)

// An Explanation is a decision with every step that led to it. People read
// String; programs read it as JSON.
type Explanation struct {
	Name     string    `json:"name"`
	Type     string    `json:"type"`
	Time     time.Time `json:"time"`
	Units    []string  `json:"units"` // ids, the client's own first; empty for unknown clients
	Profile  string    `json:"profile"`
	Tags     []string  `json:"tags"` // codes of what the name is, most severe first
	Steps    []Step    `json:"steps"`
	Action   string    `json:"action"`
	Reply    string    `json:"reply,omitempty"`    // of block and local
	Rewrite  string    `json:"rewrite,omitempty"`  // the name it is sent to
	Layer    string    `json:"layer"`              // that decided
	Category string    `json:"category,omitempty"` // that a block counts in, or an exception would have
	Excepted bool      `json:"excepted,omitempty"`
	EDE      uint16    `json:"ede,omitempty"` // info code of RFC 8914
	EDEText  string    `json:"ede_text,omitempty"`
	Result   Sentence  `json:"result"`
	Document *Order    `json:"order,omitempty"` // of an authority, if that is the reason for the block

	// Private says what becomes of private addresses in the answer: PrivateAllowed or
	// PrivateRefused; "" if that does not matter.
	Private string `json:"private_addresses,omitempty"`
	// LeadsInside: the answer may have private addresses whatever the settings say, see
	// Decision.MayLeadInside.
	LeadsInside bool `json:"-"`
}

// AnsweredHere makes it the explanation of a name that the server answers itself.
func (e *Explanation) AnsweredHere(why wording.Text) {
	of := Explanation{Name: e.Name, Type: e.Type, Time: e.Time, Units: e.Units, Profile: e.Profile, Tags: e.Tags}
	of.Action, of.Layer, of.Reply = Local.String(), LayerLocal.String(), ReplyOwn.String()
	of.Steps = []Step{{of.Layer, true, Sentence(why)}}
	of.Result = Sentence(explainAnswered.With(replies[ReplyOwn]))
	*e = of
}

// Note adds what else becomes of the question or of its answer.
func (e *Explanation) Note(what string, text wording.Text) {
	e.Steps = append(e.Steps, Step{what, false, Sentence(text)})
}

// What becomes of private addresses in an answer.
const (
	PrivateAllowed = "allowed"
	PrivateRefused = "refused"
)

// A Step is one thing that Explain has looked at.
type Step struct {
	Layer   string `json:"layer"`             // "client", "name", or the name of a Layer
	Decides bool   `json:"decides,omitempty"` // the layer that decided
	Sentence
}

// A Sentence is what was found, in both languages.
type Sentence struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// An Order is a document by which an authority had a name listed.
type Order struct {
	Feed      string `json:"feed"`
	Authority string `json:"authority,omitempty"`
	Document  string `json:"document,omitempty"`
}

// String is the explanation in lines, Vietnamese with the English beside it.
func (e Explanation) String() string { return e.In(wording.Both) }

// In is the explanation in lines, in a language.
func (e Explanation) In(l wording.Language) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, %s\n", e.Name, e.Type, e.Time.Format("2006-01-02 15:04 Mon"))
	for _, s := range e.Steps {
		mark := ' '
		if s.Decides {
			mark = '*'
		}
		fmt.Fprintf(&b, "%c %-11s %s\n", mark, s.Layer, wording.Text(s.Sentence).In(l))
	}
	fmt.Fprintf(&b, "= %s\n", wording.Text(e.Result).In(l))
	return b.String()
}

// Short is what a client may know, a line each: what becomes of the question, the
// layer that decided, the category, and the order of an authority, which is public.
// It has no notes, no documents of a school, no lists and no places in files.
func (e Explanation) Short() []string {
	action := e.Action
	if e.Reply != "" {
		action += " " + e.Reply
	}
	lines := []string{e.Name + " " + e.Type, "action: " + action, "layer: " + e.Layer}
	if e.Category != "" {
		lines = append(lines, "category: "+e.Category)
	}
	if o := e.Document; o != nil && o.Document+o.Authority != "" {
		lines = append(lines, strings.TrimSpace("order: "+o.Document+" "+o.Authority))
	}
	return append(lines, wording.Text(e.Result).In(wording.Both))
}

// Explain is ExplainFor for a client whose address is not known.
func (r *Rules) Explain(g GroupID, name string, qtype uint16) (Explanation, error) {
	return r.ExplainFor(netip.Addr{}, g, name, qtype)
}

// ExplainFor decides as DecideFor does and returns every step in order. It fails only
// if name is not a domain name.
func (r *Rules) ExplainFor(client netip.Addr, g GroupID, name string, qtype uint16) (Explanation, error) {
	n, err := nameOf(name)
	if err != nil {
		return Explanation{}, fmt.Errorf("explain %q: %w", name, err)
	}
	e := explainer{qtype: qtype}
	r.begin(&e.evaluation, g, n, r.classify(client, n, qtype))
	e.judgeNameZones(client, 0, qtype)
	e.judge()
	printable.Every(&e.out, mostShown)
	runtime.KeepAlive(r)
	return e.out, nil
}

// nameOf is a name as people write it.
func nameOf(text string) (*domain.Name, error) {
	canonical, err := domain.Canonical(strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	n := new(domain.Name)
	return n, n.SetText(canonical)
}

// mostShown bounds each text of an explanation, in characters: lists may say much.
const mostShown = 2000

// ExplainRefused explains that a client that no unit claims is not served.
func ExplainRefused(at time.Time, name string, qtype uint16) Explanation {
	return Explanation{
		Name: name, Type: dns.TypeToString[qtype], Time: at, Action: "refused", Layer: "client",
		Steps:  []Step{{"client", true, Sentence(explainUnserved)}},
		Result: Sentence(explainRefused), Reply: ReplyRefused.String(),
	}
}

// An explainer evaluates as Decide does, then describes each layer up to the one
// that decided. Those before it did not apply, so nothing is evaluated twice.
type explainer struct {
	evaluation
	qtype  uint16
	before Decision // the verdict, before safe search
	// likeness is whom the name imitates.
	likeness lookalike.Likeness
	out      Explanation
}

func (e *explainer) judge() {
	asked := e.evaluation
	asked.verdict()
	e.before = asked.out
	asked.safeSearch(e.qtype)
	final := asked.out
	e.likeness = e.policy.catalogue.Lookalikes.Of(e.name)
	var traits Set
	if e.likeness.Brand != nil && e.qtype != dns.TypeANY { // of which nothing is told (RFC 8482)
		traits = blocklist.Of(e.tags().Lookalike)
	}
	if of := DecideTraits(e.rules, GroupID(e.group), final, traits); of.Action != final.Action {
		e.before, final = of, of
	}
	e.set, e.left = e.set.Or(traits), e.left.Or(traits)
	e.out = Explanation{
		Name: e.name.String(), Type: dns.TypeToString[e.qtype], Time: e.rules.time,
		Profile: e.minute.profile.Name,
		Action:  final.Action.String(), Layer: final.Layer.String(),
		Excepted: final.Excepted, EDE: final.EDE, EDEText: e.rules.Text(final), LeadsInside: final.MayLeadInside(),
	}
	for tag := range e.set.Each {
		e.out.Tags = append(e.out.Tags, e.tags().All[tag].Code)
	}
	if final.Category != NoCategory && (final.Action == Block || final.Excepted) {
		e.out.Category = e.policy.CategoryCode(final.Category)
	}
	e.client()
	e.classification()
	for layer := LayerLocal; layer <= e.before.Layer; layer++ {
		e.layerStep(layer)
	}
	e.firstSeen(final)
	e.result(final)
}

// firstSeen says what becomes of the name if nobody has asked for its domain before: that only the
// node knows that answers.
func (e *explainer) firstSeen(final Decision) {
	if e.qtype == dns.TypeANY || final.Action == Block {
		return
	}
	of := DecideTraits(e.rules, GroupID(e.group), final, blocklist.Of(e.tags().FirstSeen))
	switch {
	case of.Action == Block:
		e.step(firstSeenStep, false, explainFirstSeen.With(replies[of.Reply]))
	case e.minute.profile.Observe.Has(e.tags().FirstSeen):
		e.step(firstSeenStep, false, explainFirstObserved)
	}
}

// firstSeenStep is what the step is called.
const firstSeenStep = "first-seen"

// step adds a sentence about a layer; decides marks the layer that decided.
func (e *explainer) step(layer string, decides bool, text wording.Text) {
	e.out.Steps = append(e.out.Steps, Step{layer, decides, Sentence(text)})
}

func (e *explainer) layerStep(layer Layer) {
	decides := layer == e.before.Layer
	name := layer.String()
	switch layer {
	case LayerLocal:
		if decides {
			e.step(name, true, TextLocal)
		}
	case LayerLock:
		// Where no feed is locked, the layer of categories tells of locks.
		if decides || !e.minute.lockedFeeds.Empty() {
			e.locks(layer, e.minute.lockedFeeds, decides)
		}
	case LayerCategoryLock:
		categories := e.minute.locked.Without(e.minute.lockedFeeds)
		if decides || !categories.Empty() || e.minute.lockedFeeds.Empty() {
			e.locks(layer, categories, decides)
		}
	case LayerOwn:
		e.ownEntries()
	case LayerCore:
		text := choose(decides, explainCore, explainNoCore)
		if !decides && e.set.Has(e.tags().Core) {
			text = explainClosedCore
		}
		e.step(name, decides, text)
	case LayerCanary:
		e.step(name, decides, choose(decides, explainCanary, explainNoCanary))
	case LayerProfile:
		e.profileStep(decides)
	case LayerDefault:
		text := choose(e.minute.profile.Deny, explainDeny, explainAllow)
		e.step(name, true, choose(e.minute.profile.Closed, explainClosed, text))
	}
}

func choose(is bool, yes, no wording.Text) wording.Text {
	if is {
		return yes
	}
	return no
}

// result adds what becomes of the question.
func (e *explainer) result(final Decision) {
	if final.Layer == LayerSafeSearch {
		e.step(final.Layer.String(), true, explainSafeSearch.With(
			e.minute.profile.Name, strictness[e.minute.profile.SafeSearch], strictness[e.minute.profile.YouTube]))
	}
	text := explainPass
	label := e.policy.Label(final.Category)
	category := wording.Text{VI: quoted(cmp.Or(label.VI, e.out.Category)), EN: e.out.Category + " (" + label.EN + ")"}
	switch final.Action {
	case Block:
		e.out.Reply = final.Reply.String()
		if final.Rewrite != nil { // a zone leads it elsewhere
			e.out.Rewrite = final.Rewrite.Name.String()
		}
		text = explainBlock.With(category, replies[final.Reply])
	case Local:
		e.out.Reply = final.Reply.String()
		text = explainAnswered.With(replies[final.Reply])
	case Rewrite:
		e.out.Rewrite = final.Rewrite.Name.String()
		text = explainRewrite.With(e.out.Rewrite)
	}
	if final.Excepted {
		text = join(text, explainExcepted.With(category))
	}
	e.out.Result = Sentence(text)
}
