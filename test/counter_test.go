package test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/console/api"
)

// This file has the desk as people and programs reach it: by commands and by /api/v1, in
// the real processes.

// country is a province with two communes, of which one has two schools, and another one.
const country = `
units:
  - {id: lao-cai, name: Tỉnh Lào Cai, kind: province, lock: [csam]}
  - {id: sa-pa, parent: lao-cai, name: Phường Sa Pa, kind: commune, lock: [gambling]}
  - {id: th-kim-dong, parent: sa-pa, name: Trường Kim Đồng, kind: school, level: primary, networks: ["127.10.0.0/16"]}
  - {id: th-sa-pa, parent: sa-pa, name: Trường Sa Pa, kind: school, level: primary, networks: ["127.11.0.0/16"]}
  - {id: bac-ha, parent: lao-cai, name: Xã Bắc Hà, kind: commune}
  - {id: yen-bai, name: Tỉnh Yên Bái, kind: province}
`

// A client is a program with the token of an account.
type client struct {
	p     *process
	token string
}

// ask sends a request with a body of JSON, and returns what came of it.
func (c client) ask(method, path, body string, headers ...string) (status int, text string) {
	c.p.t.Helper()
	r, err := http.NewRequest(method, c.p.http+api.Prefix+path, strings.NewReader(body))
	if err != nil {
		c.p.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		r.Header.Set(key, value)
	}
	reply, err := (&http.Client{Timeout: soon}).Do(r)
	if err != nil {
		c.p.t.Fatal(err)
	}
	defer reply.Body.Close()
	answer, err := io.ReadAll(reply.Body)
	if err != nil {
		c.p.t.Fatal(err)
	}
	return reply.StatusCode, string(answer)
}

