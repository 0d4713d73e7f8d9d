package manage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/impact"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy"
)

const (
	// impactMemory bounds what weighing holds of a list; it runs beside answers.
	impactMemory = 16 << 20
	// impactLasts is how long what was weighed is told before it is weighed anew.
	impactLasts = 15 * time.Minute
)

// held are the versions of lists that are held back, and what they would do.
type held struct {
	impacts  map[string]impact.Impact // by feed
	weighed  chan impact.Impact
	weighing bool
	one      sync.Mutex // one version is weighed at a time, in a folder of its own
}

var errNothingHeld = errors.New("no version of the feed is held back")

// weigh finds the impact of the version of a feed that is held back. It may run
// on any goroutine, as often as n.held.weighing lets it.
func (n *node) weigh(ctx context.Context, feedName string) (found impact.Impact, err error) {
	v := n.view.Load()
	status, err := n.lists.store.Status(feedName)
	if err != nil {
		return impact.Impact{}, err
	}
	if status.Held.Copy.Digest == "" {
		return impact.Impact{}, errNothingHeld
	}
	n.held.one.Lock()
	defer n.held.one.Unlock()
	list, err := v.compileHeld(ctx, n.lists.store, &status)
	if err != nil {
		return impact.Impact{}, err
	}
	found = impact.Impact{Feed: feedName, Version: status.Held.Copy.Digest, Top: []impact.Name{}, At: time.Now()}
	f, blocks := v.cfg.Feed(feedName), v.rules.Policy().Blocks()
	popular, err := n.popular(ctx)
	if err != nil {
		return impact.Impact{}, err
	}
	asked := 0.0
	var name domain.Name
	for _, p := range popular.Names {
		if name.SetText(p.Name) != nil || f.LockedBy == "" && n.core(&name, false) {
			continue
		}
		is, _ := v.rules.Classify(&name, domain.TypeA)
		fresh := list.Classify(&name, domain.TypeA, found.At.Unix()).Without(is)
		if fresh.Meets(blocks) || !fresh.Empty() && (f.LockedBy != "" || f.Unit != "") {
			asked += p.Asked
			found.Top = append(found.Top, impact.Name{Name: p.Name, Asked: int(math.Round(p.Asked))})
		}
	}
	slices.SortFunc(found.Top, func(a, b impact.Name) int {
		return cmp.Or(cmp.Compare(b.Asked, a.Asked), cmp.Compare(a.Name, b.Name))
	})
	found.Names, found.Asked, found.Of = len(found.Top), int(math.Round(asked)), int(math.Round(popular.Total))
	found.Top = found.Top[:min(len(found.Top), impact.TopNames)]
	return found, nil
}

// compileHeld compiles the version of a feed that is held back, and gives its
// names their categories.
func (v *view) compileHeld(ctx context.Context, store *feed.Store, status *feed.Status) (*blocklist.List, error) {
	f := v.cfg.Feed(status.Name)
	held := status.Held.Copy
	held.Path = store.HeldPath(f.Name, status.Held)
	file := source.FileOf(f, held, v.cfg.Timezone)
	file.Zone = false // what it answers does not matter
	dir := filepath.Join(v.cfg.StateDir, "aside")
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // the mapping outlives the name
	path := filepath.Join(dir, "held.snap")
	sources := []blocklist.Source{file.Blocklist()}
	if _, err := blocklist.Compile(ctx, path, sources, blocklist.Options{Memory: impactMemory}); err != nil {
		return nil, fmt.Errorf("weigh feed %q: %w", f.Name, err)
	}
	snapshot, err := blocklist.Open(path)
	if err != nil {
		return nil, err
	}
	p := v.rules.Policy()
	return snapshot.Bind(func(_, category string) policy.Set {
		if f.Action == config.Allow {
			return policy.Set{}
		}
		if own := p.Tags(source.BuiltinPrefix, category); !own.Empty() {
			return own
		}
		return p.Tags(source.BuiltinPrefix, f.Category)
	}, nil), nil
}

// serveImpact is GET /api/lists/impact?feed=NAME.
func (n *node) serveImpact(w http.ResponseWriter, r *http.Request) {
	found, err := n.weigh(r.Context(), r.URL.Query().Get("feed"))
	if err != nil {
		status := http.StatusInternalServerError
		if errors.Is(err, errNothingHeld) {
			status = http.StatusNotFound
		}
		command.AnswerError(w, status, err)
		return
	}
	command.AnswerJSON(w, http.StatusOK, found)
}

// weighHeld has the version of a feed that is held back weighed, unless that was
// done a moment ago. One is weighed at a time.
func (n *node) weighHeld(ctx context.Context, name, version string) {
	known := n.held.impacts[name]
	if n.held.weighing || known.Version == version && time.Since(known.At) < impactLasts {
		return
	}
	n.held.weighing = true
	n.children.start(ctx, "weigh", func(ctx context.Context) {
		found, err := n.weigh(ctx, name)
		if err != nil {
			n.log.Warn("weigh a version that is held back", "feed", name, "error", err)
			found = impact.Impact{Feed: name, Version: version, At: time.Now()}
		}
		n.held.weighed <- found
	})
}

// heldText says why a version of a feed is held back, and whether people would
// miss something if it were not.
func (n *node) heldText(status *feed.Status) wording.Text {
	text := wording.Join(about(status.Name, ""), status.Held.Text())
	if i := n.held.impacts[status.Name]; i.Version == status.Held.Copy.Digest && i.Names > 0 {
		text = wording.Join(text, textImpactHeld.With(i.Names, i.Asked))
	}
	return text
}
