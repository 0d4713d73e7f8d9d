package figures

import (
	"cmp"
	"slices"
	"time"
)

// Conditions for comparing two periods.
const (
	LeastBase   = 100 // queries in the other period: a change of less is chance
	mostBetween = 50  // by how much coverage may differ, in tenths of a percent: five points
)

// compare compares the total with the other periods.
func (b *builder) compare(now Counts) (list []Comparison) {
	for _, o := range b.others {
		total := o.census.total()
		heard := 0
		sum := int64(0)
		for _, s := range b.schools {
			if o.census.schools[s.ID].heard {
				heard++
			}
			sum += b.coveredAllHours(o.census, s.ID, o.Start, o.End).PerMille
		}
		counts := b.counts(&total, heard > 0 && total.all() > 0)
		if now.Queries.Sign == Suppressed {
			counts = now
		}
		c := Comparison{With: o.Code, Label: o.label + " (" + o.Label + ")", Counts: counts}
		up := sum / int64(max(1, len(b.schools)))
		if kept := b.keptOf(o.Code); kept != nil && !counts.Queries.Known() {
			c.Counts, c.Cited, up = kept.Data.Total, kept.Hash, kept.Data.Coverage.Up.PerMille
		}
		why := ""
		allHours := b.meanAllHours()
		switch {
		case b.until.Before(b.spec.Period.End):
			why = "kỳ báo cáo chưa kết thúc"
		case !c.Counts.Queries.Known():
			why = "không có số liệu của kỳ so sánh"
		case abs(up-allHours) > mostBetween:
			why = "độ đầy đủ số liệu của hai kỳ chênh nhau quá 5 điểm phần trăm"
		}
		c.Queries = change(now.Queries, c.Counts.Queries, why)
		c.Blocked = change(now.Blocked, c.Counts.Blocked, why)
		c.Harmful = change(now.Harmful, c.Counts.Harmful, why)
		list = append(list, c)
	}
	return list
}

// keptOf is the last report of the same unit on a period; nil if none was kept.
func (b *builder) keptOf(period string) (kept *Kept) {
	for i := range b.spec.Kept {
		k := &b.spec.Kept[i]
		if k.Data != nil && k.Data.Unit == b.spec.Unit && k.Data.Period.Code == period && len(k.Data.Provisional) == 0 {
			kept = k
		}
	}
	return kept
}

func (b *builder) meanAllHours() int64 {
	sum := int64(0)
	for _, s := range b.schools {
		sum += b.coveredAllHours(b.census, s.ID, b.spec.Period.Start, b.until).PerMille
	}
	return sum / int64(max(1, len(b.schools)))
}

func change(now, then Figure, why string) Change {
	if why == "" && (!then.Known() || then.Value < LeastBase) {
		why = "số lượt của kỳ so sánh quá nhỏ"
	}
	if why != "" || !now.Known() {
		return Change{Ratio{Sign: NoData}, cmp.Or(why, "số liệu được ẩn")}
	}
	return Change{Ratio: Share(Number(now.Value-then.Value), then)}
}

func abs(n int64) int64 { return max(n, -n) }

// countOrders sums up the orders that came in force in a period.
func countOrders(orders []Order, p Period) (c OrderCounts) {
	var took []time.Duration
	for _, o := range OrdersIn(orders, p) {
		c.Orders++
		t := o.Took
		took = append(took, t)
		if o.Urgent {
			c.Urgent++
		}
		if o.Within() {
			c.InLimit++
		}
		if t <= 24*time.Hour {
			c.In24++
		}
		if t <= 6*time.Hour {
			c.In6++
		}
	}
	c.Median, c.Worst = median(took)
	return c
}

// Within reports whether an order was in force in time.
func (o *Order) Within() bool {
	if o.Urgent {
		return o.Took <= 6*time.Hour
	}
	return o.Took <= 24*time.Hour
}

// OrdersIn returns the orders that came in force in a period.
func OrdersIn(orders []Order, p Period) (in []Order) {
	for _, o := range orders {
		if !o.InForce.Before(p.Start) && o.InForce.Before(p.End) {
			in = append(in, o)
		}
	}
	return in
}

// median returns the middle and the largest; zero if there are none.
func median(all []time.Duration) (middle, most time.Duration) {
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2, all[n-1]
}
