package test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/console/api"
)

// This file tries at the API what people try who are let in, and want more.

// TestOfManyWhoChangeTheSameOneIsHeard: and the others learn what it is now, and what they
// wanted.
func TestOfManyWhoChangeTheSameOneIsHeard(t *testing.T) {
	p := newProcess(t, "", country, startStandIn(t).addr)
	c := p.people("operator@")["operator@"]
	p.start()
	_, text := c.ask("PUT", "profiles/thi", `{"profile":{"block":["gambling"]}}`, "If-None-Match: *")
	var d api.Decided
	if err := json.Unmarshal([]byte(text), &d); err != nil || d.Seq == 0 {
		t.Fatal(text)
	}
	const many = 6
	statuses, bodies := [many]int{}, [many]string{}
	var working sync.WaitGroup
	for i := range many {
		working.Go(func() {
			body := fmt.Sprintf(`{"profile":{"block":["n%d.example"]}}`, i)
			statuses[i], bodies[i] = c.ask("PUT", "profiles/thi", body, fmt.Sprintf(`If-Match: "%d"`, d.Seq))
		})
	}
	working.Wait()
	heard := -1
	for i, status := range statuses {
		if status == http.StatusOK {
			if heard >= 0 {
				t.Errorf("%d and %d overwrite each other", heard, i)
			}
			heard = i
		}
	}
	if heard < 0 {
		t.Fatalf("nobody is heard: %v %v", statuses, bodies)
	}
	for i, status := range statuses {
		var problem api.Problem
		if i == heard {
			continue
		}
		if err := json.Unmarshal([]byte(bodies[i]), &problem); err != nil || status != http.StatusPreconditionFailed ||
			!strings.Contains(string(problem.Now), fmt.Sprintf("n%d.example", heard)) ||
			!strings.Contains(string(problem.Wanted), fmt.Sprintf("n%d.example", i)) {
			t.Errorf("%d: %d %s", i, status, bodies[i])
		}
	}
	t.Logf("of %d at once one is heard: %v", many, statuses)
}

// TestNamesThatLeadElsewhereLeadNowhere: paths, nulls, numbers and hosts that are none, in
// each place that takes a name. Nothing is decided, nothing is written elsewhere.
func TestNamesThatLeadElsewhereLeadNowhere(t *testing.T) {
	const orders = `feeds:
  - {name: lenh, url: lenh.txt, format: domains, category: gambling, authority: {name: A05, document: 12/A05}}
`
	p := newProcess(t, orders, country, startStandIn(t).addr)
	p.write("lenh.txt", "ordered.example\n")
	c := p.people("operator@")["operator@"]
	p.start()
	head := func() string { _, text := c.ask("GET", "ledger/head", ""); return text }
	before := head()
	f := func(method, path, body string, headers ...string) {
		t.Helper()
		status, text := c.ask(method, path, body, headers...)
		if status < 400 && status != http.StatusMovedPermanently && status != http.StatusTemporaryRedirect || status >= 500 {
			t.Errorf("%s %s %.60s: %d %.200s", method, path, body, status, text)
		}
	}
	names := []string{"..%2f..%2fetc%2fpasswd", "%2e%2e%2fx", "..%5cx", "a%00b", "%ff%fe", "a%0d%0aX-Y: 1", strings.Repeat("a", 3000), "%252e%252e"}
	for _, name := range names {
		f("GET", "units/"+name, "")
		f("GET", "profiles/"+name, "")
		f("GET", "feeds/"+name+"/held", "")
		f("GET", "accounts/"+name, "")
		f("GET", "reports/"+name+"/file", "")
		f("PUT", "profiles/"+name, `{"profile":{"block":["gambling"]}}`, "If-None-Match: *")
		f("PUT", "timetables/"+name, `{"timetable":{"days":"all"}}`, "If-None-Match: *")
		f("PUT", "units/"+name, `{"unit":{"id":"x"}}`, "If-None-Match: *")
		f("POST", "units/"+name+"/exceptions", `{"name":"a.example"}`)
		f("POST", "units/lao-cai/locks/"+name, "")
		f("POST", "feeds/"+name+"/roll-back", "")
		f("DELETE", "accounts/"+name+"/tokens/"+name, "")
		f("DELETE", "units/sa-pa/exceptions/allow/"+name, "")
	}
	for _, document := range []string{"../x", "..", "/etc/passwd", "a\\u0000b", "\\n", strings.Repeat("x", 101), ""} {
		f("POST", "orders", `{"authority":"a05","document":"`+document+`","file":"a.csv","table":"YS5leGFtcGxlCg=="}`)
		f("POST", "orders", `{"authority":"`+document+`","document":"15/A05","file":"a.csv","table":"YS5leGFtcGxlCg=="}`)
	}
	for _, number := range []string{"0", "-1", "1e3", "NaN", "99999999999999999999", "0x10", "1.0", "%31%00"} {
		f("GET", "ledger/"+number, "")
		f("POST", "ledger/"+number+"/undo", "")
		f("GET", "units?limit="+number, "")
		f("GET", "units/sa-pa/calendar?days="+number, "")
	}
	for _, value := range []string{"NaN", "-1", "1e400", "99999999999999999999", "0.5"} {
		f("PUT", "units/moi", `{"unit":{"id":"moi","name":"x","students":`+value+`}}`, "If-None-Match: *")
	}
	if after := head(); after != before {
		t.Errorf("something was decided: %s, then %s", before, after)
	}
	if _, err := os.Stat(p.dir + "/x"); err == nil {
		t.Error("a file was written elsewhere")
	}
	if status, text := c.ask("GET", "units/lao-cai", ""); status != http.StatusOK {
		t.Errorf("and then: %d %s", status, text)
	}
}

