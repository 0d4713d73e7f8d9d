package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
	"lachan/blocklist/format/packed"
	"lachan/internal/wording"
)

// This file reads a fetched list whole, counts it, and holds back a version that is
// suspect. maxRejects and rejectsPerReason bound the rejected lines that are kept.

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
	May        format.May    `json:"may,omitzero"`     // Source.May
	Max        int64         `json:"max_bytes"`        // Source.MaxBytes
	Orders     bool          `json:"orders,omitempty"` // entries in doubt, and those lost, are looked for
	Before     *Earlier      `json:"before,omitempty"` // what is compared with; nil: nothing
	Was        Readings      `json:"was,omitempty"`    // how the version before was read

	Categories []string                              `json:"categories,omitempty"` // Source.Categories
	MayName    func(text string) bool                `json:"-"`                    // Source.MayName
	Core       func(n *domain.Name, below bool) bool `json:"-"`                    // Source.Core
	Zone       *time.Location                        `json:"-"`                    // Source.Zone
}

// examine examines the draft of a list of the source, by the function or, if it is
// nil, in this process.
func (d *draft) examine(
	ctx context.Context, src *Source, as format.Format, known *Copy,
	by func(context.Context, Examination) (Copy, error),
) (Copy, error) {
	e := Examination{
		Path: d.file.Name(), Format: as, Asked: src.listFormat(), Subdomains: src.Subdomains, Name: src.fileName(),
		Allows: src.Allows, May: src.May, Orders: src.orders(), Max: src.maxBytes(), Was: known.readings(),
		Categories: src.Categories, MayName: src.MayName, Core: src.Core, Zone: src.Zone,
	}
	if e.Orders {
		e.Before = known.earlier(d.withdrawn)
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
	never, still := core{is: e.Core}, keys{}
	exceptions := format.Exceptions{}
	emit := func(r format.Rule) error {
		orders.add(&r)
		never.add(&r)
		if e.Orders && len(c.Doubts) <= maxDoubts {
			c.addDoubt(&r, e.Core)
		}
		if e.Before != nil {
			still.add(&r)
		}
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
	options := e.options()
	options.Widened = func(w format.Widening) {
		if !slices.Contains(c.WidenedHosts, w.Host) && len(c.WidenedHosts) < maxWidenedHosts {
			c.WidenedHosts = append(c.WidenedHosts, w.Host)
		}
	}
	sum, err := e.parsing().parse(file, options, emit, reject)
	if err != nil {
		return Copy{}, unreadable(err)
	}
	c.Format, c.Readings, c.Skipped, c.Widened = sum.Format, sum.readings, sum.skipped, sum.Widened
	c.Entries, c.Rejected, c.Documents = sum.Rules, sum.Rejected, orders.newest()
	c.CoreHits, c.CoreNames, c.Verified = never.hits, never.names, time.Now().UTC()
	if c.Idle, err = e.idle(ctx, file, &exceptions); err != nil || e.Before == nil {
		return c, err
	}
	if c.Lost, c.Withdrawn, err = e.Before.losses(e.options(), time.Now(), still); err != nil {
		c.Lost, c.Withdrawn = nil, 0 // a copy that is read no more: the counts are compared all the same
	}
	return c, nil
}

func (e *Examination) parsing() *parsing {
	return &parsing{e.Format, e.Asked, e.Was, cmp.Or(e.Max, DefaultMaxBytes)}
}

// options are those by which the list is read.
func (e *Examination) options() format.Options {
	return format.Options{Subdomains: e.Subdomains, Name: e.Name, May: e.May, Zone: e.Zone, MayName: e.MayName}
}

// idle counts the exceptions of a list that lift nothing of it.
func (e Examination) idle(ctx context.Context, file *os.File, exceptions *format.Exceptions) (int, error) {
	if exceptions.None() {
		return 0, nil
	}
	meet := func(r format.Rule) error {
		exceptions.Meet(&r)
		return ctx.Err()
	}
	options := e.options()
	ignore := func(string, format.Reject) {}
	if _, err := e.parsing().parse(file, options, meet, ignore); err != nil {
		return 0, unreadable(err)
	}
	return exceptions.Idle(), nil
}

// unreadable says why a list, or one file of a directory, cannot be read.
func unreadable(err error) error {
	var of *fileError
	text, cause := textUnreadable.With(format.Explain(err)), ErrUnreadable
	if errors.Is(err, format.ErrHTML) {
		text, cause = textHTML, ErrAnswer
	} else if why, ok := packed.Explain(err); ok {
		text = why
	}
	if errors.As(err, &of) {
		text = wording.Join(textFileOf.With(of.file), text)
	}
	return refuse(text, fmt.Errorf("%w: %w", cause, err))
}

// guard returns why a version is held back, nil if it is not: it is written in
// another way than the one before, lost or gained more entries than a publisher
// changes on purpose (what the publisher of an order says to have withdrawn is no
// loss), or would block what lessons need. known is the zero Copy
// before the first success and after the feed got another address or format.
func guard(src *Source, known, c *Copy, sizes []Size) error {
	had := known.Entries - c.Withdrawn
	most := float64(known.Entries) * src.maxGrowth()
	switch {
	case c.Entries == 0 && c.Rejected > 0:
		return refuse(textNoEntries.With(c.Rejected),
			fmt.Errorf("%w: %d lines rejected", ErrNoEntries, c.Rejected))
	case c.Entries == 0 && known.Entries > 0 && !c.allWithdrawn() && !(src.MaxShrink >= 1 && src.TSIG.Name != ""):
		return refuse(textEmptied.With(known.Entries),
			fmt.Errorf("%w: had %d", ErrNoEntries, known.Entries))
	case len(c.rewritten(known)) > 0:
		lists := strings.Join(c.rewritten(known), ", ")
		return refuse(textOtherFormat.With(lists), fmt.Errorf("%w: %s", ErrOtherFormat, lists))
	case src.shrankBy(c.Lost) != nil:
		l := src.shrankBy(c.Lost)
		text := textLost.With(l.Lost, l.Had, l.Document, 100*src.MaxShrink)
		if l.Document == "" {
			text = textLostAlone.With(l.Lost, l.Had, 100*src.MaxShrink)
		}
		return refuse(text,
			fmt.Errorf("%w: lost %d of %d entries of document %q", ErrShrunk, l.Lost, l.Had, l.Document))
	case src.shrank(had, c.Entries):
		return refuse(textShrunk.With(had, c.Entries, 100*src.MaxShrink),
			fmt.Errorf("%w: %d entries, had %d", ErrShrunk, c.Entries, had))
	case most > 0 && float64(c.Entries) > most &&
		(src.MaxGrowth != DefaultMaxGrowth || c.Entries-known.Entries >= growthFloor):
		return refuse(textGrew.With(known.Entries, c.Entries, src.MaxGrowth),
			fmt.Errorf("%w: %d entries, had %d", ErrGrew, c.Entries, known.Entries))
	case known.Entries > 0 && src.shrank(before(sizes, shrinkDay, c.Entries)-c.Withdrawn, c.Entries):
		had := before(sizes, shrinkDay, c.Entries) - c.Withdrawn
		return refuse(textShrunkSlowly.With(had, c.Entries, 1, 100*src.MaxShrink),
			fmt.Errorf("%w: %d entries, had %d a day ago", ErrShrunk, c.Entries, had))
	case known.Entries > 0 && src.shrank(before(sizes, shrinkWeek, c.Entries)-c.Withdrawn, c.Entries):
		had := before(sizes, shrinkWeek, c.Entries) - c.Withdrawn
		return refuse(textShrunkSlowly.With(had, c.Entries, 7, 100*src.MaxShrink),
			fmt.Errorf("%w: %d entries, had %d a week ago", ErrShrunk, c.Entries, had))
	case c.settle(known) > doubt.Few || len(c.Doubts) > maxDoubts:
		return refuse(textCore.With(len(c.Doubts), strings.Join(c.firstDoubts(), ", ")),
			fmt.Errorf("%w: %d entries, had %d", ErrCore, len(c.Doubts), len(known.Doubts)))
	}
	return nil
}

// allWithdrawn reports whether the publisher has said of all that a version no longer has
// that it is withdrawn.
func (c *Copy) allWithdrawn() bool { return c.Withdrawn > 0 && len(c.Lost) == 0 }

// rewritten names the lists of a feed of format auto that look like another format
// than in the version before: then their entries may mean something else.
func (c *Copy) rewritten(known *Copy) (lists []string) {
	for _, file := range slices.Sorted(maps.Keys(c.Readings)) {
		was, is := known.readings()[file].Format, c.Readings[file].Format
		if was == "" || format.Alike(was, is) {
			continue
		}
		lists = append(lists, strings.TrimPrefix(fmt.Sprintf("%s: %s -> %s", file, was, is), ": "))
	}
	return lists
}

// How far back a list may not shrink beyond max_shrink, however slowly.
const (
	shrinkDay  = 24 * time.Hour
	shrinkWeek = 7 * shrinkDay
)

const (
	// shrinkFloor is how many entries have to be gone for a loss to be one, unless
	// none may be: a list of 3 that loses 1 is no alarm.
	shrinkFloor = 3
	// growthFloor is how many entries have to be new for the default bound to hold.
	growthFloor = 1000
)

// shrank reports whether a list lost more entries than it may.
func (s *Source) shrank(had, has int) bool {
	return float64(has) < float64(had)*(1-s.MaxShrink) && (had-has >= shrinkFloor || s.MaxShrink == 0)
}

// maxGrowth is MaxGrowth, or 0 for a signed list if it is not set.
func (s *Source) maxGrowth() float64 {
	if len(s.Keys) > 0 && s.MaxGrowth == DefaultMaxGrowth {
		return 0
	}
	return s.MaxGrowth
}

// A Size is how many entries the list in use had from a moment on.
type Size struct {
	At      time.Time `json:"at"`
	Entries int       `json:"entries"`
}

// sizeEvery is a time of which at most two sizes are kept, the largest and the
// last: those of a week are at most 336.
const sizeEvery = time.Hour

// withSize adds the size of a version that has come into use, and leaves out what
// is no longer needed.
func withSize(sizes []Size, at time.Time, entries int) []Size {
	sizes = append(slices.Clone(sizes), Size{at, entries})
	for len(sizes) > 1 && !sizes[1].At.After(at.Add(-shrinkWeek)) {
		sizes = sizes[1:]
	}
	if n := len(sizes); n > 2 && at.Sub(sizes[n-3].At) < sizeEvery {
		smaller := n - 3
		if sizes[n-3].Entries > sizes[n-2].Entries {
			smaller = n - 2
		}
		sizes = slices.Delete(sizes, smaller, smaller+1)
	}
	return sizes
}

// lessWithdrawn is what the sizes would have been without entries that were withdrawn
// since: their loss is none, whenever it is looked at.
func lessWithdrawn(sizes []Size, withdrawn int) []Size {
	less := slices.Clone(sizes)
	for i := range less {
		less[i].Entries = max(less[i].Entries-withdrawn, 0)
	}
	return less
}

// before is how many entries the list in use had that long ago, or at first if it
// is younger; none if that is not known.
func before(sizes []Size, ago time.Duration, none int) (entries int) {
	if len(sizes) == 0 {
		return none
	}
	entries = sizes[0].Entries
	for _, s := range sizes {
		if time.Since(s.At) >= ago {
			entries = s.Entries
		}
	}
	return entries
}

// addDoubt takes note of a rule that is in doubt.
func (c *Copy) addDoubt(r *format.Rule, core func(n *domain.Name, below bool) bool) {
	why, ok := doubt.Of(r, core)
	if ok && !slices.ContainsFunc(c.Doubts, func(e doubt.Entry) bool { return e.Name == r.Name }) {
		c.Doubts = append(c.Doubts, doubt.Entry{Name: r.Name, Why: why})
	}
}

// settle says which entries in doubt wait, and returns how many newly do. What was in
// force before there were doubts stays.
func (c *Copy) settle(known *Copy) (fresh int) {
	c.Doubts, fresh = doubt.Settle(c.Doubts, known.Doubts, known.undoubted())
	return fresh
}

// undoubted are names in force of a copy of an earlier version of the program, which
// somebody has let through.
func (c *Copy) undoubted() []string {
	if c.Doubts == nil {
		return c.CoreNames
	}
	return nil
}

// firstDoubts are some of the names in doubt.
func (c *Copy) firstDoubts() (names []string) {
	for _, e := range c.Doubts[:min(len(c.Doubts), maxCoreNames)] {
		names = append(names, e.Name)
	}
	return names
}

const (
	maxDoubts       = 1000
	maxCoreNames    = 20
	maxWidenedHosts = 20
)

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
