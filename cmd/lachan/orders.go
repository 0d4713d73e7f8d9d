package main

import (
	"net/http"
	"path/filepath"
	"time"

	"lachan/blocklist/order"
	"lachan/metrics"
)

// openOrders opens the record of authorities' orders.
func openOrders(cfg *Config) (log *order.Log, damaged int, err error) {
	return order.Open(filepath.Join(cfg.StateDir, "orders.jsonl"))
}

// recordOrders records the versions of authorities' lists that are in force
// now and were not before. What was compiled by another process, or before the
// start, counts as compiled when it came in force.
func (n *node) recordOrders(compiled time.Time) {
	now := time.Now()
	if compiled.IsZero() {
		compiled = now
	}
	for i := range n.cfg.Feeds {
		f := &n.cfg.Feeds[i]
		status, err := n.store.Status(f.Name)
		a := &f.Authority
		if a.Name == "" && a.Document == "" || err != nil || n.lists.Digest(f.Name) == "" ||
			n.orders.Has(f.Name, a.Document, status.Copy.Digest) {
			continue
		}
		r := order.Record{
			Feed: f.Name, Authority: a.Name, Document: a.Document, Digest: status.Copy.Digest, Urgent: a.Urgent,
			Entries: status.Copy.Entries, Received: status.Copy.Fetched, Verified: status.Copy.Fetched,
			Compiled: compiled, InForce: now,
		}
		if !a.Date.IsZero() {
			r.Issued = a.Date.In(n.cfg.Timezone.Location)
		}
		if err := n.orders.Add(r); err != nil {
			n.log.Error("record order", "error", err)
			n.conditions.Set("orders", err.Error())
			continue
		}
		n.conditions.Clear("orders")
		n.log.Info("order in force", "feed", r.Feed, "document", r.Document, "took", r.Took())
	}
}

// An orderReport is what GET /api/orders and `lachan lists status --json` say.
type orderReport struct {
	order.Summary
	Records []order.Record `json:"records"`
}

func reportOrders(log *order.Log) orderReport {
	records := log.Records()
	return orderReport{order.Summarise(records), records}
}

func (n *node) serveOrders(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = writeJSON(w, reportOrders(n.orders)) // an error: the client is gone
}

// orderReading is what metrics say of the orders in one feed.
func orderReading(records []order.Record, feed string) (o metrics.OrderReading) {
	for i := range records {
		if r := &records[i]; r.Feed == feed {
			o.Total++
			if o.Last = r.Took(); !r.Within() {
				o.Late++
			}
		}
	}
	return o
}
