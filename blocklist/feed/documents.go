package feed

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/format"
)

// A Document is an order that entries of a list name as their reason (csv,
// xlsx).
type Document struct {
	Number    string    `json:"number"`
	Authority string    `json:"authority,omitempty"`
	Urgent    bool      `json:"urgent,omitempty"`
	Issued    time.Time `json:"issued,omitzero"`
	From      time.Time `json:"from,omitzero"`  // when the first of its entries begins to hold
	Until     time.Time `json:"until,omitzero"` // when the last of them no longer holds; zero: never
	Entries   int       `json:"entries"`
	Digest    string    `json:"digest"` // of its entries, in whatever order they stand
}

const (
	// maxDocuments bounds the documents of a list in its status: the newest.
	maxDocuments = 1000
	// maxDocumentText bounds a number or the name of an authority, in bytes.
	maxDocumentText = 120
)

// documents collects the documents of a list while it is read.
type documents struct {
	byNumber map[string]*collected
}

// A collected document has what is needed to complete it.
type collected struct {
	Document
	sum   [2]uint64 // of the hashes of the entries
	place int
}

func (d *documents) add(r *format.Rule) {
	if r.Document == "" {
		return
	}
	number := shortened(r.Document)
	c := d.byNumber[number]
	if c == nil {
		c = &collected{Document: Document{Number: number, From: r.From, Until: r.Until}, place: len(d.byNumber)}
		d.byNumber[number] = c
	}
	c.Entries++
	if r.From.Before(c.From) {
		c.From = r.From
	}
	if !c.Until.IsZero() && (r.Until.IsZero() || r.Until.After(c.Until)) {
		c.Until = r.Until
	}
	if o := r.Order; o != nil {
		c.Authority = cmp.Or(c.Authority, shortened(o.Authority))
		c.Urgent = c.Urgent || isUrgent(o.Urgency)
		if c.Issued.IsZero() {
			c.Issued = o.Date
		}
	}
	entry := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %s %s", r.Name, r.Scope, r.Prefix, r.Regex, r.Category))
	for i := range c.sum {
		c.sum[i] += binary.BigEndian.Uint64(entry[8*i:])
	}
}

// newest returns at most maxDocuments of them, in the order of the list.
func (d *documents) newest() (list []Document) {
	all := make([]*collected, 0, len(d.byNumber))
	for _, c := range d.byNumber {
		var sum [16]byte
		binary.BigEndian.PutUint64(sum[:], c.sum[0])
		binary.BigEndian.PutUint64(sum[8:], c.sum[1])
		c.Digest = hex.EncodeToString(sum[:])
		all = append(all, c)
	}
	byPlace := func(a, b *collected) int { return cmp.Compare(a.place, b.place) }
	slices.SortFunc(all, func(a, b *collected) int { return cmp.Or(b.Issued.Compare(a.Issued), byPlace(b, a)) })
	all = all[:min(len(all), maxDocuments)]
	slices.SortFunc(all, byPlace)
	for _, c := range all {
		list = append(list, c.Document)
	}
	return list
}

// shortened cuts a text to maxDocumentText bytes.
func shortened(text string) string {
	if len(text) <= maxDocumentText {
		return text
	}
	return strings.ToValidUTF8(text[:maxDocumentText], "")
}

// isUrgent reports whether an authority's words mean urgent. Of the grades of
// official letters (Nghị định 30/2020/NĐ-CP), "khẩn", "thượng khẩn" and "hỏa tốc"
// do.
func isUrgent(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, not := range []string{"không", "khong", "thường", "not "} {
		if strings.HasPrefix(text, not) {
			return false
		}
	}
	for _, word := range []string{"khẩn", "khan", "hỏa tốc", "hoả tốc", "hoa toc", "urgent", "6h", "6 giờ"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
