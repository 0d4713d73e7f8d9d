package test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ownResolver makes a namespace a machine whose resolver is at 127.0.0.1.
func ownResolver(t *testing.T) {
	t.Helper()
	resolv := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(resolv, []byte("nameserver 127.0.0.1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"ip link set lo up", "mount --bind " + resolv + " /etc/resolv.conf"} {
		words := strings.Fields(command)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
}

// listenOn makes a process that is not started yet listen there.
func (p *process) listenOn(addr string) {
	p.t.Helper()
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `"127.0.0.1:0"`, `"`+addr+`"`, 1))
}

// chromium is the browser without a window.
func chromium(ctx context.Context, profile string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "chromium", append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-features=AsyncDns",
		"--user-data-dir=" + profile}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// A browser is Chromium, told what to do over pipes by its DevTools protocol:
// JSON, each message ended by a zero octet.
type browser struct {
	t       *testing.T
	say     *os.File
	hear    *bufio.Reader
	last    int
	session string
}

// browserLives bounds a browser that a test has lost.
const browserLives = 20 * time.Minute

// startBrowser opens Chromium with an empty page.
func startBrowser(t *testing.T, args ...string) *browser {
	t.Helper()
	theirs, say, err1 := os.Pipe()
	hear, theirVoice, err2 := os.Pipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	ctx, stop := context.WithTimeout(context.Background(), browserLives)
	cmd := chromium(ctx, t.TempDir(), append(args, "--remote-debugging-pipe")...)
	cmd.ExtraFiles = []*os.File{theirs, theirVoice} // descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	theirVoice.Close()
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
		say.Close()
		hear.Close()
	})
	b := &browser{t: t, say: say, hear: bufio.NewReader(hear)}
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	return b
}

// call waits for the result of a method.
func (b *browser) call(method string, params map[string]any, result any) {
	b.t.Helper()
	b.last++
	order, err := json.Marshal(map[string]any{"id": b.last, "method": method, "params": params, "sessionId": b.session})
	if err == nil {
		_, err = b.say.Write(append(order, 0))
	}
	for err == nil {
		var text []byte
		if text, err = b.hear.ReadBytes(0); err != nil {
			break
		}
		var reply struct {
			ID            int
			Result, Error json.RawMessage
		}
		if err = json.Unmarshal(text[:len(text)-1], &reply); err != nil || reply.ID != b.last {
			continue
		}
		if strings.Contains(string(reply.Error), "navigated") {
			return // the page has made way for the next one, and says nothing
		}
		if reply.Error != nil {
			b.t.Fatalf("%s: %s", method, reply.Error)
		}
		if err = json.Unmarshal(reply.Result, result); err == nil {
			return
		}
	}
	b.t.Fatalf("%s: %v", method, err)
}

// run is what an expression comes to in the page.
func (b *browser) run(expression string) string {
	b.t.Helper()
	var out struct{ Result struct{ Value any } }
	b.call("Runtime.evaluate", map[string]any{"expression": expression}, &out)
	text, _ := out.Result.Value.(string)
	return text
}

// shows waits until the page shows a text.
func (b *browser) shows(want string) {
	b.t.Helper()
	text := ""
	for end := time.Now().Add(soon); time.Now().Before(end); {
		if text = b.run("document.body ? document.body.innerText : ''"); strings.Contains(text, want) {
			return
		}
	}
	b.t.Fatalf("the page does not show %q:\n%s", want, text)
}

// visit opens an address.
func (b *browser) visit(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": url}, &struct{}{})
}
