package manage

import (
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/admin"
	"lachan/admin/request"
	"lachan/blocklist/domain"
	"lachan/cmd/lachan/source"
	"lachan/console/blockpage"
	"lachan/internal/wording"
	"lachan/policy"
)

// visitors are those of the block page.
type visitors struct {
	*shared
	requests *request.Store
	view     func() *view
}

// find is what the block page tells a visitor about a host: what `lachan
// explain` finds, if the reply to the question leads to the page.
func (vs *visitors) find(host string, visitor netip.Addr) blockpage.Finding {
	v := vs.view()
	group, known := v.groupOf(visitor)
	if !known && !source.ServesUnknown(v.cfg, v.rules.Policy(), visitor) {
		return blockpage.Finding{}
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	name, err := domain.Canonical(host)
	if err != nil {
		return blockpage.Finding{}
	}
	p := v.rules.Policy()
	f := blockpage.Finding{Name: name}
	f.Unit, f.School = policy.UnitOf(p, group)
	f.Contact = p.Group(group).Contact
	if check := v.cfg.CheckName(); check != nil &&
		(name == check.String() || strings.HasSuffix(name, "."+check.String())) {
		f.Kind = blockpage.Check
		return f
	}
	why, err := v.rules.Explain(group, name, dns.TypeA)
	if err == nil && why.Action == policy.Pass.String() {
		return vs.opened(f, v)
	}
	if err != nil || why.Action != policy.Block.String() || why.Reply != policy.ReplyPage.String() {
		return blockpage.Finding{}
	}
	f.Kind, f.Category, f.Reason = blockpage.Blocked, why.Category, pageReason(why)
	if tag, ok := p.Counted(why.Category); ok {
		f.Label = p.Label(tag)
	}
	if why.Document != nil {
		f.Document = joinWords(why.Document.Document, why.Document.Authority)
	}
	vs.asked(&f, v)
	return f
}

// opened is a finding about a name that passes: nothing, unless it was opened lately because
// somebody of the unit had asked.
func (vs *visitors) opened(f blockpage.Finding, v *view) blockpage.Finding {
	r, known := vs.requests.Standing(f.Unit, f.Name, time.Now())
	if !known || r.Answer == nil || r.Answer.Outcome != string(admin.Open) || ended(r.Answer) {
		return blockpage.Finding{}
	}
	f.Kind, f.Answer = blockpage.Opened, r.Answer.Text
	f.At = r.Answer.At.In(v.cfg.Timezone.Location).Format("15:04 02/01/2006")
	return f
}

// ended reports whether what an answer has opened is shut again.
func ended(a *request.Answer) bool { return !a.Until.IsZero() && !time.Now().Before(a.Until) }

// asked adds what came of an earlier request for the name of a finding.
func (vs *visitors) asked(f *blockpage.Finding, v *view) {
	r, known := vs.requests.Standing(f.Unit, f.Name, time.Now())
	if !known {
		return
	}
	f.Asked = r.Open
	if a := r.Answer; a != nil && (a.Outcome != string(admin.Open) || !ended(a)) {
		f.Answered, f.Answer = a.At.In(v.cfg.Timezone.Location).Format("02/01/2006"), a.Text
	}
}

// groupOf is the group of a client of which nothing is known but the address:
// that in whose network it is, that whose session has it, or that it is linked to.
func (v *view) groupOf(client netip.Addr) (g policy.GroupID, known bool) {
	if g, known = v.rules.Identify(client); known {
		return g, true
	}
	unit, ok := v.sessions.UnitOf(client)
	if !ok {
		unit, ok = v.linked.UnitOf(client, time.Now())
	}
	if !ok {
		return 0, false
	}
	return v.rules.Policy().GroupOf(unit)
}

// linkedBy reports whether a router has linked an address, by what is in force then.
func linkedBy(view func() *view) func(netip.Addr) bool {
	return func(a netip.Addr) bool {
		_, linked := view().linked.UnitOf(a, time.Now())
		return linked
	}
}

// pageReason is why a name is blocked, in the words of the page.
func pageReason(e policy.Explanation) wording.Text {
	if e.Document != nil {
		return textPageByAuthority
	}
	switch e.Layer {
	case policy.LayerLock.String():
		return textPageByLock
	case policy.LayerOwn.String():
		return textPageByOwn
	case policy.LayerDefault.String():
		return textPageByDefault
	}
	return textPageByProfile
}

// joinWords puts a comma between what there is.
func joinWords(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// ask notes that the name of a finding be opened.
func (vs *visitors) ask(f blockpage.Finding, reason string) error {
	err := vs.requests.Add(f.Unit, f.Name, f.Category, reason, time.Now())
	if err != nil {
		vs.log.Warn("keep a request from the block page", "error", err)
	}
	return err
}
