package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGuidesAreAsTheirPagesSay types what each guide has, line by line on a machine of its
// own: one with the package installed and a resolver of its provider. Each is typed in one of
// its languages, and with TEST_PROOF=1 in both.
func TestGuidesAreAsTheirPagesSay(t *testing.T) {
	inNamespace(t, walkGuides, "nsenter", "mount", "dig", "radclient", "promtool", "minisign", "jq", "unzip")
}

// walkGuides runs in the namespace, which is the world around the machines.
func walkGuides(t *testing.T) {
	execute(t, "ip", "link", "set", "lo", "up")
	execute(t, "ip", "addr", "add", "192.0.2.53/32", "dev", "lo")
	startStandInAt(t, "192.0.2.53:53")
	pages, err := filepath.Glob("../docs/for-*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	for i, page := range pages {
		guide := strings.TrimSuffix(filepath.Base(page), ".md")
		for j, language := range []string{"en", "vi"} {
			if i%2 != j && os.Getenv("TEST_PROOF") == "" {
				continue
			}
			t.Run(guide+"-"+language, func(t *testing.T) {
				t.Parallel()
				page := map[string]string{"en": "../docs/", "vi": "../docs/vi/"}[language] + guide + ".md"
				newMachine(t, 2*i+j, language).walk(page, 3)
			})
		}
	}
}

func execute(t *testing.T, words ...string) {
	t.Helper()
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(words, " "), err, out)
	}
}

// newMachine is a machine in a network of its own, the one with this number in the world.
func newMachine(t *testing.T, number int, language string) *walkedPage {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	top := t.TempDir()
	w := &walkedPage{t: t, dir: filepath.Join(top, "root"), language: language, within: 2 * soon}
	w.network = heldNamespace(t, top, "unshare", "-n", "-m", "sh", filepath.Join(root, "testdata/machine/boot"), root)
	execute(t, "mkdir", "-p", filepath.Join(w.dir, "bin"))
	if err := os.Symlink(filepath.Join(root, "testdata/machine/systemctl"), filepath.Join(w.dir, "bin/systemctl")); err != nil {
		t.Fatal(err)
	}
	if exec.Command("python3", "-c", "import cryptography").Run() != nil { // one of another place is before that of the package
		if err := os.Symlink("/usr/bin/python3", filepath.Join(w.dir, "bin/python3")); err != nil {
			t.Fatal(err)
		}
	}
	ours, theirs := fmt.Sprintf("10.99.%d.1/30", number), fmt.Sprintf("10.99.%d.2/30", number)
	end := fmt.Sprintf("machine%d", number)
	inside := []string{"nsenter", "-t", w.network, "-n", "ip"}
	execute(t, "ip", "link", "add", end, "type", "veth", "peer", "name", "outside", "netns", w.network)
	execute(t, "ip", "addr", "add", ours, "dev", end)
	execute(t, "ip", "link", "set", end, "up")
	execute(t, append(inside, "addr", "add", theirs, "dev", "outside")...)
	execute(t, append(inside, "link", "set", "outside", "up")...)
	execute(t, append(inside, "route", "add", "default", "via", strings.TrimSuffix(ours, "/30"))...)
	if said := w.types("systemctl start lachan"); said != "" {
		t.Fatalf("the server does not start: %s", said)
	}
	t.Cleanup(func() { w.types("systemctl stop lachan") })
	return w
}
