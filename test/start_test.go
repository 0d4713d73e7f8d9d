package test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAStartWithACountryOfSchoolsFiltersAtOnce starts the server again with a
// policy that is compiled, and looks how long it takes to the first answer that is
// filtered and how much memory the process that answers has then.
func TestAStartWithACountryOfSchoolsFiltersAtOnce(t *testing.T) {
	schools := sized(40_000, 2_000)
	var policy strings.Builder
	policy.WriteString("profiles: {hs: {block: [gambling, adult]}}\nunits:\n")
	for i := range schools {
		fmt.Fprintf(&policy, "- {id: s%d, name: Trường %d, profile: hs, networks: [\"127.%d.%d.0/24\"], block: [n%d.example]}\n",
			i, i, 1+i>>8, i&255, i)
	}
	p := newProcess(t, "", policy.String(), startStandIn(t).addr)
	p.launch()
	p.within(5*time.Minute, "the policy is compiled", func() bool { return strings.Contains(p.log.String(), "msg=serving ") })
	p.signal(syscall.SIGTERM)
	p.wait()

	began := time.Now()
	p.start()
	last := schools - 1
	client, name := fmt.Sprintf("127.%d.%d.9", 1+last>>8, last&255), fmt.Sprintf("n%d.example", last)
	if !blocked(p.from(client, name)) {
		t.Errorf("the first answer to %s for %s is not filtered", client, name)
	}
	took, resident := time.Since(began), residentOf(t, p.child("resolve"))
	t.Logf("%d schools: the first filtered answer after %s, resolve has %d MB with its mapped files", schools, took.Round(time.Millisecond), resident>>20)
	if limit := 500 * time.Millisecond; proving() && took > limit {
		t.Errorf("the first filtered answer took %s, more than %s", took, limit)
	}
	if resident > 120<<20 {
		t.Errorf("resolve has %d MB, more than 120", resident>>20)
	}
}

// residentOf is the memory that a process has, in bytes, with its mapped files.
func residentOf(t *testing.T, pid int) (bytes int64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &bytes); err == nil {
			return bytes << 10
		}
	}
	t.Fatal("no VmRSS")
	return 0
}
