package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/internal/wording"
)

const (
	maxRejects       = 20
	rejectsPerReason = 4
)

// examine reads a draft whole, as the compiler will, and counts. It is a list
// of the source or, when as is format.Directory, several.
func examine(ctx context.Context, src *Source, d *draft, as format.Format) (Copy, error) {
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		return Copy{}, err
	}
	c := Copy{ByReason: map[string]int{}}
	orders := documents{byNumber: map[string]*collected{}}
	never := core{is: src.Core}
	emit := func(r format.Rule) error {
		orders.add(&r)
		never.add(&r)
		return ctx.Err()
	}
	reject := func(file string, r format.Reject) {
		reason := r.Reason.String()
		c.ByReason[reason]++
		if len(c.Rejects) < maxRejects && c.ByReason[reason] <= rejectsPerReason {
			c.Rejects = append(c.Rejects,
				Reject{File: file, Line: r.Line, Text: r.Text, Reason: reason, Detail: r.Detail})
		}
	}
	sum, err := parse(d.file, as, src.listFormat(),
		format.Options{Subdomains: src.Subdomains, Name: src.fileName(), Zone: src.Zone}, emit, reject)
	if err != nil {
		return Copy{}, unreadable(err)
	}
	c.Format, c.Entries, c.Rejected, c.Documents = sum.Format, sum.Rules, sum.Rejected, orders.newest()
	c.CoreHits, c.CoreNames, c.Verified = never.hits, never.names, time.Now().UTC()
	return c, nil
}

// unreadable says why a list, or one file of a directory, cannot be read.
func unreadable(err error) error {
	var of *fileError
	text, cause := textUnreadable.With(format.Explain(err)), ErrUnreadable
	switch {
	case errors.Is(err, format.ErrHTML) && errors.As(err, &of):
		text, cause = wording.Join(textFileOf.With(of.file), textHTML), ErrAnswer
	case errors.Is(err, format.ErrHTML):
		text, cause = textHTML, ErrAnswer
	}
	return refuse(text, fmt.Errorf("%w: %w", cause, err))
}

// guard returns why a version is held back, nil if it is not: it lost or gained
// more entries than a publisher changes on purpose, or would block what lessons
// need. known is the zero Copy before the first success and after the feed got
// another address or format.
func guard(src *Source, known, c *Copy) error {
	least := float64(known.Entries) * (1 - src.MaxShrink)
	most := float64(known.Entries) * src.MaxGrowth
	switch {
	case c.Entries == 0 && c.Rejected > 0:
		return refuse(textNoEntries.With(c.Rejected),
			fmt.Errorf("%w: %d lines rejected", ErrNoEntries, c.Rejected))
	case c.Entries == 0 && known.Entries > 0:
		return refuse(textEmptied.With(known.Entries),
			fmt.Errorf("%w: had %d", ErrNoEntries, known.Entries))
	case float64(c.Entries) < least:
		return refuse(textShrunk.With(known.Entries, c.Entries, 100*src.MaxShrink),
			fmt.Errorf("%w: %d entries, had %d", ErrShrunk, c.Entries, known.Entries))
	case src.MaxGrowth > 0 && known.Entries > 0 && float64(c.Entries) > most:
		return refuse(textGrew.With(known.Entries, c.Entries, src.MaxGrowth),
			fmt.Errorf("%w: %d entries, had %d", ErrGrew, c.Entries, known.Entries))
	case src.Locked && c.CoreHits > known.CoreHits:
		return refuse(textCore.With(c.CoreHits, strings.Join(c.CoreNames, ", ")),
			fmt.Errorf("%w: %d entries, had %d", ErrCore, c.CoreHits, known.CoreHits))
	}
	return nil
}

const maxCoreNames = 20

// core counts the entries of a list for names that are never to be blocked.
type core struct {
	is    func(n *domain.Name, below bool) bool // Source.Core; may be nil
	name  domain.Name
	hits  int
	names []string // the first of them
}

func (c *core) add(r *format.Rule) {
	if c.is == nil || r.Name == "" || r.Allow || r.Act == format.ActPassthru || c.name.SetText(r.Name) != nil ||
		!c.is(&c.name, r.Scope != format.Exact) {
		return
	}
	if c.hits++; c.hits <= maxCoreNames {
		c.names = append(c.names, r.Name)
	}
}
