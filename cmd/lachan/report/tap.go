package report

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"lachan/admin"
	"lachan/admin/ledger"
	"lachan/cmd/lachan/config"
	"lachan/metrics/report/figures"
)

// longestTap is how long before a period a time may have begun that reaches into it.
const longestTap = 31 * 24 * time.Hour

// TapsOf are the times of a period in which a collector of dnstap was told of questions and
// answers, as the ledger has them. It is none where the user may not read that, as with the head
// of the ledger.
func TapsOf(cfg *config.Config, p figures.Period) (list []figures.Tap) {
	dir := config.LedgerDir(cfg)
	var values []ledger.Value
	for r, err := range ledger.RecordsSince(dir, p.Start.Add(-longestTap)) {
		if err != nil {
			break
		}
		if admin.IsTap(r.Object) {
			values = append(values, ledger.Value{
				Object: r.Object, New: slices.Clone(r.New), Seq: r.Seq, At: r.At, By: r.By, Why: r.Why,
			})
		}
	}
	for _, t := range admin.PeriodsOf(values) {
		why, _ := ledger.WordsIn(dir, t.Why) // "" if it was erased
		list = append(list, figures.Tap{
			Begin: t.Begin, End: t.End, Why: why, Seq: t.Seq,
			First: nameOf(dir, t.First), Second: nameOf(dir, t.Second),
		})
	}
	return list
}

// nameOf is what people call an account, or its id.
func nameOf(dir, id string) string {
	var known struct{ Name string }
	value, err := ledger.LastOf(dir, "account/"+id)
	if err == nil && json.Unmarshal(value, &known) != nil {
		return id
	}
	return cmp.Or(known.Name, id)
}
