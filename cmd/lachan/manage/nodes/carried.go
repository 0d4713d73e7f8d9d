package nodes

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lachan/admin"
	"lachan/blocklist/order"
	"lachan/fleet"
)

// When orders were in force at nodes stands in files beside that of this machine, so that reports
// name the nodes that were late.

// mostCarriedOut bounds how many orders are kept of a node.
const mostCarriedOut = 2_000

var errCarriedOut = errors.New("it is no record of an order that this hub has handed on")

// carriedOut keeps what a node tells of orders.
func carriedOut(h *Hub, node string, text []byte) ([]byte, error) {
	cfg, _ := h.src.InForce()
	carried := admin.Carried(h.src.Ledger.State())
	records, err := parseCarriedOut(text, time.Now(), func(feed string) bool { _, ok := carried[feed]; return ok })
	if err != nil || node == cfg.NodeName() {
		return nil, errors.Join(err)
	}
	dir := filepath.Join(cfg.StateDir, "orders")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep orders of a node: %w", err)
	}
	log, _, err := order.Open(filepath.Join(dir, node+".jsonl"))
	if err != nil {
		return nil, err
	}
	var fresh []order.Record
	for _, r := range records {
		if !log.Has(r.Feed, r.Document, r.Digest) {
			fresh = append(fresh, r)
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	if len(log.Records())+len(fresh) > mostCarriedOut {
		return nil, fmt.Errorf("more than %d orders of a node", mostCarriedOut)
	}
	return nil, log.Add(fresh...)
}

// mostText bounds what a node may write into the fields of an order, in bytes.
const mostText = 300

// parseCarriedOut reads what a node tells of orders of feeds that it has from here.
func parseCarriedOut(text []byte, now time.Time, from func(feed string) bool) (records []order.Record, err error) {
	var told []fleet.CarriedOut
	if err := json.Unmarshal(text, &told); err != nil || len(told) > fleet.MaxCarried {
		return nil, errCarriedOut
	}
	for _, t := range told {
		long := len(t.Document) > mostText || len(t.Authority) > mostText || len(t.Digest) > mostText
		if long || !from(t.Feed) || t.Digest == "" || t.Entries < 0 || t.Received.IsZero() ||
			t.InForce.Before(t.Received) || t.InForce.After(now.Add(time.Hour)) {
			return nil, errCarriedOut
		}
		records = append(records, order.Record(t))
	}
	return records, nil
}
