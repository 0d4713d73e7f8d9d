package job_test

import (
	"strings"
	"testing"

	"lachan/cmd/lachan/job"
	"lachan/internal/memory"
	"lachan/metrics/report"
)

// A job that needs more memory than it may have ends, and says how much that is.
func TestAJobThatNeedsTooMuchMemoryEnds(t *testing.T) {
	var jobs job.Jobs
	const part = 1 << 20
	jobs.SetMemory(part)
	_, err := jobs.Document(t.Context(), "pdf", &report.Model{Title: strings.Repeat("x", 150<<20)})
	if err == nil || !strings.Contains(err.Error(), "it takes more than the 192 MiB of memory that it may have: raise memory in lachan.yaml") {
		t.Errorf("%.300v", err)
	}
	if left := jobs.AtWork(); len(left) > 0 {
		t.Errorf("%d jobs are at work when all have ended", len(left))
	}
	t.Logf("a job with a part of %d MiB ends above %d MiB", part>>20, memory.Shares{Job: part}.JobBound()>>20)
}
