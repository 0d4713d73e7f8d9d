package test

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestOneChangedSchoolOfACountryIsInForceSoon changes policy.yaml by one school and
// looks how long it takes from the signal to the first answer by it. What is read
// again is the piece of the file that it stands in.
func TestOneChangedSchoolOfACountryIsInForceSoon(t *testing.T) {
	schools := sized(40_000, 2_000)
	var country strings.Builder
	country.WriteString("profiles: {hs: {block: [gambling, adult]}}\ntimetables: {sang: {days: all}}\nunits:\n")
	for i := range schools {
		fmt.Fprintf(&country, "- {id: s%d, name: Trường %d, profile: hs, networks: [\"10.%d.%d.0/24\"], groups: [{id: gv, profile: hs}, {id: vp, profile: hs}],\n  rules: [{during: sang, block: [short-video]}], block: [", i, i, i>>8, i&255)
		for e := range 10 {
			fmt.Fprintf(&country, "n%d-%d.example, ", i%997, e)
		}
		country.WriteString("]}\n")
	}
	p := newProcess(t, "", country.String(), startStandIn(t).addr)
	p.launch()
	p.within(5*time.Minute, "the policy is compiled", func() bool { return strings.Contains(p.log.String(), "msg=serving ") })
	p.dns = p.logged(`msg=serving address=(\S+)`)
	var times []time.Duration
	for i := range 5 {
		name := fmt.Sprintf("fresh-%d.example", i)
		p.write("policy.yaml", country.String()+"- {id: moi, networks: [\"127.10.1.0/24\"], block: ["+name+"]}\n")
		began := time.Now()
		p.signal(syscall.SIGHUP)
		p.within(time.Minute, "the changed school is in force", func() bool { return p.tries(name) })
		times = append(times, time.Since(began))
		p.until("the reload is told", func() bool { return strings.Count(p.log.String(), "msg=reloaded") > i })
	}
	slices.Sort(times)
	t.Logf("%d schools: one that changed is in force after %s (median of %d), %s to %s", schools,
		times[2].Round(time.Millisecond), len(times), times[0].Round(time.Millisecond), times[4].Round(time.Millisecond))
	if limit := 10 * time.Second; times[2] > limit {
		t.Errorf("it took %s, more than %s", times[2], limit)
	}
}
