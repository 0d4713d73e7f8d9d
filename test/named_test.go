package test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"lachan/console/api"
)

// TestProgramsSeeWhatFilesName: profiles, timetables and the calendar of policy.yaml with
// their lines, beside those of the console; those of the file are changed there alone.
func TestProgramsSeeWhatFilesName(t *testing.T) {
	p := newProcess(t, "", "profiles: {thi: {only: [olm.vn]}}\ntimetables: {sang: {days: all}}\ncalendar: {terms: [{from: 2026-09-05, to: 2027-05-31}]}"+country, startStandIn(t).addr)
	all := p.people("operator@")["operator@"]
	p.start()
	if status, text := all.ask("PUT", "profiles/hs", `{"profile":{"block":["gambling"]}}`, "If-None-Match: *"); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	var page api.Page[api.Object]
	_, text := all.ask("GET", "profiles", "")
	if err := json.Unmarshal([]byte(text), &page); err != nil || len(page.Items) != 2 ||
		page.Items[0].Home != "console" || !strings.HasSuffix(page.Items[1].Home, "policy.yaml:1") {
		t.Errorf("%v %s", err, text)
	}
	for path, line := range map[string]string{"profiles/thi": ":1", "timetables/sang": ":2", "calendar": ":3"} {
		var o api.Object
		status, text := all.ask("GET", path, "")
		if err := json.Unmarshal([]byte(text), &o); err != nil || status != http.StatusOK || !strings.HasSuffix(o.Home, "policy.yaml"+line) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if status, text := all.ask("PUT", "profiles/thi", `{"profile":{"block":["gambling"]}}`, "If-None-Match: *"); status < 400 || !strings.Contains(text, "policy.yaml") {
		t.Errorf("a profile of the file is written over: %d %s", status, text)
	}
	if status, _ := all.ask("GET", "profiles/gone", ""); status != http.StatusNotFound {
		t.Errorf("one that is not there: %d", status)
	}
}
