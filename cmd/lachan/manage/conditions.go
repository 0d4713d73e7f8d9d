package manage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
)

// watchFeeds tells which feeds somebody should look at: those that cannot be
// brought up to date, whose last good copies stay in force; those with a version
// that is held back; locked ones that block what should never be blocked; and
// orders that DNS cannot carry out whole.
func (n *node) watchFeeds(ctx context.Context) {
	failing := n.lists.updater.Failing()
	var late, held, core, incomplete []wording.Text
	for i := range n.cfg.Feeds {
		f := &n.cfg.Feeds[i]
		status, err := n.lists.store.Status(f.Name)
		if err != nil {
			late = append(late, about(f.Name, err.Error()))
			continue
		}
		if slices.Contains(failing, f.Name) {
			late = append(late, wording.Join(about(f.Name, ""), status.Failure.Text()))
		}
		if status.Held.Copy.Digest != "" {
			held = append(held, n.heldText(&status))
			n.weighHeld(ctx, f.Name, status.Held.Copy.Digest)
		}
		if f.LockedBy != "" && status.Copy.CoreHits > 0 {
			core = append(core, about(f.Name, fmt.Sprintf("%d (%s)", status.Copy.CoreHits, join(status.Copy.CoreNames))))
		}
		if ordered := f.Authority != (config.Authority{}) || len(status.Copy.Documents) > 0; ordered &&
			status.Copy.Rejected > 0 {
			incomplete = append(incomplete, about(f.Name, fmt.Sprint(status.Copy.Rejected)))
		}
	}
	n.condition("feed-failing", textConditionFailing, late)
	n.condition("feed-held", textConditionHeld, held)
	n.condition("feed-core", textConditionCore, core)
	n.condition("order-incomplete", textConditionIncomplete, incomplete)
}

// about is something to say of a feed, the same in both languages.
func about(name, text string) wording.Text {
	text = name + ": " + text
	return wording.Text{VI: text, EN: text}
}

// condition raises a condition of feeds, or ends it when it is of none.
func (n *node) condition(name string, text wording.Text, feeds []wording.Text) {
	if len(feeds) == 0 {
		n.conditions.Clear(name)
		return
	}
	vi, en := make([]string, len(feeds)), make([]string, len(feeds))
	for i, t := range feeds {
		vi[i], en[i] = t.VI, t.EN
	}
	both := wording.Text{VI: fmt.Sprintf(text.VI, strings.Join(vi, "; ")), EN: fmt.Sprintf(text.EN, strings.Join(en, "; "))}
	n.conditions.Set(name, both.String())
}
