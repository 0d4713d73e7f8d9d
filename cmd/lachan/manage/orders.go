package manage

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"lachan/blocklist/feed"
	"lachan/blocklist/order"
	"lachan/blocklist/version"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/metrics"
)

// openRecords opens the records of what was in force when. What cannot be read is told, and stops
// nothing.
func openRecords(l *lists, cfg *config.Config) {
	orders, damaged, err := order.Open(cfg.OrdersFile())
	if damaged > 0 {
		l.log.Error("records of orders that cannot be read", "lines", damaged)
		l.conditions.Set("orders-damaged", textOrdersDamaged.With(damaged).String())
	}
	if err != nil {
		l.log.Error("read record of orders", "error", err)
		l.conditions.Set("orders", err.Error())
	}
	l.orders = orders
	versions, torn, err := version.Open(config.VersionsFile(cfg), cfg.Timezone.Location)
	if torn > 0 || err != nil {
		l.log.Error("records of versions that cannot be read", "lines", torn, "error", err)
	}
	l.versions = versions
}

// versionOf is the record of the version of a feed that is in force.
func versionOf(l *lists, f *config.Feed, c *feed.Copy) version.Record {
	return version.Record{
		Feed: f.Name, Digest: c.Digest, Entries: c.Entries, Version: c.Release.Version, Key: c.Release.Key,
		Authority: cmp.Or(f.Authority.Name, c.Release.Authority), Signed: c.Release.Created, InForce: l.inForce[f.Name],
	}
}

// keepVersions records versions that came in force, and the lists that are none any more.
func keepVersions(l *lists, fresh []version.Record, gone map[string]string, now time.Time) {
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		fresh = append(fresh, version.Record{Feed: name, InForce: now})
	}
	if len(fresh) == 0 {
		return
	}
	if err := l.versions.Add(fresh...); err != nil {
		l.log.Error("record versions of lists", "error", err)
	}
}

// decides reports whether a copy of a feed is the one that answers go by.
func decides(l *lists, f *config.Feed, c *feed.Copy) bool {
	return l.newest.Digest(f.Name) == source.FileOf(f, *c, l.cfg.Timezone).Blocklist().Digest
}

// recordOrders records the orders, and the versions of lists, that are in force now
// and were not before. What was compiled by another process,
// or before the start, counts as compiled when it came in force.
func (l *lists) recordOrders(compiled, now time.Time) {
	var fresh []order.Record
	var versions []version.Record
	was := l.versions.InForce()
	for i := range l.cfg.Feeds {
		f := &l.cfg.Feeds[i]
		status, err := l.store.Status(f.Name)
		last := was[f.Name]
		delete(was, f.Name)
		if err != nil || l.inForce[f.Name].IsZero() || !decides(l, f, &status.Copy) {
			continue // not what is in force
		}
		if status.Copy.Digest != last {
			versions = append(versions, versionOf(l, f, &status.Copy))
		}
		first := !l.orders.HasFeed(f.Name)
		for _, r := range feedOrders(f, &status.Copy, l.cfg, now) {
			r.First = first
			r.InForce = later(l.inForce[f.Name], r.Effective)
			if r.Compiled = compiled; compiled.IsZero() || compiled.After(r.InForce) {
				r.Compiled = r.InForce
			}
			if !r.InForce.After(now) && !l.orders.Has(r.Feed, r.Document, r.Digest) {
				fresh = append(fresh, r)
			}
		}
	}
	keepVersions(l, versions, was, now)
	if len(fresh) == 0 {
		return
	}
	if err := l.orders.Add(fresh...); err != nil {
		l.log.Error("record orders", "error", err)
		l.conditions.Set("orders", err.Error())
	} else {
		l.conditions.Clear("orders")
	}
	for i := range fresh[:min(len(fresh), ordersNamed)] {
		r := &fresh[i]
		l.log.Info("order in force", "feed", r.Feed, "document", r.Document, "took", r.Took())
	}
	if more := len(fresh) - ordersNamed; more > 0 {
		l.log.Info("more orders in force", "orders", more, "see", "lachan lists status")
	}
}

// ordersNamed is how many orders that come in force at once are named in the log: a list
// may have tens of thousands of documents, and the whole is in the register.
const ordersNamed = 20

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// feedOrders are what a copy of the feed carries out: the order that the
// configuration or the publisher names for the list, and those that its entries
// name. Those that are over are left out.
func feedOrders(f *config.Feed, c *feed.Copy, cfg *config.Config, now time.Time) (orders []order.Record) {
	a, window := &f.Authority, f.Authority.Window(cfg.Timezone.Location)
	base := order.Record{
		Feed: f.Name, Authority: cmp.Or(a.Name, c.Release.Authority), Received: c.Fetched, Verified: c.Verified,
		Urgent: a.Urgent, Effective: window.From, Version: c.Release.Version, Published: c.Release.Created,
	}
	if !window.Until.IsZero() && !now.Before(window.Until) {
		return nil
	}
	if c.Verified.IsZero() {
		base.Verified = c.Fetched // a copy of an older program
	}
	// What was handed over is an order a document, and none as a whole.
	if list := base; (list.Authority != "" || a.Document != "") && !config.IsHandedOver(cfg, f) {
		list.Document, list.Digest, list.Entries = a.Document, c.Digest, c.Entries
		if !a.Date.IsZero() {
			list.Issued = a.Date.In(cfg.Timezone.Location)
		}
		if a.Document != "" && !ofDocument(&list, a.Document, c) {
			list.Document = ""
		}
		orders = append(orders, list)
	}
	for i := range c.Documents {
		d := &c.Documents[i]
		if d.Number == a.Document || !d.Until.IsZero() && !now.Before(d.Until) {
			continue
		}
		one := base
		one.Authority, one.Document, one.Digest, one.Entries = cmp.Or(
			d.Authority, base.Authority,
		), d.Number, d.Digest, d.Entries
		one.Urgent, one.Issued, one.Effective = d.Urgent || a.Urgent, d.Issued, later(d.From, window.From)
		orders = append(orders, one)
	}
	return orders
}

// ofDocument counts in a record the entries that a document orders which stands for the
// whole list: its own, and those that name no other document. It reports false if there
// are none: such a version carries out other orders alone.
func ofDocument(list *order.Record, number string, c *feed.Copy) bool {
	unnamed, own := c.Entries, feed.Document{}
	for i := range c.Documents {
		d := &c.Documents[i]
		unnamed -= d.Entries
		if d.Number == number {
			own = *d
		}
	}
	if unnamed+own.Entries <= 0 {
		return false
	}
	list.Entries = unnamed + own.Entries
	if unnamed <= 0 {
		list.Digest = own.Digest // another version with the same entries is no other order
	}
	return true
}

// orderReadings is what metrics say of the orders in each feed.
func orderReadings(log *order.Log) map[string]metrics.OrderReading {
	byFeed := map[string][]order.Record{}
	for _, r := range log.Records() {
		byFeed[r.Feed] = append(byFeed[r.Feed], r)
	}
	readings := map[string]metrics.OrderReading{}
	for feed, records := range byFeed {
		sum, past := order.Summarise(records), log.Past(feed)
		readings[feed] = metrics.OrderReading{
			Total: past.Orders + uint64(sum.Orders), Late: past.Late + uint64(sum.Orders-sum.WithinLimit),
			Within6h: past.Within6h + uint64(sum.Within6h), Within24h: past.Within24h + uint64(sum.Within24h),
			Last: records[len(records)-1].Took(), Median: sum.Median, Worst: sum.Worst,
		}
	}
	return readings
}
