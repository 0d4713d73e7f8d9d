package manage

import (
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/request"
	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/console/blockpage"
	"lachan/resolver/links"
)

const visitedPolicy = `
profiles:
  hs: {block: [gambling, games, malware], reply: page, replies: {games: nxdomain}}
  gv: {block: [malware], reply: page}
units:
  - {id: tinh, name: Tỉnh Ví Dụ, kind: province, contact: ["mailto:tinh@vi-du.example"], lock: [phishing]}
  - id: truong
    name: Trường Ví Dụ
    parent: tinh
    kind: school
    profile: hs
    networks: [127.1.0.0/16]
    block: [own.example]
    groups: [{id: gv, networks: [127.2.0.0/16], profile: gv}]
  - {id: xa, name: Trường Xa, parent: tinh, kind: school, profile: hs}
`

// newVisitors are those of a node with a few lists in force.
func newVisitors(t *testing.T, settings string) *visitors {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "lachan.yaml")
	for name, text := range map[string]string{
		"policy.yaml": visitedPolicy,
		"lachan.yaml": "policy: policy.yaml\nstate_dir: state\n" + settings + `
feeds:
  - {name: bets, url: bets.hosts, category: gambling, authority: {name: Sở Ví Dụ, document: 12/CV-SVD}}
  - {name: other-bets, url: other.hosts, category: gambling}
  - {name: play, url: play.hosts, category: games}
  - {name: phish, url: phish.hosts, category: phishing}
  - {name: bad, url: bad.hosts, category: malware}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, problems := config.Load(file, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p, problems := source.LoadPolicy(cfg, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var sources []blocklist.Source
	for feed, name := range map[string]string{
		"bets": "bet.example", "other-bets": "casino.example", "play": "play.example", "phish": "phish.example", "bad": "bad.example",
	} {
		sources = append(sources, blocklist.Source{Name: feed, Digest: name, Rules: func(emit func(format.Rule) error) error {
			return emit(format.Rule{Name: name})
		}})
	}
	lists, err := blocklist.CompileAside(t.Context(), sources)
	if err != nil {
		t.Fatal(err)
	}
	requests, err := request.Open(filepath.Join(dir, "requests"))
	if err != nil {
		t.Fatal(err)
	}
	v := &view{
		cfg: cfg, lists: lists, rules: p.At(source.Bind(lists, p, cfg), time.Now(), 1),
		linked: links.New([]links.Link{
			{Prefix: netip.MustParsePrefix("127.7.0.1/32"), Unit: "xa", Seen: time.Now()},
			{Prefix: netip.MustParsePrefix("127.7.0.2/32"), Unit: "gone", Seen: time.Now()},
		}, nil),
	}
	return &visitors{
		shared: &shared{log: slog.New(slog.DiscardHandler)}, requests: requests, view: func() *view { return v },
	}
}

func (vs *visitors) finds(t *testing.T, host, visitor string) blockpage.Finding {
	t.Helper()
	return vs.find(host, netip.MustParseAddr(visitor))
}

// Visitors are told what holds for them: those of no unit too where they get answers.
func TestThePageTellsAVisitorWhatHoldsForThem(t *testing.T) {
	vs := newVisitors(t, "")
	const pupil, teacher, far, gone, stranger = "127.1.0.9", "127.2.0.9", "127.7.0.1", "127.7.0.2", "192.0.2.9"
	school, away := "Trường Ví Dụ", "Trường Xa"
	contact := []string{"mailto:tinh@vi-du.example"}
	nothing := blockpage.Finding{}
	blocked := func(name, category, unit, of string) blockpage.Finding {
		return blockpage.Finding{
			Kind: blockpage.Blocked, Name: name, Category: category, Unit: unit, School: of, Contact: contact,
			Reason: textPageByProfile,
		}
	}
	ordered := blocked("bet.example", "gambling", "truong", school)
	ordered.Reason, ordered.Document = textPageByAuthority, "12/CV-SVD, Sở Ví Dụ"
	own := blocked("own.example", "local", "truong", school)
	own.Reason = textPageByOwn
	locked := blocked("phish.example", "phishing", "truong", school)
	locked.Reason = textPageByLock
	check := blockpage.Finding{
		Kind: blockpage.Check, Name: "check.lachan.test", Unit: "truong", School: school, Contact: contact,
	}
	below := check
	below.Name = "x.check.lachan.test"
	for _, c := range []struct {
		host, visitor string
		want          blockpage.Finding
	}{
		{"casino.example", pupil, blocked("casino.example", "gambling", "truong", school)},
		{"WWW.Casino.example.:8080", pupil, blocked("www.casino.example", "gambling", "truong", school)},
		{"casino.example", teacher, nothing}, // it passes
		{"bad.example", teacher, blocked("bad.example", "malware", "truong/gv", school)},
		{"casino.example", far, blocked("casino.example", "gambling", "xa", away)}, // known by a link
		{"casino.example", gone, nothing},                                          // linked to a unit that is no more
		{"casino.example", stranger, nothing},                                      // refused
		{"check.lachan.test", stranger, nothing},
		{"bet.example", pupil, ordered},
		{"own.example", pupil, own},
		{"phish.example", pupil, locked},
		{"play.example", pupil, nothing}, // blocked, and nobody is sent here
		{"lesson.example", pupil, nothing},
		{"", pupil, nothing},
		{"no name", pupil, nothing},
		{"check.lachan.test", pupil, check},
		{"X.Check.Lachan.Test:80", pupil, below},
		{"xcheck.lachan.test", pupil, nothing},
	} {
		got := vs.finds(t, c.host, c.visitor)
		if got.Kind == blockpage.Blocked && got.Label.EN == "" {
			t.Errorf("%s from %s: %q has no label", c.host, c.visitor, got.Category)
		}
		if got.Label = c.want.Label; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s from %s:\n got %+v\nwant %+v", c.host, c.visitor, got, c.want)
		}
	}
	served := newVisitors(t, "server: {unknown_client: hs}\n")
	if got := served.finds(t, "casino.example", stranger); got.Kind != blockpage.Blocked || got.Unit+got.School != "" {
		t.Errorf("a stranger who gets answers: %+v", got)
	}
}

// What became of a request is shown where it was made: to that unit, for that name, and
// while it holds.
func TestThePageTellsWhatBecameOfARequest(t *testing.T) {
	const pupil, teacher = "127.1.0.9", "127.2.0.9"
	at := time.Now().Add(-time.Hour)
	vs := newVisitors(t, "")
	zone := vs.view().cfg.Timezone.Location
	hour, day := at.In(zone).Format("15:04 02/01/2006"), at.In(zone).Format("02/01/2006")
	for _, c := range []struct {
		what    string
		name    string
		answer  *request.Answer // nil: none yet
		visitor string
		want    blockpage.Finding // of this the kind, and what became of the request
	}{
		{"no answer yet", "bet.example", nil, pupil, blockpage.Finding{Kind: blockpage.Blocked, Asked: true}},
		{"another unit's", "bad.example", nil, teacher, blockpage.Finding{Kind: blockpage.Blocked}},
		{
			"refused", "bet.example", &request.Answer{Text: "no", Outcome: string(admin.Refuse)}, pupil,
			blockpage.Finding{Kind: blockpage.Blocked, Answered: day, Answer: "no"},
		},
		{
			"opened, and blocked again by other means", "bet.example", &request.Answer{Text: "yes", Outcome: string(admin.Open)}, pupil,
			blockpage.Finding{Kind: blockpage.Blocked, Answered: day, Answer: "yes"},
		},
		{
			"opened for a while that is over", "bet.example",
			&request.Answer{Text: "yes", Outcome: string(admin.Open), Until: time.Now().Add(-time.Minute)}, pupil,
			blockpage.Finding{Kind: blockpage.Blocked},
		},
		{
			"opened", "lesson.example", &request.Answer{Text: "yes", Outcome: string(admin.Open)}, pupil,
			blockpage.Finding{Kind: blockpage.Opened, Answer: "yes", At: hour},
		},
		{
			"opened for a while", "lesson.example",
			&request.Answer{Text: "yes", Outcome: string(admin.Open), Until: time.Now().Add(time.Hour)}, pupil,
			blockpage.Finding{Kind: blockpage.Opened, Answer: "yes", At: hour},
		},
		{
			"passes for another reason", "lesson.example", &request.Answer{Text: "no", Outcome: string(admin.Refuse)}, pupil,
			blockpage.Finding{},
		},
		{
			"passes since the while is over", "lesson.example",
			&request.Answer{Text: "yes", Outcome: string(admin.Open), Until: time.Now().Add(-time.Minute)}, pupil,
			blockpage.Finding{},
		},
		{"passes, and is asked for", "lesson.example", nil, pupil, blockpage.Finding{}},
	} {
		var err error
		if vs.requests, err = request.Open(t.TempDir()); err != nil {
			t.Fatal(err)
		}
		if err := vs.ask(blockpage.Finding{Unit: "truong", Name: c.name, Category: "gambling"}, "homework"); err != nil {
			t.Fatal(err)
		}
		if c.answer != nil {
			list, _, err := vs.requests.List()
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			c.answer.At = at
			if err := vs.requests.Close(list[0].ID, *c.answer); err != nil {
				t.Fatal(err)
			}
		}
		got := vs.finds(t, c.name, c.visitor)
		got = blockpage.Finding{Kind: got.Kind, Asked: got.Asked, Answered: got.Answered, Answer: got.Answer, At: got.At}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.what, got, c.want)
		}
	}
}
