package test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written is a digest of each file that a decision or a person changes.
func (p *process) written() map[string]string {
	p.t.Helper()
	sums := map[string]string{}
	for _, root := range []string{"policy.yaml", "lachan.yaml", "state/ledger", "state/accounts", "state/tokens", "state/requests"} {
		err := filepath.WalkDir(filepath.Join(p.dir, root), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || e.Name() == "head" || e.Name() == "console.yaml" || strings.HasPrefix(e.Name(), ".new-") {
				return err // these follow the records, a little later
			}
			text, err := os.ReadFile(path)
			sums[path] = fmt.Sprintf("%x", sha256.Sum256(text))
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			p.t.Fatal(err)
		}
	}
	return sums
}

// changed are the files that are others than they were.
func changed(before, after map[string]string) (names []string) {
	for path, sum := range after {
		if before[path] != sum {
			names = append(names, path)
		}
	}
	for path := range before {
		if after[path] == "" {
			names = append(names, path)
		}
	}
	slices.Sort(names)
	return names
}

// TestReadingThePagesWritesNothingAndShowsNobodyElses walks the table of routes by each
// role about its own unit, one beside it and none: no answer lacks a header, is broken,
// tells of a school that is not the reader's, or changes a file.
func TestReadingThePagesWritesNothingAndShowsNobodyElses(t *testing.T) {
	t.Parallel()
	p, people := peopled(t)
	people["nobody"] = p.person()
	before, asked := p.written(), 0
	both := map[string]bool{"th-kim-dong": true, "th-sa-pa": true}
	sees := map[string]map[string]bool{
		"school": {"th-kim-dong": true}, "commune": both, "province": both, "viewer": both,
		"operator": {"th-kim-dong": true, "th-sa-pa": true, "yen-bai": true},
	}
	for who, u := range people {
		role, _, _ := strings.Cut(who, "@")
		outside := role == "school" || role == "authority" || role == "nobody"
		for _, unit := range []string{"th-kim-dong", "th-sa-pa", "yen-bai", "khong-co"} {
			query := url.Values{
				"unit": {unit}, "name": {"rieng.example"}, "below": {unit}, "period": {"2026-10"}, "format": {"html"}, "parent": {unit},
			}.Encode()
			for _, path := range append(routesOfConsole(t, "GET", unit), "/khong-co", "/style.css") {
				if path == "/reports/file" && (outside || unit != "th-kim-dong") && role != "school" {
					continue // making a report takes a job of its own
				}
				answer := u.raw("GET", path+"?"+query, "")
				asked++
				text, err := io.ReadAll(answer.Body)
				if err != nil || answer.StatusCode >= http.StatusInternalServerError {
					t.Errorf("%s reads %s: %d %v", who, path, answer.StatusCode, err)
				}
				for name, want := range headersOfEveryAnswer {
					if got := answer.Header.Get(name); got != want {
						t.Errorf("%s reads %s: %s is %q", who, path, name, got)
					}
				}
				page := unescaped(string(text))
				if path == "/explain" && strings.Contains(page, `id="result"`) != sees[role][unit] {
					t.Errorf("%s asks why of %s: %d", who, unit, answer.StatusCode)
				}
				if outside && (strings.Contains(page, "bí mật") || strings.Contains(page, "bi-mat")) {
					t.Errorf("%s reads of another school at %s?%s", who, path, query)
				}
				if strings.Contains(string(text), "<script") || strings.Contains(string(text), "<img src=x") {
					t.Errorf("%s: %s has markup of others", who, path)
				}
			}
		}
	}
	if names := changed(before, p.written()); len(names) > 0 {
		t.Errorf("reading has changed %q", names)
	}
	t.Logf("%d pages read", asked)
}

// TestAFormDecidesOnlyWhereItsSenderMay sends every form of the table of routes about a
// unit of others, by each role and by nobody, and finds the ledger as it was; and a form
// of another site is refused at each of them.
func TestAFormDecidesOnlyWhereItsSenderMay(t *testing.T) {
	t.Parallel()
	p, people := peopled(t)
	people["nobody"] = p.person()
	before, asked := p.written(), 0
	for who, u := range people {
		foreign := map[string]string{"province": "yen-bai", "commune": "bac-ha", "school": "th-sa-pa", "viewer": "th-kim-dong", "authority": "th-kim-dong"}
		role, _, _ := strings.Cut(who, "@")
		unit := foreign[role]
		if role == "operator" {
			continue // nothing is of others
		}
		form := url.Values{
			"unit": {unit}, "id": {unit}, "parent": {unit}, "name": {"rieng.example"}, "effect": {"allow"}, "for": {"30d"}, "why": {"thử"},
			"object": {"block/rieng.example"}, "answer": {"30d"}, "do": {"approve"}, "level": {"primary"}, "networks": {"127.99.0.0/16"},
			"role": {"viewer"}, "account": {nameOf["viewer"]},
		}.Encode()
		for _, path := range routesOfConsole(t, "POST", unit) {
			if path == "/logout" || strings.HasPrefix(path, "/login") || path == "/start/school" && role == "province" {
				continue
			}
			answer := u.raw("POST", path, form)
			if asked++; answer.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s sends %s: %d", who, path, answer.StatusCode)
			}
			for name, want := range headersOfEveryAnswer {
				if got := answer.Header.Get(name); got != want {
					t.Errorf("%s sends %s: %s is %q", who, path, name, got)
				}
			}
			for _, site := range []string{"cross-site", "same-site"} {
				if status, _, _ := u.do("POST", path, nil, "Sec-Fetch-Site", site); status != http.StatusForbidden {
					t.Errorf("%s: a form that is %s: %d", path, site, status)
				}
			}
		}
	}
	if names := changed(before, p.written()); len(names) > 0 {
		_, page, _ := people["operator@"].get("/ledger")
		t.Errorf("forms have changed %q\n%s", names, page)
	}
	t.Logf("%d forms sent", asked)
}

// TestPolicyIsUntouchedByTwoHundredDecisions: what people write is written by people
// alone, whatever is decided in a session.
func TestPolicyIsUntouchedByTwoHundredDecisions(t *testing.T) {
	t.Parallel()
	p := newProcess(t, consoleConfig, country, startStandIn(t).addr)
	codes := p.invites("school@th-kim-dong")
	p.start()
	u := p.comesIn("school@th-kim-dong", codes["school@th-kim-dong"])
	policy, config := p.read("policy.yaml"), p.read("lachan.yaml")
	const edits = 200
	for i := range edits / 20 {
		names := make([]string, 20)
		for j := range names {
			names[j] = fmt.Sprintf("s%d-%d.example", i, j)
		}
		effect := []string{"allow", "block"}[i%2]
		u.sends("/exceptions", "unit", "th-kim-dong", "name", strings.Join(names, "\n"), "effect", effect, "for", "30d", "why", "bài học")
	}
	if !p.blocked("127.10.1.1", "s1-19.example") {
		t.Error("what was blocked is open")
	}
	if p.read("policy.yaml") != policy || p.read("lachan.yaml") != config {
		t.Error("a file that people write was written")
	}
	_, page, _ := u.get("/ledger")
	if want := fmt.Sprintf("QĐ %d", edits); !strings.Contains(page, "s9-19.example") {
		t.Errorf("the ledger has no %s:\n%s", want, page)
	}
}
