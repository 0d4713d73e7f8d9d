package test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/cmd/lachan/impact"
)

// A listsChange is what `lachan lists diff --json` prints.
type listsChange struct {
	Added   int            `json:"added"`
	Removed int            `json:"removed"`
	Impact  *impact.Impact `json:"impact"`
	Missing string         `json:"impact_missing"`
}

func TestAVersionThatIsHeldBackTellsWhatPeopleWouldMiss(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, `feeds:
  - {name: bets, url: bets.txt, format: domains, category: gambling}
  - {name: other, url: other.txt, format: domains, category: gambling}
`, "units: [{id: a, networks: [127.0.0.0/8], profile: thpt}]\n", up.addr)
	p.write("bets.txt", numbered("old", 100))
	p.write("other.txt", "known.example\n")
	p.start()
	for range 20 {
		for _, name := range []string{"www.lesson.example", "school.example", "known.example", "www.google.com"} {
			p.ask(name)
		}
	}
	p.ask("rare.example")
	if status, body := p.get("/api/lists/impact?feed=bets"); status != 404 {
		t.Errorf("with nothing held back: %d %s", status, body)
	}

	p.write("bets.txt", "lesson.example\nknown.example\nrare.example\nnobody.example\nforcesafesearch.google.com\n")
	p.metric(`lachan_condition{name="feed-held"}`, "1")
	p.until("the condition says that people would miss something", func() bool {
		_, body := p.get("/readyz")
		_, conditions := p.get("/api/conditions")
		return strings.Contains(body+conditions, "names asked recently that it would newly block: 1 ")
	})
	f := func(found *impact.Impact) {
		t.Helper()
		if found.Names != 1 || len(found.Top) != 1 || found.Top[0].Name != "www.lesson.example" || found.Top[0].Asked < 10 || found.Top[0].Asked > 25 {
			t.Errorf("impact %+v", found)
		}
		if found.Asked != found.Top[0].Asked || found.Of < found.Asked {
			t.Errorf("%d questions of %d", found.Asked, found.Of)
		}
	}
	var found impact.Impact
	_, body := p.get("/api/lists/impact?feed=bets")
	if err := json.Unmarshal([]byte(body), &found); err != nil {
		t.Fatal(err)
	}
	f(&found)
	if strings.Contains(body, "school") || strings.Contains(body, "rare") || strings.Contains(body, "127.0.0") {
		t.Errorf("tells of what the version does not block, of what few ask, or who: %s", body)
	}

	diff := func(server string) (change listsChange, text string) {
		t.Helper()
		args := []string{"lists", "diff", "bets", "--config", filepath.Join(p.dir, "lachan.yaml"), "--server", server}
		out, err := exec.Command(binary, append(args, "--json")...).Output()
		if err == nil {
			err = json.Unmarshal(out, &change)
		}
		said, err2 := exec.Command(binary, args...).CombinedOutput()
		if err != nil || err2 != nil {
			t.Fatal(err, err2, string(said))
		}
		return change, string(said)
	}
	change, text := diff(p.http)
	if change.Added != 5 || change.Removed < 100 || change.Impact == nil {
		t.Fatalf("change %+v", change)
	}
	f(change.Impact)
	if !strings.Contains(text, "www.lesson.example: about ") {
		t.Errorf("diff says %s", text)
	}
	p.kill()
	if change, text := diff(p.http); change.Impact != nil || change.Missing == "" || !strings.Contains(text, "only the running server knows") {
		t.Errorf("without a server: %+v", change)
	}
}
