package manage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/impact"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy"
)

// impactLasts is how long an impact is valid; after it the version is weighed again.
const impactLasts = 15 * time.Minute

// held are the versions of lists that are held back, and what they would do.
type held struct {
	*shared
	store    *feed.Store
	resolves *resolves
	core     func(n *domain.Name, below bool) bool // whether a name is never blocked
	view     func() *view

	impacts  map[string]impact.Impact // by feed
	weighed  chan impact.Impact
	weighing bool
	opened   func() []string // names that exceptions open
	one      sync.Mutex      // one version is weighed at a time, in a folder of its own
}

var errNothingHeld = errors.New("no version of the feed is held back")

// weigh finds the impact of the version of a feed that is held back. It may run
// on any goroutine, as often as h.weighing lets it.
func (h *held) weigh(ctx context.Context, feedName string) (found impact.Impact, err error) {
	v := h.view()
	status, err := h.store.Status(feedName)
	if err != nil {
		return impact.Impact{}, err
	}
	if status.Held.Copy.Digest == "" {
		return impact.Impact{}, errNothingHeld
	}
	h.one.Lock()
	defer h.one.Unlock()
	list, err := h.compile(ctx, v, &status)
	if err != nil {
		return impact.Impact{}, err
	}
	found = impact.Impact{Feed: feedName, Version: status.Held.Copy.Digest, Top: []impact.Name{}, At: time.Now()}
	_, err = h.beside(ctx, v, v.cfg.Feed(feedName), list, &found)
	return found, err
}

// beside puts a list beside what is in force: what was asked lately and would be blocked by
// it alone. It returns how many names it has that are blocked already.
func (h *held) beside(
	ctx context.Context, v *view, f *config.Feed, list *blocklist.List, found *impact.Impact,
) (shared int, err error) {
	blocks := v.rules.Policy().Blocks()
	popular, err := h.resolves.popular(ctx)
	if err != nil {
		return 0, err
	}
	asked := 0.0
	var name domain.Name
	for _, p := range popular.Names {
		if name.SetText(p.Name) != nil || f.LockedBy == "" && h.core(&name, false) {
			continue
		}
		is, _ := v.rules.Classify(&name, domain.TypeA)
		has := list.Classify(&name, domain.TypeA, found.At.Unix())
		fresh := has.Without(is)
		if fresh.Meets(blocks) || !fresh.Empty() && (f.LockedBy != "" || f.Unit != "") {
			asked += p.Asked
			found.Top = append(found.Top, impact.Name{Name: p.Name, Asked: int(math.Round(p.Asked))})
		} else if !has.Empty() {
			shared++
		}
	}
	slices.SortFunc(found.Top, func(a, b impact.Name) int {
		return cmp.Or(cmp.Compare(b.Asked, a.Asked), cmp.Compare(a.Name, b.Name))
	})
	found.Names, found.Asked, found.Of = len(found.Top), int(math.Round(asked)), int(math.Round(popular.Total))
	found.Top = found.Top[:min(len(found.Top), impact.TopNames)]
	return shared, nil
}

// compile compiles the version of a feed that is held back, and gives its names their
// categories.
func (h *held) compile(ctx context.Context, v *view, status *feed.Status) (*blocklist.List, error) {
	f := v.cfg.Feed(status.Name)
	held := status.Held.Copy
	held.Path = h.store.HeldPath(f.Name, status.Held)
	return h.compileCopy(ctx, v, f, held)
}

