package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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

// An Examination says which list is to be read whole, as the compiler will, and
// counted. Its JSON form has what another process needs to do it, but for the
// fields that have no such form.
type Examination struct {
	Path       string        `json:"path"`
	Format     format.Format `json:"format"` // format.Directory: several lists
	Asked      format.Format `json:"asked"`  // of the lists of a directory
	Subdomains bool          `json:"subdomains"`
	Name       string        `json:"name"`             // the last part of the address, which may tell the format
	Allows     bool          `json:"allows,omitempty"` // Source.Allows

	Core func(n *domain.Name, below bool) bool `json:"-"` // Source.Core
	Zone *time.Location                        `json:"-"` // Source.Zone
}

// examine examines the draft of a list of the source, by the function or, if it is
// nil, in this process.
func (d *draft) examine(
	ctx context.Context, src *Source, as format.Format, by func(context.Context, Examination) (Copy, error),
) (Copy, error) {
	e := Examination{
		Path: d.file.Name(), Format: as, Asked: src.listFormat(), Subdomains: src.Subdomains, Name: src.fileName(),
		Allows: src.Allows, Core: src.Core, Zone: src.Zone,
	}
	if by == nil {
		return e.Do(ctx)
	}
	c, err := by(ctx, e)
	if known := (*Error)(nil); err != nil && !errors.As(err, &known) {
		err = refuse(textExamination.With(err), fmt.Errorf("%w: %w", ErrUnreadable, err))
	}
	return c, err
}

// Do reads the list in this process. The copy has the figures of the list, and
// nothing of where it comes from.
func (e Examination) Do(ctx context.Context) (Copy, error) {
	file, err := os.Open(e.Path)
	if err != nil {
		return Copy{}, err
	}
	defer file.Close()
	c := Copy{ByReason: map[string]int{}}
	orders := documents{byNumber: map[string]*collected{}}
	never := core{is: e.Core}
	exceptions := format.Exceptions{}
	emit := func(r format.Rule) error {
		orders.add(&r)
		never.add(&r)
		if !e.Allows {
			exceptions.Add(&r)
		}
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
	options := format.Options{Subdomains: e.Subdomains, Name: e.Name, Zone: e.Zone}
	sum, err := parse(file, e.Format, e.Asked, options, emit, reject)
	if err != nil {
		return Copy{}, unreadable(err)
	}
	c.Format, c.Entries, c.Rejected, c.Documents = sum.Format, sum.Rules, sum.Rejected, orders.newest()
	c.CoreHits, c.CoreNames, c.Verified = never.hits, never.names, time.Now().UTC()
	c.Idle, err = e.idle(ctx, file, &exceptions)
	return c, err
}

// idle counts the exceptions of a list that lift nothing of it.
func (e Examination) idle(ctx context.Context, file *os.File, exceptions *format.Exceptions) (int, error) {
	if exceptions.None() {
		return 0, nil
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	meet := func(r format.Rule) error {
		exceptions.Meet(&r)
		return ctx.Err()
	}
	options := format.Options{Subdomains: e.Subdomains, Name: e.Name, Zone: e.Zone}
	if _, err := parse(file, e.Format, e.Asked, options, meet, func(string, format.Reject) {}); err != nil {
		return 0, unreadable(err)
	}
	return exceptions.Idle(), nil
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