// TestWhoIsLockedOutIsOutAtOnce: an account that is reset or removed while it is at work, by
// its token; the other account goes on.
func TestWhoIsLockedOutIsOutAtOnce(t *testing.T) {
	p := newProcess(t, "", country, startStandIn(t).addr)
	clients := p.people("school@th-kim-dong", "school@th-sa-pa", "commune@sa-pa")
	p.start()
	school, other := clients["school@th-kim-dong"], clients["school@th-sa-pa"]
	for _, step := range [][]string{{"account", "reset", "school-0", "--yes"}, {"account", "remove", "school-0", "--yes"}} {
		if out, err := p.command(os.Getuid(), step...); err != nil {
			t.Fatalf("%v: %v %s", step, err, out)
		}
		if status, text := school.ask("POST", "units/th-kim-dong/exceptions", `{"name":"a.example"}`); status != http.StatusUnauthorized && status != http.StatusForbidden {
			t.Errorf("after %v: %d %s", step, status, text)
		}
		if status, text := other.ask("GET", "units/th-sa-pa", ""); status != http.StatusOK {
			t.Errorf("another account after %v: %d %s", step, status, text)
		}
	}
	// A request for another host is of a page that somebody else has made.
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.http, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(soon))
	fmt.Fprintf(conn, "POST %sunits/th-sa-pa/exceptions HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://other.example\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{\"name\":\"a.example\"}", api.Prefix, other.token)
	if answer, _ := io.ReadAll(conn); !strings.Contains(string(answer), " 403 ") && !strings.Contains(string(answer), " 421 ") {
		t.Errorf("a page of others decides: %.300s", answer)
	}
}

// A session is a browser that one account has logged in with.
func (p *process) session(path, body string) *http.Client {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: soon}
	if status, text := p.by(c, "POST", path, body); status != http.StatusOK {
		p.t.Fatalf("%s: %d %s", path, status, text)
	}
	return c
}

// by asks the API by a session.
func (p *process) by(c *http.Client, method, path, body string, headers ...string) (status int, text string) {
	p.t.Helper()
	r, err := http.NewRequest(method, p.http+api.Prefix+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		r.Header.Set(key, value)
	}
	answer, err := c.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Error(err)
	}
	return answer.StatusCode, string(all)
}

