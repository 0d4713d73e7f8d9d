package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/console/api"
	"lachan/internal/wording"
)

const exceptions = api.Prefix + "units/th-kim-dong/exceptions"

// TestWhatIsNotUnderstoodIsRefused: nothing is decided, and the problem names the field.
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	d := &desk{}
	h := open(t, d)
	f := func(method, path, body string, status int, kind, field string, headers ...string) {
		t.Helper()
		w := ask(h, method, path, body, headers...)
		if w.Code != status {
			t.Errorf("%s %s %.60s: %d %s, want %d", method, path, body, w.Code, w.Body, status)
			return
		}
		if k, at := problemOf(t, w); k != kind || at != field {
			t.Errorf("%s %s %.60s: %s at %q, want %s at %q", method, path, body, k, at, kind, field)
		}
	}
	f("POST", exceptions, ``, 400, "json", "")
	f("POST", exceptions, `{`, 400, "json", "")
	f("POST", exceptions, `[]`, 400, "json", "")
	f("POST", exceptions, `"olm.vn"`, 400, "json", "")
	f("POST", exceptions, `{"name":"olm.vn"} {}`, 400, "json", "")
	f("POST", exceptions, `{"name":"olm.vn"}]`, 400, "json", "")
	f("POST", exceptions, `{"name":"olm.vn","nmae":1}`, 400, "json", "nmae")
	f("POST", exceptions, `{"Name":"olm.vn"}`, 400, "json", "Name")
	f("POST", exceptions, `{"name":"olm.vn","name":"evil.example"}`, 400, "json", "name")
	f("POST", exceptions, `{"name":["olm.vn"]}`, 400, "json", "name")
	f("POST", exceptions, `{"name":"olm.vn","why":5}`, 400, "json", "why")
	f("POST", exceptions, `{"name":`+strings.Repeat("9", 5000)+`}`, 400, "json", "name")
	f("POST", exceptions, `{"name":"olm.vn","from":"2026-12-31T23:59:60Z"}`, 400, "json", "from")
	f("POST", exceptions, `{"name":"olm.vn","from":["2026-12-31T23:59:59Z"]}`, 400, "json", "from")
	f("POST", api.Prefix+"requests/answer", `{"outcome":"open","requests":["a"],"text":{}}`, 400, "json", "text")
	f("POST", api.Prefix+"orders", `{"authority":"so","document":"1","file":"x.csv","table":"a"}`, 400, "json", "table")
	for _, other := range []string{
		"\ufeff" + `{"name":"olm.vn"}`, "\xff\xfe{\x00}\x00", "\x00{\x00}", `{"name":"olm.vn"}` + "\x00", "{\"name\":\"olm.vn\",\"why\":\"tr\xe0\"}",
		`{"name":"olm.vn","why":"\ud800"}`, `{"name":"olm.vn","why":"\udc00\ud800"}`, `{"name":"olm.vn","why":"\ud800\u0041"}`,
	} {
		f("POST", exceptions, other, 400, "json", "")
	}
	f("POST", exceptions, `{"name":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`}`, 400, "json", "")
	f("PUT", api.Prefix+"units/sa-pa", `{"unit":{"id":"a","id":"b"}}`, 400, "json", "id", "If-Match: \"1\"")
	f("POST", exceptions, `{"name":"`+strings.Repeat("a", 70<<10)+`"}`, 413, "too-large", "")
	f("POST", exceptions, `name=olm.vn`, 415, "media-type", "Content-Type", "Content-Type: application/x-www-form-urlencoded")
	f("POST", exceptions, `{"name":"olm.vn"}`, 415, "media-type", "Content-Type", "Content-Type: text/plain")
	f("POST", exceptions, `{"name":"olm.vn"}`, 415, "media-type", "Content-Type", "Content-Type: ")
	f("POST", exceptions, `{"name":"olm.vn"}`, 415, "media-type", "Content-Type", "Content-Type: application/json; charset=utf-16")
	f("POST", exceptions, `{"name":"olm.vn"}`, 415, "media-type", "Content-Type", "Content-Encoding: gzip")
	f("POST", exceptions, `{"name":"olm.vn"}`, 400, "header", "Idempotency-Key", "Idempotency-Key: 1", "Idempotency-Key: 2")
	f("POST", exceptions, `{"name":"olm.vn"}`, 400, "if-none-match", "If-None-Match", `If-None-Match: "7"`)
	f("POST", exceptions, `{"name":"olm.vn"}`, 400, "if-match", "If-Match", "If-Match: 7")
	f("POST", exceptions, `{"name":"olm.vn"}`, 400, "if-match", "If-Match", "If-Match: W/\"7\"")
	f("POST", exceptions, `{"name":"olm.vn"}`, 400, "idempotency-key", "Idempotency-Key", "Idempotency-Key: "+strings.Repeat("k", 129))
	f("POST", exceptions, `{"name":"olm.vn"}`, 403, "cross-site", "", "Sec-Fetch-Site: cross-site")
	f("POST", exceptions, `{"name":"olm.vn"}`, 403, "cross-site", "", "Origin: null")
	f("POST", exceptions+"?preview=maybe", `{"name":"olm.vn"}`, 422, "invalid", "preview")
	f("PUT", api.Prefix+"units/sa-pa", `{"unit":{}}`, 428, "if-match", "If-Match")
	f("POST", api.Prefix+"requests/answer", `{"outcome":"open","requests":[]}`, 422, "invalid", "requests")
	f("POST", api.Prefix+"ledger/x/undo", ``, 400, "path", "seq")
	f("GET", api.Prefix+"units?limit=0", ``, 422, "invalid", "limit")
	f("GET", api.Prefix+"units?limit=501", ``, 422, "invalid", "limit")
	f("GET", api.Prefix+"units?after=%21", ``, 422, "invalid", "after")
	f("GET", api.Prefix+"units?q=x", ``, 400, "query", "q")
	f("GET", api.Prefix+"units?limit=1&limit=2", ``, 400, "query", "limit")
	for _, forged := range []string{"eA", "AAAAAA", "AAAAAGE", "MTI", strings.Repeat("A", 3000)} {
		f("GET", api.Prefix+"ledger?after="+forged, ``, 422, "invalid", "after")
		f("GET", api.Prefix+"units?after="+forged, ``, 422, "invalid", "after")
	}
	f("GET", api.Prefix+"ledger/999", ``, 404, "not-found", "")
	f("GET", api.Prefix+"nothing", ``, 404, "not-found", "")
	f("GET", api.Prefix+"explain?unit=sa-pa", ``, 422, "invalid", "name")
	f("PATCH", api.Prefix+"units/sa-pa", `{}`, 405, "method", "")
	f("GET", api.Prefix+"units/a/locks/games", ``, 405, "method", "")
	if len(d.decided) != 0 {
		t.Errorf("decided: %v", d.decided)
	}
	if allowed := ask(h, "PATCH", api.Prefix+"units/sa-pa", `{}`).Header().Get("Allow"); allowed != "GET, PUT, DELETE" {
		t.Errorf("allowed: %s", allowed)
	}
}

// TestWhatTheDeskRefusesIsAProblem: with the field, the line, the record and those who
// could do it.
func TestWhatTheDeskRefusesIsAProblem(t *testing.T) {
	d := &desk{}
	h := open(t, d)
	f := func(kind admin.RefusalKind, status int, headers ...string) {
		t.Helper()
		d.refuse = fmt.Errorf("decide: %w", &admin.Refusal{
			Kind: kind, Field: "name", Text: wording.Text{VI: "không", EN: "no"}, Seq: 12, Place: "policy.yaml:42",
			WhoMay: []account.Holder{{Role: account.Commune, Unit: "sa-pa"}},
		})
		w := ask(h, "POST", exceptions, `{"name":"olm.vn"}`, headers...)
		var p api.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != status || p.Type != "urn:lachan:problem:"+string(kind) || p.Field != "name" || p.Seq != 12 ||
			p.Place != "policy.yaml:42" || fmt.Sprint(p.WhoMay) != "[{commune sa-pa}]" {
			t.Errorf("%s: %d %s", kind, w.Code, w.Body)
		}
	}
	f(admin.NotAllowed, 403)
	f(admin.SamePerson, 403)
	f(admin.NotFound, 404)
	f(admin.Invalid, 422)
	f(admin.Locked, 409)
	f(admin.FileHome, 409)
	f(admin.Standing, 409)
	f(admin.Trouble, 503)
	f(admin.Conflict, 409)
	f(admin.Conflict, 412, `If-Match: "7"`)
	f(admin.Conflict, 412, "If-None-Match: *")
	d.refuse = errors.New("open /var/lib/lachan/ledger/key: permission denied")
	w := ask(h, "POST", exceptions, `{"name":"olm.vn"}`)
	if kind, _ := problemOf(t, w); kind != "internal" || w.Code != 500 || strings.Contains(w.Body.String(), "ledger/key") {
		t.Errorf("a fault: %d %s", w.Code, w.Body)
	}
}

// TestARepeatIsAnsweredTheSameAndDoesNothing: also after a restart, but only to the same
// actor and for the same request.
func TestARepeatIsAnsweredTheSameAndDoesNothing(t *testing.T) {
	d, folder := &desk{}, t.TempDir()
	h := http.Handler(check(t, openIn(t, d, folder)))
	const body, key = `{"name":"olm.vn"}`, "Idempotency-Key: 7f3a"
	first := ask(h, "POST", exceptions, body, key)
	for range 2 {
		again := ask(h, "POST", exceptions, body, key)
		if again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get("ETag") != first.Header().Get("ETag") ||
			again.Header().Get("Location") != first.Header().Get("Location") || again.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("%d %s, then %d %s", first.Code, first.Body, again.Code, again.Body)
		}
		h = check(t, openIn(t, d, folder)) // started anew
	}
	if len(d.decided) != 1 {
		t.Fatalf("decided %d times", len(d.decided))
	}
	f := func(want string, path, body string, headers ...string) {
		t.Helper()
		if kind, _ := problemOf(t, ask(h, "POST", path, body, append(headers, key)...)); kind != want {
			t.Errorf("%s, want %s", kind, want)
		}
	}
	f("idempotency-key", exceptions, `{"name":"evil.example"}`)
	f("idempotency-key", exceptions+"?preview=true", body)
	f("idempotency-key", exceptions, body, `If-Match: "7"`)
	if other := ask(h, "POST", exceptions, body, key, "Authorization: Bearer another"); other.Code != 200 || len(d.decided) != 2 {
		t.Errorf("the key of another: %d %s", other.Code, other.Body)
	}
	// A request that was refused did nothing and may be sent again.
	d.refuse = &admin.Refusal{Kind: admin.Locked, Text: wording.Text{VI: "khóa", EN: "locked"}}
	ask(h, "POST", exceptions, body, "Idempotency-Key: 8")
	d.refuse = nil
	if w := ask(h, "POST", exceptions, body, "Idempotency-Key: 8"); w.Code != 200 || w.Header().Get("Idempotency-Replayed") != "" {
		t.Errorf("after a refusal: %d %s", w.Code, w.Body)
	}
}

func TestARepeatWhoseOutcomeIsNotKnownIsToldSo(t *testing.T) {
	d, folder := &desk{}, t.TempDir()
	h := check(t, openIn(t, d, folder))
	f := func(h http.Handler, key, want, path string) {
		t.Helper()
		w := ask(h, "POST", api.Prefix+path, `{"name":"olm.vn"}`, "Idempotency-Key: "+key)
		if kind, _ := problemOf(t, w); kind != want || w.Code != http.StatusConflict {
			t.Errorf("%d %s, want %s", w.Code, w.Body, want)
		}
	}
	d.refuse = errors.New("the disk is gone")
	ask(h, "POST", exceptions, `{"name":"olm.vn"}`, "Idempotency-Key: 1")
	d.refuse = nil
	f(h, "1", "outcome-unknown", "units/th-kim-dong/exceptions")
	// A token is shown once, and its secret is nowhere on the disk.
	if w := ask(h, "POST", api.Prefix+"accounts/a/tokens", `{"name":"olm.vn"}`, "Idempotency-Key: 2"); !strings.Contains(w.Body.String(), "lachan_secret") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	f(h, "2", "shown-once", "accounts/a/tokens")
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), "lachan_secret") {
			t.Errorf("%s has a secret: %v", file, err)
		}
	}
	// The program dies between the decision and the answer.
	d.began, d.goOn = make(chan struct{}), make(chan struct{})
	var working sync.WaitGroup
	working.Go(func() { ask(h, "POST", exceptions, `{"name":"olm.vn"}`, "Idempotency-Key: 3") })
	<-d.began
	f(h, "3", "in-progress", "units/th-kim-dong/exceptions")
	f(check(t, openIn(t, d, folder)), "3", "outcome-unknown", "units/th-kim-dong/exceptions")
	close(d.goOn)
	working.Wait()
}

// TestKeysOfRepeatsAreBounded: an actor pushes out its own, and nobody else's.
func TestKeysOfRepeatsAreBounded(t *testing.T) {
	d, folder := &desk{}, t.TempDir()
	a := openIn(t, d, folder)
	ask(a, "POST", exceptions, `{"name":"olm.vn"}`, "Idempotency-Key: mine")
	for i := range 1100 {
		if w := ask(a, "POST", exceptions, `{"name":"olm.vn"}`, fmt.Sprintf("Idempotency-Key: %d", i), "Authorization: Bearer flood"); w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) > 1001 {
		t.Errorf("%d answers are kept, %v", len(entries), err)
	}
	t.Logf("%d answers are kept of 1101", len(entries))
	if w := ask(a, "POST", exceptions, `{"name":"olm.vn"}`, "Idempotency-Key: mine"); w.Header().Get("Idempotency-Replayed") != "true" {
		t.Error("the answer to another was pushed out")
	}
}

// TestAnEndlessBodyIsReadNoFurtherThanItsBound: a length that is too much is not waited
// for, and one that is not told ends at the bound.
func TestAnEndlessBodyIsReadNoFurtherThanItsBound(t *testing.T) {
	d := &desk{}
	a := openIn(t, d, t.TempDir())
	r := httptest.NewRequest("POST", exceptions, &endless{})
	r.ContentLength = 1 << 30
	r = r.WithContext(api.WithActor(r.Context(), actorOf("root")))
	r.Header.Set("Content-Type", "application/json")
	f := func(most int) {
		t.Helper()
		body := &endless{}
		r.Body = body
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		if kind, _ := problemOf(t, w); kind != "too-large" || body.read > most {
			t.Errorf("%d %s after %d bytes", w.Code, w.Body, body.read)
		}
		t.Logf("refused after %d bytes", body.read)
	}
	f(0)
	r.ContentLength = -1
	f(128 << 10)
	if len(d.decided) != 0 {
		t.Error("decided")
	}
}

// endless is a body without an end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

func (e *endless) Close() error { return nil }

// TestReadsAreForThoseWhoMay: what the machine tells is refused to those who have not the
// right, with those who have.
func TestReadsAreForThoseWhoMay(t *testing.T) {
	h := open(t, &desk{})
	f := func(who, path string, want int) {
		t.Helper()
		if w := ask(h, "GET", api.Prefix+path, "", "Authorization: Bearer "+who); w.Code != want {
			t.Errorf("%s %s: %d %s, want %d", who, path, w.Code, w.Body, want)
		}
	}
	const explain = "explain?name=olm.vn&unit="
	f("school@th-kim-dong", explain+"th-kim-dong", 200)
	f("school@th-kim-dong", explain+"sa-pa", 403)
	f("commune@sa-pa", explain+"th-kim-dong", 200)
	f("commune@sa-pa", explain+"lao-cai", 403)
	f("nobody", explain+"th-kim-dong", 403)
	f("school@th-kim-dong", "orders", 403)
	f("province@lao-cai", "orders", 200)
	f("school@th-kim-dong", "feeds/hostsvn/held", 403)
	f("operator@", "feeds/hostsvn/held", 200)
	f("nobody", "feeds", 403)
	f("nobody", "nodes", 403)
	f("nobody", "ledger/verify", 403)
	f("viewer@sa-pa", "ledger/verify", 200)
	f("province@lao-cai", "policy", 403)
	f("operator@", "policy", 200)
	f("school@th-kim-dong", "units/th-kim-dong/now", 200)
	f("school@th-kim-dong", "units/sa-pa/now", 403)
	f("school@th-kim-dong", "units/sa-pa/calendar", 403)
	f("province@lao-cai", "ledger/export", 403)
	f("operator@", "ledger/export", 200)
	f("nobody", "ledger/head", 403)
	f("nobody", "profiles", 403)
	made := func(who, unit string, want int) {
		t.Helper()
		w := ask(h, "POST", api.Prefix+"reports", `{"period":"2026-Q3","format":"pdf","unit":"`+unit+`"}`, "Authorization: Bearer "+who)
		if w.Code != want {
			t.Errorf("%s of %s: %d %s", who, unit, w.Code, w.Body)
		}
	}
	made("commune@sa-pa", "th-kim-dong", 202)
	made("viewer@sa-pa", "th-kim-dong", 202)
	made("commune@sa-pa", "all", 403)
	made("operator@", "all", 202)
}

// TestAUnitThatIsNotThereIsAtFault: in each route that takes one, as a parameter or in the
// path, whoever asks.
func TestAUnitThatIsNotThereIsAtFault(t *testing.T) {
	h := open(t, &desk{})
	for _, who := range []string{"root", "school@th-kim-dong"} {
		for _, path := range []string{
			"explain?name=olm.vn&unit=th-kim-dogn", "accounts?unit=th-kim-dogn", "units/th-kim-dogn/now", "units/th-kim-dogn/calendar",
		} {
			w := ask(h, "GET", api.Prefix+path, "", "Authorization: Bearer "+who)
			if kind, field := problemOf(t, w); kind != "not-found" || field != "unit" || w.Code != 404 {
				t.Errorf("%s %s: %d %s", who, path, w.Code, w.Body)
			}
		}
	}
	w := ask(h, "POST", api.Prefix+"reports", `{"period":"2026-Q3","format":"pdf","unit":"th-kim-dogn"}`, "Authorization: Bearer school@th-kim-dong")
	if kind, field := problemOf(t, w); kind != "not-found" || field != "unit" {
		t.Errorf("reports: %d %s", w.Code, w.Body)
	}
}

// TestAHeaderThatSaysNothingIsAMistake: a key that was left empty would do a thing twice, and
// an empty If-Match overwrite what somebody has changed.
func TestAHeaderThatSaysNothingIsAMistake(t *testing.T) {
	d := &desk{}
	h := open(t, d)
	for name, kind := range map[string]string{"Idempotency-Key": "idempotency-key", "If-Match": "if-match"} {
		r := httptest.NewRequest("POST", exceptions, strings.NewReader(`{"name":"olm.vn"}`))
		r = r.WithContext(api.WithActor(r.Context(), actorOf("root")))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(name, "")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if k, field := problemOf(t, w); k != kind || field != name || w.Code != 400 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if len(d.decided) != 0 {
		t.Errorf("decided: %v", d.decided)
	}
}
