package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
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
			w := &walkedPage{t: t, dir: t.TempDir(), language: language, network: ownNetwork(t)}
			t.Cleanup(func() {
				w.types("kill $(cat hub.pid node-1.pid node-2.pid); while kill -0 $(cat hub.pid); do sleep 0.1; done")
			})
			blocks := regexp.MustCompile("(?s)```\n(.*?)```\n").FindAllStringSubmatch(readText(t, page), -1)
			if len(blocks) < 9 {
				t.Fatalf("%d blocks", len(blocks))
			}
			for _, b := range blocks {
				w.block(b[1])
			}
		})
	}
}

// A walkedPage is a page whose lines are typed.
type walkedPage struct {
	t                      *testing.T
	dir, language, network string
	codes                  []string // that were given out, in their order
	joined                 int      // how many of them were typed
}

// ownNetwork is the process whose network has nothing but loopback.
func ownNetwork(t *testing.T) string {
	t.Helper()
	holder := exec.Command("unshare", "-n", "sh", "-c", "ip link set lo up && echo ready && exec sleep 600")
	holder.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := holder.StdoutPipe()
	if err == nil {
		err = holder.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = holder.Process.Kill(); _ = holder.Wait() })
	if _, err := out.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(holder.Process.Pid)
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// types has a shell do lines, and returns what is printed.
func (w *walkedPage) types(lines string) string {
	out := filepath.Join(w.dir, "printed")
	file, err := os.Create(out)
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	c := exec.Command("nsenter", "-t", w.network, "-n", "bash", "-c", lines)
	c.Dir, c.Stdout, c.Stderr = w.dir, file, file // not a pipe: servers go on
	c.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"), "LACHAN_LANG="+w.language)
	_ = c.Run() // what is printed says it
	return readText(w.t, out)
}

var (
	walkCode  = regexp.MustCompile(`[a-z0-9]{4}(?:-[a-z0-9]{4}){7}`)
	walkAgain = regexp.MustCompile(`^(lachan (fleet (status|invite)|lists status|join) |dig )`)
	// walkVaries is what another machine prints otherwise.
	walkVaries = regexp.MustCompile(`[a-z0-9]{4}(-[a-z0-9]{4}){3,7}|\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|id: \d+|\d+s trước|\d+s ago|\d+(\.\d+)?m?s\b|(bản|version) [0-9][^ ,]*|(có lỗi|conditions): upstream-down|no\. \d+|số \d+:|undo \d+|1167|; 1 of them watch it still|; 1 nút còn theo dõi`)
)

func walkSame(line string) string {
	return strings.Trim(strings.Join(strings.Fields(walkVaries.ReplaceAllString(line, "")), " "), " ;")
}

// block types the lines of a block until all is printed that stands below them.
func (w *walkedPage) block(text string) {
	w.t.Helper()
	var lines, again, want []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if said, is := strings.CutPrefix(line, "# "); is {
			want = append(want, walkSame(said))
			continue
		}
		if strings.HasPrefix(line, "lachan join ") {
			line = walkCode.ReplaceAllString(line, w.codes[w.joined])
			w.joined++
		}
		if lines = append(lines, line); walkAgain.MatchString(line) {
			again = append(again, line)
		}
	}
	printed := ""
	for until := time.Now().Add(3 * time.Minute); ; lines = again {
		printed += w.types(strings.Join(lines, "\n"))
		missing := ""
		for _, line := range want {
			if !strings.Contains("\n"+walkLines(printed), "\n"+line+"\n") {
				missing = line
			}
		}
		if missing == "" {
			break
		}
		if time.Now().After(until) {
			w.t.Fatalf("%s\nprints\n%s\nand not %q", text, printed, missing)
		}
	}
	if strings.Contains(text, "lachan fleet invite lao-cai-1") {
		all := walkCode.FindAllString(printed, -1)
		w.codes = all[len(all)-2:]
	}
}

func walkLines(text string) string {
	all := &strings.Builder{}
	for line := range strings.Lines(text) {
		all.WriteString(walkSame(line) + "\n")
	}
	return all.String()
}
