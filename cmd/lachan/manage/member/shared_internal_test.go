package member

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"lachan/fleet"
)

// TestNodesAskAnotherHubForWhatTheyShare where one does not answer; without any, what they have
// is in use until it is over.
func TestNodesAskAnotherHubForWhatTheyShare(t *testing.T) {
	const every = time.Hour
	now := time.Now()
	made := map[string]fleet.Secrets{} // each its own, so that it shows which one was asked
	for _, hub := range []string{"a:1", "b:1", "c:1"} {
		made[hub], _ = fleet.Secrets(nil).Renewed(now, every)
	}
	away := map[string]bool{}
	ask := func(hub string) (fleet.Secrets, error) {
		if away[hub] {
			return nil, errors.New("away")
		}
		return made[hub], nil
	}
	one := &Member{dir: t.TempDir(), src: Sources{Log: slog.New(slog.DiscardHandler)}}
	has := func(want string) {
		t.Helper()
		s, err := askShared(sameOrder([]string{"c:1", "a:1", "b:1"}), ask)
		if err == nil {
			one.useShared(s)
		}
		got := one.Shared(time.Now())
		if len(got) == 0 || string(got[0].Ticket) != string(made[want][0].Ticket) {
			t.Errorf("%d secrets, not those of %s: %v", len(got), want, err)
		}
	}
	has("a:1")
	away["a:1"] = true
	has("b:1")
	away["b:1"], away["c:1"] = true, true
	has("b:1")
	restarted := &Member{dir: one.dir}
	restarted.readShared()
	if got := restarted.Shared(time.Now()); len(got) != 2 {
		t.Errorf("after a restart without a hub: %d", len(got))
	}
	if got := restarted.Shared(now.Add(5 * every)); len(got) != 0 {
		t.Errorf("without a hub for long: %d", len(got))
	}
	one.useShared(nil)
	if got := one.Shared(time.Now()); len(got) != 0 {
		t.Errorf("a node that was removed has %d", len(got))
	}
}
