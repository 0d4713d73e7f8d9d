package test

import (
	"bytes"
	"cmp"
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

// A walkedPage is a page whose lines are typed.
type walkedPage struct {
	t                      *testing.T
	dir, language, network string
	within                 time.Duration // for what stands below a block to be printed
	codes                  []string      // that were given out, in their order
	joined                 int           // how many of them were typed
}

// walk types the blocks of a page, which has at least so many.
func (w *walkedPage) walk(page string, least int) {
	w.t.Helper()
	blocks := regexp.MustCompile("(?s)```\n(.*?)```\n").FindAllStringSubmatch(readText(w.t, page), -1)
	if len(blocks) < least {
		w.t.Fatalf("%s: %d blocks", page, len(blocks))
	}
	for _, b := range blocks {
		w.block(b[1])
	}
}

// ownNetwork is the process whose network has nothing but loopback.
func ownNetwork(t *testing.T) string {
	t.Helper()
	return heldNamespace(t, ".", "unshare", "-n", "sh", "-c", "ip link set lo up && echo ready && exec sleep 600")
}

// heldNamespace is the process of a command that has namespaces of its own and says that they
// are ready.
func heldNamespace(t *testing.T, dir string, command ...string) string {
	t.Helper()
	holder := exec.Command(command[0], command[1:]...)
	holder.Dir, holder.SysProcAttr = dir, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	said := &bytes.Buffer{}
	holder.Stderr = said
	out, err := holder.StdoutPipe()
	if err == nil {
		err = holder.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = holder.Process.Kill(); _ = holder.Wait() })
	if _, err := out.Read(make([]byte, 16)); err != nil {
		_ = holder.Wait()
		t.Fatalf("%v: %s", err, said)
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
	c := exec.Command("nsenter", "-t", w.network, "-n", "-m", "--wd="+w.dir, "bash", "-c", lines)
	c.Dir, c.Stdout, c.Stderr = w.dir, file, file // not a pipe: servers go on
	path := filepath.Join(w.dir, "bin") + ":" + filepath.Dir(binary) + ":" + os.Getenv("PATH")
	c.Env = append(os.Environ(), "PATH="+path, "LACHAN_LANG="+w.language)
	_ = c.Run() // what is printed says it
	return readText(w.t, out)
}

var (
	walkCode  = regexp.MustCompile(`[a-z0-9]{4}(?:-[a-z0-9]{4}){7}`)
	walkAgain = regexp.MustCompile(`^(lachan (fleet (status|invite)|lists status|join|report) |dig |curl |jq )`)
	// walkVaries is what another machine prints otherwise.
	walkVaries = regexp.MustCompile(`[a-z0-9]{4}(-[a-z0-9]{4}){3,7}|[0-9a-f]{64}|acc_[0-9A-Z]{26}|\d\d giờ \d\d|\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?|\.\.\d{4}-\d\d-\d\d)|id: \d+|\d+s trước|\d+s ago|\d+(\.\d+)?m?s\b|(bản|version) [0-9][^ ,]*|(có lỗi|conditions): upstream-down|no\. \d+|số \d+:|undo \d+|\d+ (queries|of them blocked|lượt truy vấn|lượt bị chặn|files|tệp)|1167|; 1 of them watch it still|; 1 nút còn theo dõi`)
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
	printed, first, last := "", "", ""
	for until := time.Now().Add(w.within); ; lines = again {
		last = w.types(strings.Join(lines, "\n"))
		first, printed = cmp.Or(first, last), printed+last
		missing := ""
		for _, line := range want {
			if !strings.Contains("\n"+walkLines(printed), "\n"+line+"\n") {
				missing = line
			}
		}
		if missing == "" {
			break
		}
		if len(again) == 0 || time.Now().After(until) {
			w.t.Fatalf("%s\nprints\n%s\nin the end\n%s\nand not %q", text, first, last, missing)
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
