package report_test

import (
	"path/filepath"
	"testing"
	"time"

	"lachan/cmd/lachan/report"
	"lachan/metrics/report/figures"
)

// TestNothingIsMadeBesideADevice: the words of the officer lie beside a report that is a file.
func TestNothingIsMadeBesideADevice(t *testing.T) {
	dir := t.TempDir()
	for out, want := range map[string]string{
		filepath.Join(dir, "bao-cao.docx"): filepath.Join(dir, "bao-cao.yaml"), "/dev/stdout": "", "/dev/null": "", "-": "",
	} {
		o := report.Request{Unit: "all", Period: "2026-10", Out: out}
		if _, _, err := o.Complete(figures.Calendar{Zone: time.UTC, Now: time.Unix(1_800_000_000, 0)}, nil); err != nil || o.Typed != want {
			t.Errorf("%s: %q, %v", out, o.Typed, err)
		}
	}
}