// TestTwoSessionsOfOneAccountDoNotOverwriteEachOther: what both change at once one of them
// does, what both undo is undone once, and a new password ends the other session, also in
// the midst of its work. A request that says nothing but another host is refused.
func TestTwoSessionsOfOneAccountDoNotOverwriteEachOther(t *testing.T) {
	p := newProcess(t, "", country, startStandIn(t).addr)
	p.start()
	out, err := p.command(os.Getuid(), "account", "add", "hai", "--unit", "th-kim-dong", "--json")
	var made api.Decided
	if err != nil || json.Unmarshal([]byte(out), &made) != nil {
		t.Fatal(err, out)
	}
	account := made.Object[strings.LastIndex(made.Object, "/")+1:]
	if out, err := p.command(os.Getuid(), "account", "grant", account, "school", "--unit", "th-kim-dong"); err != nil {
		t.Fatal(err, out)
	}
	const password = "con-mèo-trèo-cây-cau"
	one := p.session("session/redeem", `{"name":"hai","code":"`+made.Secret+`","password":"`+password+`"}`)
	two := p.session("session", `{"name":"hai","password":"`+password+`"}`)
	both := func(method, path string, body func(i int) string, headers ...string) (statuses []int, texts []string) {
		statuses, texts = make([]int, 2), make([]string, 2)
		var working sync.WaitGroup
		for i, c := range []*http.Client{one, two} {
			working.Go(func() { statuses[i], texts[i] = p.by(c, method, path, body(i), headers...) })
		}
		working.Wait()
		return statuses, texts
	}
	except := func(i int) string { return fmt.Sprintf(`{"name":"hoc.example","until":"2036-12-%02d"}`, 10+i) }
	const place = "units/th-kim-dong/exceptions"
	statuses, texts := both("POST", place, except, "If-None-Match: *")
	slices.Sort(statuses)
	if !slices.Equal(statuses, []int{http.StatusOK, http.StatusPreconditionFailed}) {
		t.Fatalf("both open a name that neither has seen open: %v %v", statuses, texts)
	}
	var d api.Decided
	for _, text := range texts {
		if strings.Contains(text, `"seq"`) {
			_ = json.Unmarshal([]byte(text), &d)
		}
	}
	statuses, texts = both("POST", place, func(i int) string { return except(5 + i) }, fmt.Sprintf(`If-Match: "%d"`, d.Seq))
	slices.Sort(statuses)
	if !slices.Equal(statuses, []int{http.StatusOK, http.StatusPreconditionFailed}) {
		t.Errorf("both change what they saw: %v %v", statuses, texts)
	}
	for _, text := range texts {
		var next api.Decided
		if json.Unmarshal([]byte(text), &next) == nil && next.Seq > 0 {
			d = next
		}
	}
	statuses, texts = both("POST", fmt.Sprintf("ledger/%d/undo", d.Seq), func(int) string { return "{}" })
	slices.Sort(statuses)
	if statuses[0] != http.StatusOK || statuses[1] < 400 || statuses[1] >= 500 {
		t.Errorf("both undo the same: %v %v", statuses, texts)
	}

	stop, ended := make(chan struct{}), make(chan int)
	go func() { // works on while its session ends
		last := 0
		for {
			select {
			case <-stop:
				ended <- last
				return
			default:
				last, _ = p.by(two, "GET", "units/th-kim-dong", "")
			}
		}
	}()
	if status, text := p.by(one, "POST", "account/password", `{"old":"`+password+`","password":"một con vịt xòe ra"}`); status/100 != 2 {
		t.Fatalf("a new password: %d %s", status, text)
	}
	if status, text := p.by(two, "POST", place, except(9)); status != http.StatusUnauthorized {
		t.Errorf("the other session decides after the password has changed: %d %s", status, text)
	}
	if status, text := p.by(one, "GET", "session", ""); status != http.StatusOK {
		t.Errorf("the session that has changed it: %d %s", status, text)
	}
	p.until("no request of the other is answered", func() bool {
		status, _ := p.by(two, "GET", "units/th-kim-dong", "")
		return status == http.StatusUnauthorized
	})
	close(stop)
	if last := <-ended; last != http.StatusUnauthorized && last != 0 {
		t.Errorf("what went on by the other session ended with %d", last)
	}

	conn, err := net.Dial("tcp", strings.TrimPrefix(p.http, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(soon))
	fmt.Fprintf(conn, "GET %sunits HTTP/1.1\r\nHost: evil.example\r\n\r\n", api.Prefix)
	answer := make([]byte, 16)
	if _, err := io.ReadFull(conn, answer); err != nil || !strings.Contains(string(answer), " 421 ") {
		t.Errorf("a request for another host, and nothing else: %q %v", answer, err)
	}
}
