package schools

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lachan/console/frame"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// What is ticked is what is blocked, in lessons and outside of them, whatever profile it
// begins with; what the form does not have stays; and the form shows it again.
func TestWhatIsTickedIsBlocked(t *testing.T) {
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	var all []frame.Choice
	for _, c := range facts.Categories {
		if !c.AuthorityOnly {
			all = append(all, frame.Choice{Code: c.Code, Name: c.Label})
		}
	}
	all = append(all, frame.Choice{Code: "service:zalo"})
	s := &frame.Site{Sources: frame.Sources{Plans: frame.Plans{Choices: func() []frame.Choice { return all }}}}
	zone := time.FixedZone("+07", 7*3600)
	bases := []*frame.Profile{nil}
	for _, is := range facts.Profiles {
		bases = append(bases, &frame.Profile{Name: is.Code, Ready: true, Always: is.Block, Lessons: is.Scheduled})
	}
	path, tried := filepath.Join(t.TempDir(), "policy.yaml"), 0
	for _, base := range bases {
		before := writtenProfile{
			"block": []any{"service:zalo", map[string]any{"name": "x.example"}}, "default": "allow", "observe": []any{"look-alike", "games"},
			"rules": []any{map[string]any{"during": lessons, "block": []any{"y.example", "games"}}},
		}
		name := nothing
		if base != nil {
			name = base.Name
		}
		for shift := range 4 {
			f, want := url.Values{"reply": {"page"}}, map[string]held{}
			for i, c := range categories(s) {
				h := held{(i+shift)&1 != 0, (i+shift)&2 != 0}
				want[c.Code] = h
				if h.Lessons {
					f.Add("lessons", c.Code)
				}
				if h.Outside {
					f.Add("outside", c.Code)
				}
			}
			after := before.with(s, base, f)
			after["extends"] = name
			shown, others := after.held(s, base)
			for code, h := range want {
				if shown[code] != h {
					t.Errorf("%s from %s: %v is shown as %v", code, name, h, shown[code])
				}
			}
			if others != 3 || after["default"] != "allow" {
				t.Errorf("from %s: %d other entries of 3 are left: %v", name, others, after)
			}
			text, err := json.Marshal(after)
			if err != nil {
				t.Fatal(err)
			}
			written := fmt.Sprintf("profiles: {moi: %s}\nunits: [{id: a, profile: moi}]\n", text)
			if err := os.WriteFile(path, []byte(written), 0o600); err != nil {
				t.Fatal(err)
			}
			p, problems := (&policy.Origin{Path: path, Zone: zone}).Load()
			if p == nil {
				t.Fatalf("from %s: %v\n%s", name, problems, written)
			}
			g, _ := p.GroupOf("a")
			evening := policy.Holding(p.At(nil, time.Date(2026, 9, 7, 21, 0, 0, 0, zone), 0), g)
			for code, h := range want {
				if is := (held{slices.Contains(evening.Lessons.Codes, code), slices.Contains(evening.Now.Codes, code)}); is != h {
					t.Errorf("%s from %s: ticked %v, blocked %v\n%s", code, name, h, is, text)
				}
				tried++
			}
			if !slices.Contains(evening.Now.Codes, "service:zalo") {
				t.Errorf("from %s: what the form does not have is gone: %q", name, evening.Now.Codes)
			}
		}
	}
	t.Logf("%d categories looked at", tried)
}