// compileCopy compiles a copy of a feed, which need not be in use.
func (h *held) compileCopy(ctx context.Context, v *view, f *config.Feed, copied feed.Copy) (*blocklist.List, error) {
	file := source.FileOf(f, copied, v.cfg.Timezone)
	file.Zone = false // what it answers does not matter
	dir := filepath.Join(v.cfg.StateDir, "aside")
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // the mapping outlives the name
	answer, err := h.jobs.Lists(ctx, job.ListsOrder{Folder: dir, Files: []source.File{file}})
	if err != nil {
		return nil, fmt.Errorf("weigh feed %q: %w", f.Name, err)
	}
	lists, err := blocklist.NewStore(dir).OpenSerial(nil, answer.Serial)
	if err != nil {
		return nil, err
	}
	p := v.rules.Policy()
	return lists.Bind(func(feed, category string) policy.Set {
		if feed != f.Name || f.Action == config.Allow {
			return policy.Set{}
		}
		if own := p.Tags(source.BuiltinPrefix, category); !own.Empty() {
			return own
		}
		return p.Tags(source.BuiltinPrefix, f.Category)
	}, nil), nil
}

// weighLater has the version of a feed that is held back weighed, unless that was
// done a moment ago. One is weighed at a time.
func (h *held) weighLater(ctx context.Context, name, version string) {
	known := h.impacts[name]
	if h.weighing || known.Version == version && time.Since(known.At) < impactLasts {
		return
	}
	h.weighing = true
	h.children.start(ctx, "weigh", func(ctx context.Context) {
		found, err := h.weigh(ctx, name)
		if err != nil {
			h.log.Warn("weigh a version that is held back", "feed", name, "error", err)
			found = impact.Impact{Feed: name, Version: version, At: time.Now()}
		}
		h.weighed <- found
	})
}

// text says why a version of a feed is held back, and whether people would
// miss something if it were not.
func (h *held) text(status *feed.Status) wording.Text {
	text := wording.Join(about(status.Name, ""), status.Held.Text())
	if i := h.impacts[status.Name]; i.Version == status.Held.Copy.Digest && i.Names > 0 {
		text = wording.Join(text, textImpactHeld.With(i.Names, i.Asked))
	}
	return text
}

// trialTime is how long a list may take to be fetched, read and put beside what is in force.
const trialTime = 5 * time.Minute

// try fetches a list that is not in use, reads it and puts it beside what is in force, all
// in folders that are removed. One is tried at a time. Who asks for it need not be who runs the machine, so it is
// fetched from public addresses, and from servers that feeds of the configuration have.
func (h *held) try(ctx context.Context, f config.Feed) (t impact.Trial, err error) {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	began, v := time.Now(), h.view()
	dir := filepath.Join(v.cfg.StateDir, "aside-feeds")
	if err := os.RemoveAll(dir); err != nil {
		return t, err
	}
	defer os.RemoveAll(dir) // the mapping outlives the name
	store, err := feed.Open(dir)
	if err != nil {
		return t, err
	}
	store.UserAgent, store.Examine = h.store.UserAgent, h.store.Examine
	store.Dial = config.Outside(v.cfg)
	from := f.Source(v.cfg.Timezone.Location)
	from.Core = h.core
	status, err := store.Update(ctx, from)
	if err != nil {
		return t, err
	}
	c := status.Copy
	if c.Digest == "" {
		c = status.Held.Copy
		c.Path = store.HeldPath(f.Name, status.Held)
	} else if c, _, err = store.Good(f.Name); err != nil {
		return t, err
	}
	t = impact.Trial{
		Impact: impact.Impact{Feed: f.Name, Version: c.Digest, Top: []impact.Name{}, At: time.Now()},
		Format: string(c.Format), Bytes: c.Bytes, Entries: c.Entries, Rejected: c.Rejected, Reasons: c.ByReason,
		CoreHits: c.CoreHits, CoreNames: c.CoreNames,
	}
	h.one.Lock()
	defer h.one.Unlock()
	list, err := h.compileCopy(ctx, v, &f, c)
	if err != nil {
		return t, err
	}
	if t.Shared, err = h.beside(ctx, v, &f, list, &t.Impact); err != nil {
		return t, err
	}
	var name domain.Name
	for _, e := range h.opened() {
		if len(t.Opened) == impact.TopNames {
			break
		}
		if name.SetText(e) == nil && !list.Classify(&name, domain.TypeA, t.At.Unix()).Empty() {
			t.Opened = append(t.Opened, e)
		}
	}
	t.Took = time.Since(began)
	return t, nil
}
