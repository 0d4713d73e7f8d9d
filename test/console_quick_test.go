package test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/metrics"
	"lachan/metrics/history"
)

// quickPages are those that must not take longer the more schools there are.
func quickPages() []string {
	return []string{
		"/", "/requests", "/explain?name=tiktok.com&unit=s7", "/units", "/units?search=Trường+7", "/units?below=c0", "/units/s7", "/exceptions",
		"/lists", "/orders", "/figures?unit=s7", "/nodes", "/reports", "/ledger", "/account", "/accounts", "/proposals",
		"/calendar?unit=s7", "/calendar/hours", "/edit/table", "/reports/write?period=hôm+qua&unit=s7", "/start/filter?unit=s7",
	}
}

// askedBefore writes what schools asked on the day before and until now, in so many steps
// of the history a day, and of each something that was blocked.
func (p *process) askedBefore(schools, steps int) {
	p.t.Helper()
	store, err := history.Open(filepath.Join(p.dir, "state", "history"), history.Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	counters := metrics.New("before")
	shard := counters.Shard()
	groups, inForce := make([]*metrics.GroupCounters, schools), make([]metrics.School, schools)
	for i := range schools {
		id := fmt.Sprint("s", i)
		groups[i], inForce[i] = counters.Group(id, ""), metrics.School{ID: id, Level: "primary"}
	}
	counters.SetSchools(inForce)
	games := counters.Category("games")
	for at, now := time.Now().Add(-36*time.Hour), time.Now(); at.Before(now); at = at.Add(24 * time.Hour / time.Duration(steps)) {
		for _, g := range groups {
			shard.Record(&metrics.Event{Group: g})
			shard.Record(&metrics.Event{Group: g, Decision: metrics.DecisionBlocked, Category: games})
		}
		counters.Protect(history.Step)
		if _, err := store.Tick(p.t.Context(), at, counters.Totals()); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// TestPagesOfACountryAreQuick: with 40,000 units (fewer in the gate) 95 of 100 pages are
// there within a tenth of a second, and none has more than 100 KB, for somebody who sees
// all and for an officer of a commune: also those whose figures are still being added up,
// of schools that nobody has looked at before.
func TestPagesOfACountryAreQuick(t *testing.T) {
	schools, most := sized(40_000, 1_000), 100*time.Millisecond
	var policy strings.Builder
	policy.WriteString("profiles: {hs: {block: [gambling, adult]}}\nunits:\n")
	for i := range max(1, schools/1200) {
		fmt.Fprintf(&policy, "- {id: p%d, name: Tỉnh %d, kind: province}\n", i, i)
	}
	for i := range max(1, schools/12) {
		fmt.Fprintf(&policy, "- {id: c%d, name: Xã %d, kind: commune, parent: p%d}\n", i, i, min(i/100, max(1, schools/1200)-1))
	}
	for i := range schools {
		fmt.Fprintf(&policy, "- {id: s%d, name: Trường %d, kind: school, parent: c%d, profile: hs, networks: [\"127.%d.%d.0/24\"]}\n",
			i, i, min(i/12, max(1, schools/12)-1), 1+i>>8, i&255)
	}
	p := newProcess(t, consoleConfig, policy.String(), startStandIn(t).addr)
	everyone := []string{"operator@", "commune@c0"}
	codes := p.invites(everyone...)
	p.askedBefore(schools, sized(96, 4))
	p.launch()
	p.within(5*time.Minute, "the policy is compiled", func() bool { return strings.Contains(p.log.String(), "msg=serving ") })
	p.dns = p.logged(`msg=serving address=(\S+)`)
	p.http = "http://" + p.logged(`msg="serving http" address=(\S+)`)
	for _, who := range everyone {
		u := p.comesIn(who, codes[who])
		u.http.Timeout = time.Minute
		p.within(time.Minute, "the history is open", func() bool { // until then it is 503
			status, page, _ := u.get("/figures?unit=s7")
			return status == http.StatusForbidden || status == http.StatusOK && strings.Contains(page, `id="coverage"`) || strings.Contains(page, `id="by-day"`)
		})
		var times []time.Duration
		largest, slowest, worst := 0, "", time.Duration(0)
		look := func(path string) {
			began := time.Now()
			status, page, _ := u.get(path)
			took := time.Since(began)
			if status != http.StatusOK && status != http.StatusForbidden {
				t.Fatalf("%s: %d", path, status)
			}
			if times = append(times, took); took > worst {
				worst, slowest = took, path
			}
			if largest = max(largest, len(page)); len(page) > 100<<10 {
				t.Errorf("%s has %d KB", path, len(page)>>10)
			}
			if took > most {
				t.Logf("%s, %s: %s", who, path, took.Round(time.Millisecond))
			}
		}
		for round := range sized(6, 3) {
			for _, path := range quickPages() {
				look(path)
			}
			look(fmt.Sprintf("/figures?unit=s%d", 20+round)) // nobody has asked for it
			look(fmt.Sprintf("/figures?days=30&unit=c%d", 20+round))
		}
		if who == "operator@" {
			hours := values("name", "gio-hoc", "seen", "0", "from", "08:00", "to", "17:00", "on", "study", "day", "mon", "do", "preview")
			began := time.Now()
			status, page, _ := u.do("POST", "/calendar/hours", hours)
			t.Logf("a preview of other hours of lessons for %d schools: %s", schools, time.Since(began).Round(time.Millisecond))
			if status != http.StatusOK || !strings.Contains(page, "newly open") && !strings.Contains(page, "nothing is newly open") {
				t.Errorf("the preview: %d\n%s", status, page)
			}
		}
		slices.Sort(times)
		p95 := times[len(times)*95/100]
		t.Logf("%d schools, %s: %d pages, median %s, p95 %s, the slowest %s (%s), the largest %d KB", schools, who, len(times),
			times[len(times)/2].Round(100*time.Microsecond), p95.Round(100*time.Microsecond), worst.Round(100*time.Microsecond), slowest, largest>>10)
		if proving() && p95 > most {
			t.Errorf("p95 is %s, more than %s", p95, most)
		}
	}
}
