package test

import (
	"os"
	"testing"
	"time"
)

// TestTheWalkThroughAFleetIsAsItsPagesSay types what docs/fleet-walk.md has, in each of its
// languages, line by line in a network of its own, and compares what is printed. It is only
// part of make proof.
func TestTheWalkThroughAFleetIsAsItsPagesSay(t *testing.T) {
	if !proving() || os.Getuid() != 0 {
		t.Log("TEST_PROOF=1 runs it, as root")
		return
	}
	for language, page := range map[string]string{"en": "../docs/fleet-walk.md", "vi": "../docs/vi/fleet-walk.md"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := &walkedPage{t: t, dir: t.TempDir(), language: language, network: ownNetwork(t), within: 3 * time.Minute}
			t.Cleanup(func() {
				w.types("kill $(cat hub.pid node-1.pid node-2.pid); while kill -0 $(cat hub.pid); do sleep 0.1; done")
			})
			w.walk(page, 9)
		})
	}
}
