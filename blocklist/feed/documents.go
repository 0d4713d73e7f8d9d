package feed

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/format"
	"lachan/blocklist/release"
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

// A Loss says how many entries by a document a version no longer has.
type Loss struct {
	Document string `json:"document"` // "" of those without one
	Had      int    `json:"had"`      // in the version before, and not over
	Lost     int    `json:"lost"`     // of these
}

// maxLosses bounds the documents of which a loss is told.
const maxLosses = 100

// An Earlier is the copy in use, which an order's next version is compared with.
type Earlier struct {
	Path     string        `json:"path"`
	Format   format.Format `json:"format"`
	Asked    format.Format `json:"asked"`
	Readings Readings      `json:"readings,omitempty"`
	// Withdrawn is what the publisher says to have lifted, Version that of the copy.
	Withdrawn []release.Withdrawal `json:"withdrawn,omitempty"`
	Version   uint64               `json:"version,omitempty"`
}

// earlier is what a next version is compared with; nil if there is nothing.
func (c *Copy) earlier(withdrawn []release.Withdrawal) *Earlier {
	if c.Digest == "" || c.Path == "" {
		return nil
	}
	return &Earlier{c.Path, c.Format, c.AskedFormat, c.Readings, withdrawn, c.Release.Version}
}

// keys are the entries of a version, each with its document, by their hash.
type keys map[uint64]struct{}

func (k keys) add(r *format.Rule) { k[keyOf(r)] = struct{}{} }

func keyOf(r *format.Rule) uint64 {
	h := fnv.New64a()
	for _, text := range []string{r.Name, r.Regex, r.Document} {
		h.Write([]byte(text))
		h.Write([]byte{0})
	}
	if r.Prefix.IsValid() {
		h.Write([]byte(r.Prefix.String()))
	}
	return h.Sum64()
}

// losses counts what of the earlier copy is not among the keys, by document, and what
// is not because its publisher has withdrawn it, which is no loss.
func (e *Earlier) losses(o format.Options, now time.Time, still keys) (losses []Loss, withdrawn int, err error) {
	byDocument, lifted := map[string]*Loss{}, release.WithdrawnSince(e.Version, e.Withdrawn)
	c := Copy{Path: e.Path, Format: e.Format, AskedFormat: e.Asked, Readings: e.Readings}
	err = c.Parse(o, func(r format.Rule) error {
		if !r.Until.IsZero() && !now.Before(r.Until) {
			return nil
		}
		_, is := still[keyOf(&r)]
		if !is && lifted.Has(r.Name, r.Document) {
			withdrawn++
			return nil
		}
		l := byDocument[r.Document]
		if l == nil {
			l = &Loss{Document: r.Document}
			byDocument[r.Document] = l
		}
		l.Had++
		if !is {
			l.Lost++
		}
		return nil
	})
	for _, number := range slices.Sorted(maps.Keys(byDocument)) {
		if l := byDocument[number]; l.Lost > 0 && len(losses) < maxLosses {
			losses = append(losses, *l)
		}
	}
	return losses, withdrawn, err
}

// shrankBy finds the document of which a version of orders has lost more than it may;
// nil if there is none. All that an order has is much, however few entries that are.
func (s *Source) shrankBy(losses []Loss) *Loss {
	for i := range losses {
		l := &losses[i]
		whole := l.Document != "" && l.Lost == l.Had
		if float64(l.Lost) > float64(l.Had)*s.MaxShrink && (whole || l.Lost >= shrinkFloor || s.MaxShrink == 0) {
			return l
		}
	}
	return nil
}