// people puts accounts on the disk before there is a server: each with a role over a unit,
// as "role@unit", and a token that may whatever its owner may.
func (p *process) people(roles ...string) map[string]client {
	p.t.Helper()
	state := filepath.Join(p.dir, "state")
	store, _, err := account.OpenStore(filepath.Join(state, "accounts"))
	if err != nil {
		p.t.Fatal(err)
	}
	tokens, _, err := account.OpenTokens(filepath.Join(state, "tokens"))
	if err != nil {
		p.t.Fatal(err)
	}
	l, err := ledger.Open(filepath.Join(state, "ledger"))
	if err != nil {
		p.t.Fatal(err)
	}
	clients := map[string]client{}
	for i, who := range roles {
		role, unit, _ := strings.Cut(who, "@")
		a, _, err := store.Create(fmt.Sprintf("%s-%d", role, i), time.Now())
		if err != nil {
			p.t.Fatal(err)
		}
		_, token, err := tokens.Issue(account.Actor{Machine: true}, a.ID, account.TokenWish{Name: "x", Scopes: account.Rights()}, time.Now())
		if err != nil {
			p.t.Fatal(err)
		}
		clients[who] = client{p, token}
		for object, value := range map[string]string{"account/" + a.ID: `{"name":"` + a.Name + `"}`, "grant/" + a.ID + "/" + role: `{}`} {
			d := ledger.Draft{Unit: unit, By: "uid:0", Role: "machine", Via: "cli", What: "x", Object: object, New: json.RawMessage(value)}
			if _, err := l.Append(context.Background(), d); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	if err := l.Close(); err != nil {
		p.t.Fatal(err)
	}
	return clients
}

// TestEachRoleReachesItsOwnAndNothingElse asks on each route for each role about a unit of
// its own, below, beside and above it, and about all. A letter stands for each unit that it
// is not refused: k and s are the schools, c their commune, b the one beside, p the
// province, y the other one, a the authority, x another one, e is everything.
func TestEachRoleReachesItsOwnAndNothingElse(t *testing.T) {
	const orders = `feeds:
  - {name: lenh, url: lenh.txt, format: domains, category: authority-order, locked_by: lao-cai, authority: {name: A05, document: 12/A05}}
  - {name: khac, url: khac.txt, format: domains, category: authority-order, locked_by: lao-cai, authority: {name: A06, document: 13/A06}}
`
	p := newProcess(t, orders, country, startStandIn(t).addr)
	p.write("lenh.txt", "ordered.example\n")
	p.write("khac.txt", "other.example\n")
	roles := []string{
		"school@th-kim-dong", "commune@sa-pa", "province@lao-cai", "operator@", "viewer@sa-pa", "authority@a05",
	}
	clients := p.people(append(roles, "school@gone")...)
	p.start()
	units := map[string]string{"k": "th-kim-dong", "s": "th-sa-pa", "c": "sa-pa", "b": "bac-ha", "p": "lao-cai", "y": "yen-bai", "a": "a05", "x": "a06", "e": ""}
	asked := 0
	f := func(method, path, body string, want ...string) {
		t.Helper()
		for i, role := range roles {
			got := ""
			for _, letter := range strings.Split("kscbpyaxe", "") {
				unit := units[letter]
				if unit == "" && strings.Contains(path, "{unit}") {
					continue
				}
				at := strings.ReplaceAll(path, "{unit}", url.PathEscape(unit))
				status, text := clients[role].ask(method, at, strings.ReplaceAll(body, "{unit}", unit), `If-Match: "0"`)
				if asked++; status == http.StatusInternalServerError || status == http.StatusBadRequest || status == http.StatusUnauthorized {
					t.Errorf("%s %s by %s: %d %s", method, at, role, status, text)
				}
				if status != http.StatusForbidden && status != http.StatusNotFound {
					got += letter
				}
			}
			if got != want[i] {
				t.Errorf("%s %s: %s reaches %q, want %q", method, path, role, got, want[i])
			}
		}
	}
	const all = "kscbpy"
	f("GET", "units/{unit}", "", "k", "ksc", "kscbp", all, "ksc", "")
	f("GET", "units/{unit}/now", "", "k", "ksc", "kscbp", all, "ksc", "")
	f("GET", "units/{unit}/calendar", "", "k", "ksc", "kscbp", all, "ksc", "")
	f("GET", "units/{unit}/exceptions", "", "k", "ksc", "kscbp", all+"ax", "ksc", "a")            // which has none
	f("GET", "explain?name=a.example&unit={unit}", "", "k", "ksc", "kscbp", all+"ax", "ksc", "a") // of which nothing is known
	f("POST", "units/{unit}/exceptions?preview=true", `{"name":"a.example"}`, "k", "ksc", "kscbp", "", "", "")
	f("POST", "units/{unit}/exceptions/many?preview=true", `{"text":"a.example\nb.example"}`, "k", "ksc", "kscbp", "", "", "")
	f("PUT", "units/{unit}/rules?preview=true", `{"rules":[]}`, "", "", "kscbp", all, "", "")
	// Without a parent a unit is at the top, where a province has nothing but itself.
	f("PUT", "units/{unit}?preview=true", `{"unit":{"id":"{unit}","name":"x"}}`, "", "", "p", all+"ax", "", "") // the id is taken
	f("DELETE", "units/{unit}?preview=true", "", "", "", "kscbp", all, "", "")
	f("POST", "units/{unit}/locks/games?preview=true", "", "", "c", "p", "py", "", "")
	f("POST", "accounts?preview=true", `{"unit":"{unit}","name":"lan-{unit}"}`, "", "", "", "", "", "") // a token makes none
	f("POST", "orders?preview=true", `{"authority":"{unit}","document":"15/A05","file":"a.csv","table":"YS5leGFtcGxlCg=="}`, "", "", "", all+"axe", "", "a")
	f("DELETE", "orders?preview=true", `{"authority":"{unit}","document":"15/A05"}`, "", "", "", "", "", "")
	f("PUT", "reports/words?preview=true", `{"unit":"{unit}","period":"2026-Q3","part":"vi","text":"x"}`, "k", "ksc", "kscbp", all+"axe", "", "a")
	f("POST", "units/{unit}/adopt?preview=true", "", "", "", "kscbp", all+"ax", "", "") // which it is told are not there
	f("PUT", "units/{unit}/calendar?preview=true", `{"calendar":{"exams":[{"from":"2026-12-21"}]}}`, "k", "ksc", "kscbp", all, "", "")
	f("PUT", "units/{unit}/groups/moi?preview=true", `{"group":{}}`, "", "", "kscbp", all, "", "")
	const every = "kscbpyaxe" // what is asked of no unit
	f("PUT", "profiles/thi?preview=true", `{"profile":{"block":["games"]}}`, "", "", "", every, "", "")
	f("PUT", "timetables/dem?preview=true", `{"timetable":{"from":"22:00","to":"05:00"}}`, "", "", "", every, "", "")
	f("PUT", "calendar?preview=true", `{"calendar":{"exams":[{"from":"2026-12-21"}]}}`, "", "", "", every, "", "")
	f("POST", "feeds?preview=true", `{"name":"la","url":"https://la.example/x","category":"games"}`, "", "", "", every, "", "")
	f("POST", "fleet/nodes?preview=true", `{"name":"a"}`, "", "", "", every, "", "")
	f("POST", "fleet/release/advance?preview=true", "", "", "", "", every, "", "")
	f("POST", "fleet/release/hold?preview=true", "", "", "", every, every, "", "")
	f("POST", "fleet/release/roll-back?preview=true", "", "", "", "", every, "", "")
	f("POST", "reports", `{"unit":"{unit}","period":"2026-Q4","format":"json"}`, "k", "ksc", "kscbp", all+"axe", "ksc", "a")
	for path, want := range map[string]string{"orders": "lenh", "feeds": "lenh"} {
		status, text := clients["authority@a05"].ask("GET", path, "")
		if status != http.StatusOK || strings.Contains(text, "A06") || path == "feeds" && !strings.Contains(text, want) {
			t.Errorf("an authority sees at %s: %d %s", path, status, text)
		}
	}
	for _, path := range []string{"nodes", "profiles", "timetables", "calendar", "policy", "ledger/export", "feeds/khac/held", "accounts/x/tokens"} {
		if status, text := clients["authority@a05"].ask("GET", path, ""); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("an authority at %s: %d %s", path, status, text)
		}
	}
	if status, text := clients["authority@a05"].ask("POST", "feeds/khac/roll-back", ""); status != http.StatusForbidden && status != http.StatusNotFound {
		t.Errorf("an authority rolls the list of another one back: %d %s", status, text)
	}
	for _, c := range []client{{p, ""}, {p, "lachan_wrong"}, clients["school@gone"]} {
		for _, path := range []string{"units/th-kim-dong", "exceptions?unit=th-kim-dong", "explain?name=a.example&unit=th-kim-dong", "ledger/1", "ledger/export", "policy"} {
			if status, text := c.ask("GET", path, ""); status < 400 {
				t.Errorf("%s by nobody: %d %s", path, status, text)
			}
		}
	}
	// What a list has is what may be seen, and a record of others is not there.
	for role, want := range map[string]int{"school@th-kim-dong": 1, "commune@sa-pa": 3, "province@lao-cai": 5, "operator@": 6, "viewer@sa-pa": 3, "school@gone": 0} {
		var page api.Page[api.Unit]
		_, text := clients[role].ask("GET", "units?limit=100", "")
		if err := json.Unmarshal([]byte(text), &page); err != nil || len(page.Items) != want {
			t.Errorf("%s lists %d units, want %d: %v", role, len(page.Items), want, err)
		}
	}
	if status, text := clients["school@th-kim-dong"].ask("GET", "ledger/3", ""); status != http.StatusNotFound {
		t.Errorf("a record of the commune: %d %s", status, text)
	}
	t.Logf("%d requests", asked)
}

// TestTheFirstAccountIsMadeOverTheAPI: by the code that the journal shows where there is no
// console. It is the operator, once it has a second factor.
func TestTheFirstAccountIsMadeOverTheAPI(t *testing.T) {
	p := newProcess(t, "", country, startStandIn(t).addr)
	p.start()
	code := p.logged(`there is no account yet" code=(\S+)`)
	body := `{"name":"lan","code":"` + code + `","password":"con-mèo-trèo-cây-cau"}`
	if status, text := (client{p, ""}).ask("POST", "session/first", strings.Replace(body, code, "AAAA-BBBB", 1)); status != http.StatusUnauthorized {
		t.Errorf("a wrong code: %d %s", status, text)
	}
	status, text := (client{p, ""}).ask("POST", "session/first", body)
	if status != http.StatusOK || !strings.Contains(text, `"must_enroll":["operator"]`) {
		t.Errorf("%d %s", status, text)
	}
	if status, text := (client{p, ""}).ask("POST", "session/first", body); status != http.StatusUnauthorized {
		t.Errorf("a second time: %d %s", status, text)
	}
	if out, err := p.command(os.Getuid(), "account", "list", "--lang", "en"); err != nil || !strings.Contains(out, "lan") || !strings.Contains(out, "operator") {
		t.Errorf("%s %v", out, err)
	}
}

// TestNoLowerUnitLiftsALock: not by an exception, for itself or with a name that is more
// exact, nor by taking the lock away.
func TestNoLowerUnitLiftsALock(t *testing.T) {
	p := newProcess(t, "feeds:\n  - {name: cuoc, url: cuoc.txt, format: domains, category: gambling, locked_by: sa-pa}\n", country, startStandIn(t).addr)
	p.write("cuoc.txt", "bet.example\n")
	clients := p.people("school@th-kim-dong", "commune@sa-pa")
	p.start()
	p.until("the list is in force", func() bool { return p.blocked("127.10.1.1", "bet.example") })
	school := clients["school@th-kim-dong"]
	for _, name := range []string{"bet.example", "www.bet.example", "category:gambling"} {
		if status, text := school.ask("POST", "units/th-kim-dong/exceptions", `{"name":"`+name+`"}`); status < 400 && !strings.Contains(text, `"void_by"`) {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	for _, unit := range []string{"sa-pa", "th-kim-dong", "lao-cai"} {
		if status, text := school.ask("DELETE", "units/"+unit+"/locks/gambling", ""); status != http.StatusForbidden && status != http.StatusNotFound {
			t.Errorf("lift of %s: %d %s", unit, status, text)
		}
	}
	if !p.blocked("127.10.1.1", "bet.example") || !p.blocked("127.10.1.1", "www.bet.example") {
		t.Error("the name is open")
	}
}

// blocked reports whether a client is refused a name.
func (p *process) blocked(from, name string) bool {
	p.t.Helper()
	return p.from(from, name).Rcode == dns.RcodeNameError
}

// TestACommandAndAProgramDecide: what one has decided the other sees, the next query is
// judged by it, and undo takes it back.
func TestACommandAndAProgramDecide(t *testing.T) {
	p := newProcess(t, "", country, startStandIn(t).addr)
	clients := p.people("school@th-kim-dong", "commune@sa-pa")
	p.start()
	lachan := func(args ...string) string {
		t.Helper()
		out, err := p.command(os.Getuid(), append(args, "--lang", "en")...)
		if err != nil {
			t.Errorf("lachan %q: %v %s", args, err, out)
		}
		return out
	}
	decided := lachan("except", "add", "game.example", "--unit", "sa-pa", "--block", "--until", "2036-12-31", "--why", "thi học kỳ")
	if !strings.Contains(decided, "done, record no. 6") || !p.blocked("127.10.1.1", "www.game.example") || !p.blocked("127.11.1.1", "game.example") {
		t.Errorf("%s, and it is open", decided)
	}
	commune, school := clients["commune@sa-pa"], clients["school@th-kim-dong"]
	if _, text := commune.ask("GET", "exceptions?unit=sa-pa", ""); !strings.Contains(text, "thi học kỳ") {
		t.Errorf("a program sees %s", text)
	}
	key := "Idempotency-Key: 1"
	_, first := school.ask("POST", "units/th-kim-dong/exceptions", `{"name":"game.example","until":"2036-12-31"}`, key)
	_, again := school.ask("POST", "units/th-kim-dong/exceptions", `{"name":"game.example","until":"2036-12-31"}`, key)
	if first != again || !strings.Contains(first, `"seq":7`) || p.blocked("127.10.1.1", "game.example") || !p.blocked("127.11.1.1", "game.example") {
		t.Errorf("%s, then %s", first, again)
	}
	if status, text := school.ask("DELETE", "units/th-kim-dong/exceptions/allow/game.example", "", `If-Match: "6"`); status != http.StatusPreconditionFailed {
		t.Errorf("of another record: %d %s", status, text)
	}
	if out := lachan("except", "list", "--unit", "th-kim-dong"); !strings.Contains(out, "7: th-kim-dong allow/game.example") {
		t.Errorf("a command sees %s", out)
	}
	lachan("ledger", "undo", "7", "--yes")
	if !p.blocked("127.10.1.1", "game.example") {
		t.Error("undone, and it is open")
	}
	if out := lachan("ledger", "verify"); !strings.Contains(out, "the ledger is whole: 8 records") {
		t.Error(out)
	}
	if out := lachan("policy", "export"); !strings.Contains(out, "game.example") {
		t.Errorf("%s has not what was decided", out)
	}
	if _, text := school.ask("GET", "units?address=127.10.3.4", ""); !strings.Contains(text, `"id":"th-kim-dong"`) {
		t.Errorf("the unit of an address: %s", text)
	}
	p.stop()
	if out, err := p.command(os.Getuid(), "except", "list", "--lang", "en"); err == nil || !strings.Contains(out, "no server runs on") {
		t.Errorf("without a server: %s %v", out, err)
	}
	p.start()
	if !p.blocked("127.10.1.1", "game.example") {
		t.Error("after a start it is open")
	}
}

// TestBadInputCostsNoAnswer: JSON that is none, fields that are not there, a body of a
// gigabyte, slow bodies and a thousand wrong passwords, while clients ask. The owner of the
// account is let in all the same.
func TestBadInputCostsNoAnswer(t *testing.T) {
	p := newProcess(t, "", strings.Replace(country, `networks: ["127.10.0.0/16"]`, `networks: ["127.10.0.0/16"], block: [blocked.example]`, 1), startStandIn(t).addr)
	c := p.people("school@th-kim-dong")["school@th-kim-dong"]
	p.start()
	code := ""
	if out, err := p.command(os.Getuid(), "account", "add", "owner", "--unit", "th-kim-dong", "--json"); err == nil {
		var d api.Decided
		if err := json.Unmarshal([]byte(out), &d); err != nil {
			t.Fatal(err)
		}
		code = d.Secret
	} else {
		t.Fatal(out)
	}
	const password = "con-mèo-trèo-cây-cau"
	if status, text := (client{p, ""}).ask("POST", "session/redeem", `{"name":"owner","code":"`+code+`","password":"`+password+`"}`); status != 200 {
		t.Fatal(status, text)
	}
	s := startPulse(t, p.dns, "blocked.example", 5000, "127.10.1.1", "127.10.1.2")
	for _, bad := range []string{"{", "[]", `{"name":"a.example","nmae":1}`, `{"name":"a.example"`, strings.Repeat("[", 60000), `{"name":"` + strings.Repeat("x", 63000) + `"}`} {
		for range 20 {
			if status, text := c.ask("POST", "units/th-kim-dong/exceptions", bad); status < 400 || status >= 500 || !strings.Contains(text, `"vi"`) {
				t.Errorf("%.40s: %d %s", bad, status, text)
			}
		}
	}
	var slow sync.WaitGroup
	for range 40 {
		slow.Go(func() { p.slowBody(c.token) })
	}
	if status := p.gigabyte(c.token); status != http.StatusRequestEntityTooLarge && status != 0 {
		t.Errorf("a gigabyte: %d", status)
	}
	refused := 0
	for i := range 1000 {
		status, _ := (client{p, ""}).ask("POST", "session", fmt.Sprintf(`{"name":"owner","password":"wrong-%d"}`, i))
		if status == http.StatusTooManyRequests {
			refused++
		} else if status != http.StatusUnauthorized {
			t.Errorf("a wrong password: %d", status)
		}
	}
	if refused < 900 {
		t.Errorf("%d of 1000 tries were held up", refused)
	}
	slow.Wait()
	p.lostNothing(s)
	t.Logf("%d questions were asked meanwhile, %d of 1000 tries held up", s.sent.Load(), refused)
	r, err := http.NewRequest("POST", p.http+api.Prefix+"session", strings.NewReader(`{"name":"owner","password":"`+password+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	reply, err := elsewhere().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(reply.Body)
		t.Errorf("the owner, from elsewhere: %d %s", reply.StatusCode, text)
	}
}

// elsewhere is a client from another network than that of the tests.
func elsewhere() *http.Client { return from("127.77.0.9") }

// from is a client at an address.
func from(address string) *http.Client {
	local := &net.TCPAddr{IP: net.ParseIP(address)}
	return &http.Client{Timeout: soon, Transport: &http.Transport{DialContext: (&net.Dialer{LocalAddr: local}).DialContext}}
}

// slowBody sends the beginning of a body and no more, until the server has enough.
func (p *process) slowBody(token string) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.http, "http://"))
	if err != nil {
		return // it has as many as it takes
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %sunits/th-kim-dong/exceptions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", api.Prefix, token)
	_ = conn.SetReadDeadline(time.Now().Add(soon))
	_, _ = io.Copy(io.Discard, conn) // until it ends the connection
}

// gigabyte sends a body without an end, and returns what is answered; 0 if the connection
// was cut off before.
func (p *process) gigabyte(token string) int {
	p.t.Helper()
	body := &countedZeros{most: 1 << 30}
	r, err := http.NewRequest("POST", p.http+api.Prefix+"units/th-kim-dong/exceptions", body)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	reply, err := (&http.Client{Timeout: soon}).Do(r)
	p.t.Logf("a gigabyte was refused after %d KiB", body.read.Load()>>10)
	if body.read.Load() > 64<<20 {
		p.t.Errorf("%d MiB of it were taken", body.read.Load()>>20)
	}
	if err != nil {
		return 0
	}
	_ = reply.Body.Close()
	return reply.StatusCode
}

// countedZeros are so many bytes.
type countedZeros struct {
	most int64
	read atomic.Int64 // the transport reads on while the refusal is there already
}

func (z *countedZeros) Read(b []byte) (int, error) {
	if z.read.Load() >= z.most {
		return 0, io.EOF
	}
	clear(b)
	z.read.Add(int64(len(b)))
	return len(b), nil
}

// TestAStartWithOtherFilesIsARecord: the ledger says which files were in force, whether they
// came by a signal or while the server was down, and a start with the same says nothing.
func TestAStartWithOtherFilesIsARecord(t *testing.T) {
	p := newProcess(t, "", country, startStandIn(t).addr)
	told := func(when string, want int) {
		t.Helper()
		out, err := p.command(os.Getuid(), "ledger", "show", "--json")
		if got := strings.Count(string(out), `"what": "reload"`); err != nil || got != want {
			t.Errorf("%s: %d records of files, want %d: %v %s", when, got, want, err, out)
		}
	}
	restart := func() {
		p.stop()
		p.start()
	}
	p.start()
	told("at the first start", 1)
	restart()
	told("nothing has changed", 1)
	p.write("policy.yaml", country+"  - {id: moi, kind: province}\n")
	restart()
	told("policy.yaml has changed meanwhile", 2)
	restart()
	told("nothing has changed again", 2)
	if out, err := p.command(os.Getuid(), "except", "add", "game.example", "--unit", "sa-pa", "--until", "2036-12-31", "--why", "thi"); err != nil {
		t.Fatal(err, string(out))
	}
	restart()
	told("somebody has decided", 2)
	p.reload()
	told("after a signal", 3)
	restart()
	told("the same after the signal", 3)
	if out, err := p.command(os.Getuid(), "ledger", "verify"); err != nil {
		t.Error(err, string(out))
	}
}
