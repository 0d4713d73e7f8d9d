package site

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/admin/ledger/finding"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/explain"
	"lachan/console/frame"
	"lachan/internal/wording"
	"lachan/policy"
)

// What the pages show of what is in force.

func (s *Site) explain(_ account.Actor, name, unit, at string) (policy.Explanation, error) {
	found, err := s.src.Explain(name, explain.Question{Unit: unit, Type: "A", At: at})
	if err != nil {
		return policy.Explanation{}, err
	}
	e, _ := found.(policy.Explanation)
	return e, nil
}

// holds is what a unit is kept from.
func (s *Site) holds(unit string) (h frame.Holds, err error) {
	_, rules, _, _ := s.src.InForce()
	p := rules.Policy()
	g, known := p.GroupOf(unit)
	if !known {
		return h, wording.Error(explain.NoUnit(p, unit))
	}
	setting := policy.Holding(rules, g)
	group := p.Group(g)
	h = frame.Holds{Now: setting.Now, Lessons: setting.Lessons, Code: group.Code}
	h.InLessons = s.inLessons(p, g)
	for above := policy.Above(p, unit); above != ""; above = policy.Above(p, above) {
		h.Above = append(h.Above, named(p, above))
	}
	slices.Reverse(h.Above)
	for below := range policy.Below(p, unit) {
		if is := p.Group(below); is.Kind == policy.GroupKind {
			h.Groups = append(h.Groups, frame.Named{ID: is.UnitID(), Name: is.Name})
		}
	}
	if u, err := s.src.Office.Unit(context.Background(), machine(account.Actor{}), unit); err == nil {
		var written struct {
			Networks []string `json:"networks"`
		}
		if json.Unmarshal(u.Value, &written) == nil {
			h.Networks = written.Networks
		}
	}
	h.Locked = locked(rules, g)
	return h, nil
}

// locked are the codes of what a unit at or above another has locked.
func locked(rules *policy.Rules, g policy.GroupID) (codes []string) {
	p := rules.Policy()
	for tag := range 256 {
		d, _ := rules.DecideCategory(g, uint8(tag))
		if d.Action == policy.Block && (d.Layer == policy.LayerCategoryLock || d.Layer == policy.LayerLock) {
			codes = append(codes, p.CategoryCode(uint8(tag)))
		}
	}
	return codes
}

func (s *Site) inLessons(p *policy.Policy, g policy.GroupID) bool {
	now := time.Now().In(p.Location())
	lessons := p.Lessons()
	since := now.Sub(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
	return p.LessonsOn(p.Calendar(g), now) && since >= lessons.From && since < lessons.To
}

func named(p *policy.Policy, unit string) frame.Named {
	n := frame.Named{ID: unit, Name: unit}
	if g, known := p.GroupOf(unit); known {
		if is := p.Group(g); is.Name != "" {
			n.Name = is.Name
		}
	}
	return n
}

// days are what a unit's clients asked, by day.
func (s *Site) days(ctx context.Context, unit string, from, to time.Time) (list []frame.Day, err error) {
	_, rules, _, _ := s.src.InForce()
	matcher := ""
	if unit != "" {
		matcher = "{school=" + strconv.Quote(unit) + "}"
		if g, known := rules.Policy().GroupOf(unit); known && rules.Policy().Group(g).Kind != policy.School {
			return nil, nil
		}
	}
	at := func(when time.Time) (asked, blocked float64, known bool, err error) {
		samples, err := s.src.History().Query(ctx, "sum by (decision) (last_over_time(lachan_school_queries_total"+matcher+"[1d]))", when)
		for _, sample := range samples {
			asked += sample.Value
			if sample.Labels.Get("decision") == "blocked" {
				blocked += sample.Value
			}
		}
		return asked, blocked, len(samples) > 0, err
	}
	asked, blocked, before, err := at(from)
	if err != nil {
		return nil, err
	}
	found := before
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		end := day.AddDate(0, 0, 1)
		if end.After(to) {
			end = to
		}
		a, b, known, err := at(end)
		if err != nil {
			return nil, err
		}
		d := frame.Day{Day: day, Known: known}
		if known {
			d.Asked, d.Blocked = int64(max(0, a-asked)), int64(max(0, b-blocked))
			asked, blocked, found = a, b, true
		}
		list = append(list, d)
	}
	if !found {
		return nil, nil
	}
	return list, nil
}

// asked reports whether a question of a unit's clients was counted in the last day.
func (s *Site) asked(unit string) bool {
	now := time.Now()
	days, err := s.days(context.Background(), unit, now.Add(-24*time.Hour), now)
	if err != nil {
		return false
	}
	for _, d := range days {
		if d.Asked > 0 {
			return true
		}
	}
	return false
}

// categoryOf is what people call a category.
func categoryOf(p *policy.Policy, code string) wording.Text {
	if tag, ok := p.Counted(code); ok {
		return p.Label(tag)
	}
	return wording.Text{VI: code}
}

// feeds are the lists, with the built-in ones last.
func (s *Site) feeds(by account.Actor) (list []frame.Feed) {
	cfg, rules, entries, since := s.src.InForce()
	now := time.Now()
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		shown := frame.Feed{
			Name: f.Name, Category: f.Category, Entries: entries[f.Name], InForce: since[f.Name], Chosen: f.Chosen,
			MayDecide: by.May(account.Lists, f.Unit, s.src.Office.Tree(), now),
			Label:     categoryOf(rules.Policy(), f.Category),
		}
		if status, err := s.src.Status(f.Name); err == nil {
			shown.Succeeded = status.LastSuccess
			shown.Error = status.Failure.VI
			if status.Held.Copy.Digest != "" {
				shown.Held = wording.Text{VI: status.Held.VI, EN: status.Held.EN}
			}
		}
		list = append(list, shown)
	}
	return list
}

