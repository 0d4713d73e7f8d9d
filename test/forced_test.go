package test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// workFaults are in each kind of work of manage.
var workFaults = []forced{
	{kind: "compile", file: "cmd/lachan/manage/lists.go", at: "source.File) compilation {"},
	{kind: "fetch", file: "blocklist/feed/update.go", at: "func (s *Store) attempt(ctx context.Context, src *Source, last *Status, at time.Time) (Copy, error) {"},
	{kind: "updater", file: "blocklist/feed/updater.go", at: "func (u *Updater) update(ctx context.Context, f *scheduled) {"},
	{kind: "watch", file: "blocklist/feed/watch.go", at: "case <-tick.C:"},
	{kind: "reports", file: "cmd/lachan/manage/reports.go", at: "func (r *reports) run(ctx context.Context) {"},
	{kind: "tally", file: "metrics/tally/tally.go", at: "func (t *Tally) Run(ctx context.Context) {"},
	{kind: "figures", file: "metrics/report/figures/build.go", at: "func (g *gatherer) gather(ctx context.Context) error {"},
	{kind: "figures-read", file: "metrics/report/figures/meter.go", at: "got.value, got.err = read(ctx, i)"},
	{kind: "history", file: "metrics/history/recorder.go", at: "func (p *writerState) tick(ctx context.Context, at time.Time) {"},
	{kind: "api", file: "cmd/lachan/manage/http.go", at: "func (a *api) serveExplain(w http.ResponseWriter, r *http.Request) {"},
	{kind: "scrape", file: "cmd/lachan/manage/http.go", at: "func (a *api) readings() metrics.Readings {"},
	{kind: "page", file: "cmd/lachan/manage/page_find.go", at: "func (vs *visitors) find(host string, visitor netip.Addr) blockpage.Finding {"},
	{kind: "request", file: "cmd/lachan/manage/page_find.go", at: "func (vs *visitors) ask(f blockpage.Finding, reason string) error {"},
	{kind: "receive", file: "cmd/lachan/manage/resolves.go", at: "m, err = c.Receive()"},
}

// jobFaults are in each kind of job, and in what reads a workbook.
var jobFaults = []forced{
	{kind: "job-lists", file: "cmd/lachan/job/lists.go", at: "func compileLists(c command.Call, o ListsOrder) (answer ListsAnswer, err error) {"},
	{kind: "job-policy", file: "cmd/lachan/job/policy.go", at: "func compilePolicy(c command.Call, o PolicyOrder) (answer PolicyAnswer, err error) {"},
	{kind: "job-feed", file: "cmd/lachan/job/feed.go", at: "func examineFeed(c command.Call, o feedOrder) (answer feedAnswer, err error) {"},
	{kind: "job-document", file: "cmd/lachan/job/document.go", at: "func writeDocument(_ command.Call, o documentOrder) (answer documentAnswer, err error) {"},
	{kind: "workbook", file: "blocklist/format/xlsx/book.go", at: "func openBook(z *zip.Reader) (*Book, error) {"},
}

// A bystander looks that nothing else stops while something fails.
type bystander struct {
	*process
	force  func(kind string)
	page   string
	manage int
	steps  int
}

// startFaulty serves with the program that has faults, with a list, a workbook, the
// block page and a pulse of questions. What is forced at the start is named.
func startFaulty(t *testing.T, atStart ...string) (*bystander, *pulse) {
	t.Helper()
	const policy = `
profiles:
  hs: {block: [gambling], reply: page}
units:
  - {id: truong-a, name: "Trường \U0001F3EB A", profile: hs, networks: ["127.0.0.0/8"], block: [blocked.example]}
`
	p, force := faulty(t, "", policy)
	p.writeConfig(`feeds:
- {name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%}
- {name: book, url: book.xlsx, format: auto, category: gambling, max_shrink: 100%}
`, startStandIn(t).addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `listen: ["127.0.0.1:0"]}`,
		`listen: ["127.0.0.1:0"], page: {a: 127.10.0.9, http: ["127.0.0.1:0"]}}`, 1))
	p.write("bets.txt", "step0.example\n")
	p.write("book.xlsx", bookOf("book0.example"))
	for _, kind := range atStart {
		force(kind)
	}
	p.start()
	b := &bystander{process: p, force: force, page: p.logged(`msg="serving the block page" address=(\S+)`)}
	p.until("the lists are in force", func() bool {
		return paged(p.from("127.10.1.1", "step0.example")) && paged(p.from("127.10.1.1", "book0.example"))
	})
	b.manage = p.child("manage")
	return b, startPulse(t, p.dns, "blocked.example", sized(5000, 1000), "127.10.1.1", "127.10.1.2")
}

