package report

import (
	"strings"
	"time"

	"lachan/admin/ledger"
	"lachan/blocklist/order"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/offline"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// Carried are the orders on disk, of this node and of others.
func Carried(cfg *config.Config) ([]figures.Order, error) {
	orders, _, err := order.Open(cfg.OrdersFile())
	if err != nil {
		return nil, err
	}
	return OrdersOf(cfg, orders)
}

// Build makes a report of what is on disk here, and of the figures of the server if one runs.
// It shows on a terminal how far it is.
func Build(
	c command.Call, off *offline.Offline, unit, document string, p figures.Period, orders []figures.Order,
	typed figures.Typed, now time.Time,
) (*report.Model, error) {
	spec, err := offlineSpec(off, unit, p, orders, now)
	if err != nil {
		return nil, err
	}
	spec.Document, spec.Typed = document, typed
	from, closeEngine, err := engineOf(c.Context(), off.Config)
	if err != nil {
		return nil, err
	}
	defer closeEngine()
	bar := command.NewProgress(c, textReading)
	spec.Progress = func(done, all int) { bar.Show(100 * done / all) }
	m, err := report.Build(c.Context(), from, spec)
	bar.End()
	return m, err
}

// WordsIn is what an officer has typed in a report, as the ledger on disk has it.
func WordsIn(cfg *config.Config, unit string, p figures.Period) (typed figures.Typed) {
	dir, prefix := config.LedgerDir(cfg), "words/"+p.Code+"/"
	if unit == everySchool {
		unit = ""
	}
	last := map[string]string{} // by part; the digest of the words
	for r, err := range ledger.RecordsSince(dir, time.Time{}) {
		if err != nil {
			break // as with the head of the ledger: where the user may not read, there is none
		}
		part, is := strings.CutPrefix(r.Object, prefix)
		if !is || r.Unit != unit {
			continue
		}
		if last[part] = r.Why; len(r.New) == 0 || string(r.New) == "null" {
			last[part] = ""
		}
	}
	for _, p := range Parts() {
		if text, _ := ledger.WordsIn(dir, last[p.Key]); text != "" {
			p.put(&typed, text)
		}
	}
	return typed
}
