package report_test

import (
	"strings"
	"testing"
	"time"

	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// TestTheAnnexHasTheHeadOfTheLedger: number, digest, key and signature, which anybody can
// keep and hold against the ledger later; nothing of it where there is no ledger.
func TestTheAnnexHasTheHeadOfTheLedger(t *testing.T) {
	w := small(t, day("2026-08-30"), time.Hour)
	w.run(day("2026-09-02"))
	text := func(head figures.LedgerHead) string {
		spec := w.spec("", "2026-Q3")
		spec.Ledger = head
		var b strings.Builder
		m := w.build(spec)
		for _, block := range m.Annexes[len(m.Annexes)-1].Blocks {
			b.WriteString(block.Text + "\n")
		}
		if report.HashOf(m.Data) != m.Hash {
			t.Error("the hash of the figures depends on the ledger")
		}
		return b.String()
	}
	head := figures.LedgerHead{Seq: 1287, Hash: strings.Repeat("ab", 32), Key: strings.Repeat("cd", 32), Sig: strings.Repeat("x+/", 28)}
	for _, want := range []string{"1.287", head.Hash, head.Key, head.Sig} {
		if got := text(head); !strings.Contains(got, want) {
			t.Errorf("the annex does not have %s:\n%s", want, got)
		}
	}
	if got := text(figures.LedgerHead{}); strings.Contains(got, "Sổ quyết định") {
		t.Errorf("without a ledger the annex says\n%s", got)
	}
}