// paged reports whether an answer leads to the block page.
func paged(m *dns.Msg) bool {
	if len(m.Answer) != 1 {
		return false
	}
	a, ok := m.Answer[0].(*dns.A)
	return ok && a.A.String() == "127.10.0.9"
}

// bookOf is a workbook with names.
func bookOf(names ...string) string {
	var rows strings.Builder
	for i, name := range append([]string{"domain"}, names...) {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>`, i+1, i+1, name)
	}
	return hostileBook(`<sst/>`, rows.String())
}

// step has the lists changed, and waits until the newest name is blocked.
func (b *bystander) step() {
	b.t.Helper()
	b.change()
	b.inForce()
}

// change puts one more name into the list and into the workbook.
func (b *bystander) change() {
	b.t.Helper()
	b.steps++
	b.write("bets.txt", "step0.example\n"+b.name("step")+"\n")
	b.write("book.xlsx", bookOf("book0.example", b.name("book")))
	b.signal(syscall.SIGHUP)
}

// changeBook is change for the workbook alone: no other list has it read.
func (b *bystander) changeBook() {
	b.t.Helper()
	b.steps++
	b.write("book.xlsx", bookOf("book0.example", b.name("book")))
	b.signal(syscall.SIGHUP)
}

func (b *bystander) name(kind string) string { return fmt.Sprintf("%s%d.example", kind, b.steps) }

// inForce waits until the newest names are blocked.
func (b *bystander) inForce() {
	b.t.Helper()
	b.within(time.Minute, "the newest lists are in force", func() bool {
		return paged(b.from("127.10.1.1", b.name("step"))) && paged(b.from("127.10.1.1", b.name("book")))
	})
}

// tells waits until the condition of that name is there.
func (b *bystander) tells(condition string) {
	b.t.Helper()
	b.metric(`lachan_condition{name="`+condition+`"}`, "1")
}

// tellsNoMore waits until the condition is gone.
func (b *bystander) tellsNoMore(condition string) {
	b.t.Helper()
	b.until("no condition "+condition, func() bool {
		_, body := b.get("/metrics")
		return number(body, `lachan_condition{name="`+condition+`"}`) != 1
	})
}

// logs waits until the log tells what was forced.
func (b *bystander) logs(kind string) {
	b.t.Helper()
	b.until("the log tells of "+kind, func() bool { return strings.Contains(b.log.String(), "forced in "+kind) })
}

// post asks for a blocked name to be opened, as the form of the block page does.
func (b *bystander) post() (status int) {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, "http://"+b.page+"/lachan-request", strings.NewReader("reason=bài+tập"))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Host = "step0.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	reply, err := (&http.Client{Timeout: oneReply}).Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	_ = reply.Body.Close() // it was read as far as it is wanted
	return reply.StatusCode
}

// report has a report made, and returns the status and what was said.
func (b *bystander) report() (status int, body string) {
	b.t.Helper()
	q := url.Values{"unit": {"truong-a"}, "period": {time.Now().Format("2006-01")}, "format": {"pdf"}}
	return b.get("/api/report?" + q.Encode())
}

// TestAFaultInAnyWorkOfManageStopsNothingElse forces a panic in each kind of work
// while questions are asked. A condition tells of each, what failed does its work
// again, and nothing else is started anew.
func TestAFaultInAnyWorkOfManageStopsNothingElse(t *testing.T) {
	t.Parallel()
	b, s := startFaulty(t, "reports", "tally")
	page := func() int {
		status, _ := visit(t, &http.Client{Transport: &http.Transport{}}, "http://step0.example/", b.page, "127.10.1.1")
		return status
	}
	explain := func() int {
		status, _ := b.get("/api/explain?name=step0.example&unit=truong-a")
		return status
	}
	f := b.bears
	answers := func(what string, get func() int, want int) func() {
		return func() {
			t.Helper()
			b.until(what, func() bool { return get() == want })
		}
	}
	f("compile", "compile-failed", b.change, b.inForce)
	f("fetch", "feed-failing", b.change, func() { b.step() })
	f("updater", "updater-failed", b.change, b.inForce)
	f("watch", "updater-failed", func() {}, b.step)
	f("reports", "reports-failed", nil, b.step)
	f("tally", "tally-failed", nil, b.step)
	for _, kind := range []string{"figures", "figures-read"} {
		f(kind, "", func() {
			if status, body := b.report(); status != http.StatusServiceUnavailable || !strings.Contains(body, "forced in "+kind) {
				t.Errorf("a report with a fault: %d %.200s", status, body)
			}
		}, answers("a report is made", func() int { status, _ := b.report(); return status }, http.StatusOK))
	}
	f("history", "history-failed", func() {}, answers("statistics are shown", func() int {
		status, _ := b.get("/metrics/compliance")
		return status
	}, http.StatusOK))
	f("api", "http-failed", func() {
		if status := explain(); status != http.StatusInternalServerError {
			t.Errorf("explain with a fault: %d", status)
		}
	}, answers("explain answers", explain, http.StatusOK))
	f("page", "page-failed", func() {
		if status := page(); status != http.StatusInternalServerError {
			t.Errorf("the block page with a fault: %d", status)
		}
	}, answers("the page is shown", page, http.StatusForbidden))
	f("request", "page-failed", func() { b.post() }, answers("a request is taken", b.post, http.StatusOK))
	f("scrape", "metrics-failed", func() { b.get("/metrics") }, b.step)
	f("receive", "messages-failed", func() {}, b.step)
	b.lostNothing(s)
}

// bears forces a fault, unless it was forced at the start, looks that it is told, that
// the work is done again and that manage was not started anew for it.
func (b *bystander) bears(kind, condition string, provoke, works func()) {
	b.t.Helper()
	began := time.Now()
	if provoke != nil {
		b.force(kind)
		provoke()
	}
	b.logs(kind)
	if condition != "" {
		b.tells(condition)
	}
	works()
	if now := b.child("manage"); now != b.manage {
		b.t.Errorf("%s: manage was started anew", kind)
		b.manage = now
	}
	b.t.Logf("%s: told as %q, works again after %s", kind, condition, time.Since(began).Round(time.Millisecond))
}

// TestAFaultInAnyJobIsAConditionAndNothingElse forces a panic in each kind of job.
func TestAFaultInAnyJobIsAConditionAndNothingElse(t *testing.T) {
	b, s := startFaulty(t)
	force := b.force
	f := func(kind, condition, said string, change func()) {
		t.Helper()
		force(kind)
		change()
		b.tells(condition)
		b.until("the log says how", func() bool { return strings.Contains(b.log.String(), said) })
		b.step()
		b.tellsNoMore(condition)
	}
	f("job-feed", "feed-failing", "forced in job-feed", b.change)
	f("workbook", "feed-failing", "forced in workbook", b.changeBook)
	f("job-lists", "compile", "forced in job-lists", b.change)

	force("job-policy")
	b.write("policy.yaml", strings.Replace(b.read("policy.yaml"), "blocked.example", "blocked.example, also.example", 1))
	b.signal(syscall.SIGHUP)
	b.tells("policy")
	b.signal(syscall.SIGHUP)
	b.until("the policy is in force", func() bool { return paged(b.from("127.10.1.1", "also.example")) })

	force("job-document")
	if status, body := b.report(); status != http.StatusServiceUnavailable || !strings.Contains(body, "forced in job-document") {
		t.Errorf("a document with a fault: %d %.200s", status, body)
	}
	if status, body := b.report(); status != http.StatusOK {
		t.Errorf("the next document: %d %.200s", status, body)
	}
	if b.child("manage") != b.manage {
		t.Error("a job has ended manage")
	}
	b.lostNothing(s)
}