// publicFeeds are those of the catalogue that the configuration does not have.
func (s *Site) publicFeeds() (list []frame.PublicFeed) {
	cfg, rules, _, _ := s.src.InForce()
	for i := range s.src.Facts.Feeds {
		f := &s.src.Facts.Feeds[i]
		if slices.ContainsFunc(cfg.Feeds, func(used config.Feed) bool {
			return used.Name == f.ID || used.URL == f.URL
		}) {
			continue
		}
		shown := frame.PublicFeed{
			Name: f.ID, Licence: f.Licence, KeptBy: f.KeptBy, Label: f.Label, Entries: f.Entries,
			Category: categoryOf(rules.Policy(), f.Category),
			YAML:     fmt.Sprintf("  - {name: %s, url: %q, format: %s, category: %s}", f.ID, f.URL, f.Format, f.Category),
		}
		list = append(list, shown)
	}
	return list
}

// orders are the documents that somebody may read of, the newest first.
func (s *Site) orders(by account.Actor) (list []frame.Order) {
	tree, now := s.src.Office.Tree(), time.Now()
	all := by.May(account.ReadOrders, "", tree, now)
	records := s.src.Orders().Records
	sees := func(authority string) bool {
		return all || by.May(account.ReadOrders, admin.AuthorityID(authority), tree, now)
	}
	list = s.heldOrders(records, sees)
	for i := len(records) - 1; i >= 0; i-- {
		r := &records[i]
		if !sees(r.Authority) {
			continue
		}
		list = append(list, frame.Order{
			Authority: r.Authority, Document: r.Document, Feed: r.Feed,
			Received: r.Received, Due: r.Received.Add(limitOf(r.Urgent)),
			InForce: r.InForce, Urgent: r.Urgent, Names: r.Entries,
		})
	}
	return list
}

// limitOf is within which time an order has to be in force.
func limitOf(urgent bool) time.Duration {
	if urgent {
		return order.UrgentLimit
	}
	return order.Limit
}

// heldOrders are the documents of versions that are held back: received, on their clocks,
// and not in force until somebody approves them.
func (s *Site) heldOrders(records []order.Record, sees func(authority string) bool) (list []frame.Order) {
	cfg, _, _, _ := s.src.InForce()
	inForce := map[string]bool{}
	for i := range records {
		inForce[records[i].Feed+" "+records[i].Digest] = true
	}
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		status, err := s.src.Status(f.Name)
		held := &status.Held.Copy
		if err != nil || f.Authority.Name == "" || held.Digest == "" || !sees(f.Authority.Name) {
			continue
		}
		one := frame.Order{
			Authority: f.Authority.Name, Document: f.Authority.Document, Feed: f.Name, Received: status.Held.Since,
			Urgent: f.Authority.Urgent, Names: held.Entries, Due: status.Held.Since.Add(limitOf(f.Authority.Urgent)),
		}
		if one.Document != "" || len(held.Documents) == 0 {
			list = append(list, one)
		}
		for _, d := range held.Documents {
			if d.Number == f.Authority.Document || inForce[f.Name+" "+d.Digest] {
				continue
			}
			one.Document, one.Names, one.Urgent = d.Number, d.Entries, d.Urgent || f.Authority.Urgent
			one.Due = one.Received.Add(limitOf(one.Urgent))
			list = append(list, one)
		}
	}
	return list
}

func (s *Site) levels() (list []frame.Level) {
	for i := range s.src.Facts.Levels {
		l := &s.src.Facts.Levels[i]
		list = append(list, frame.Level{ID: l.Code, Name: l.Label})
	}
	return list
}

// verify checks the ledger on the disk.
func (s *Site) verify(context.Context) (sound bool, text wording.Text) {
	cfg, _, _, _ := s.src.InForce()
	r, err := ledger.Verify(filepath.Join(cfg.StateDir, "ledger"))
	switch {
	case err != nil:
		return false, wording.Of(err)
	case r.Bad != nil:
		return false, textBroken.With(wording.Count(r.Bad.Seq), r.Bad.File, r.Bad.Line, finding.Text(r.Bad))
	}
	return true, textSound.With(wording.Count(r.Records))
}

func (s *Site) head() (seq uint64, hash string) {
	h := s.src.Office.Ledger.Head()
	return h.Seq, h.Hash
}

// who is the name of an account; the id of what is none.
func (s *Site) who(id string) string {
	if a, err := s.src.Office.Door.Store.Get(id); err == nil {
		return a.Name
	}
	return id
}

// languageOf is the language that an account has chosen.
func languageOf(value []byte) wording.Language {
	var a struct {
		Language string `json:"language"`
	}
	_ = json.Unmarshal(value, &a) // none: both
	l, _ := wording.ParseLanguage(a.Language)
	return l
}

var (
	textFiltering = wording.Text{VI: "Đang lọc: %s tên trong danh sách, %s đơn vị", EN: "Filtering: %s names on lists, %s units"}
	textSound     = wording.Text{VI: "Sổ nguyên vẹn: %s quyết định", EN: "The ledger is whole: %s records"}
	textBroken    = wording.Text{VI: "Sổ hỏng từ quyết định %s (%s dòng %d): %v", EN: "The ledger is broken from record %s on (%s line %d): %v"}
)
