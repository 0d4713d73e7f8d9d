package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/order"
	"lachan/cmd/lachan/config"
	"lachan/metrics/report/figures"
)

// OrdersOf is how orders were carried out on this node, and on the others of which a copy
// of the record lies in state_dir/orders as NODE.jsonl.
func OrdersOf(cfg *config.Config, own *order.Log) ([]figures.Order, error) {
	list := ordersOn(cfg.NodeName(), own)
	dir := filepath.Join(cfg.StateDir, "orders")
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the records of other nodes: %w", err)
	}
	for _, f := range files {
		node, isRecord := strings.CutSuffix(f.Name(), ".jsonl")
		if !isRecord || node == cfg.NodeName() {
			continue
		}
		other, _, err := order.Open(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		list = append(list, ordersOn(node, other)...)
	}
	slices.SortStableFunc(list, func(a, b figures.Order) int { return a.InForce.Compare(b.InForce) })
	return list, nil
}

func ordersOn(node string, log *order.Log) (list []figures.Order) {
	for _, r := range log.Records() {
		list = append(list, figures.Order{
			Node: node, Feed: r.Feed, Authority: r.Authority, Document: r.Document, Urgent: r.Urgent,
			Entries: r.Entries, Version: r.Version, Digest: r.Digest, Issued: r.Issued, Published: r.Published,
			Received: r.Received, InForce: r.InForce, Effective: r.Effective, Took: r.Took(),
		})
	}
	return list
}

// sinceOrdered makes the period that from the first day of an order on, when no
// other is asked for, and reports an order that nothing is known of. A number in other
// letter case is the same number.
func (o *Request) sinceOrdered(in figures.Calendar, orders []figures.Order) error {
	var known []string
	first, found := in.Now, false
	for i := range orders {
		r := &orders[i]
		if strings.EqualFold(r.Document, strings.TrimSpace(o.Document)) {
			o.Document, found = r.Document, true
			if r.Received.Before(first) {
				first = r.Received
			}
		}
		if r.Document != "" && !slices.Contains(known, r.Document) {
			known = append(known, r.Document)
		}
	}
	if !found {
		return usage(textNoDocument.With(o.Document, strings.Join(known[max(0, len(known)-10):], ", ")))
	}
	if o.Period == "" {
		o.Period = first.In(in.Zone).Format(time.DateOnly) + ".." + in.Now.In(in.Zone).Format(time.DateOnly)
	}
	return nil
}
