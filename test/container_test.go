package test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// released is the program as it is released: without a C library, for a machine of an
// architecture. Its flags are those of `make build` and `make cross`, which then find
// it made.
func released(t *testing.T, architecture string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "lachan")
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "lachan/cmd/lachan")
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+architecture)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build for %s: %v\n%s", architecture, err, out)
	}
	return program
}

// does runs a command and returns what it wrote to its standard output.
func does(t *testing.T, name string, args ...string) string {
	t.Helper()
	var out, wrong bytes.Buffer
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = &out, &wrong
	if err := c.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, args, err, out.String(), wrong.String())
	}
	return out.String()
}

// need leaves a test out where programs that it starts are missing.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: run make tools", tool)
		}
	}
}

// A container is what runs of an image: runc starts it as Kubernetes has it started.
type container struct {
	t            *testing.T
	bundle, name string
	cmd          *exec.Cmd
	log          *lines
	end          chan struct{}
}

// image is the image of a program, unpacked as a bundle that runc runs.
func image(t *testing.T, program string) (bundle string) {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1767225600")
	dir := t.TempDir()
	packed := func(name string) string {
		t.Helper()
		archive := filepath.Join(dir, name)
		does(t, "go", "run", "../deploy/image", "-program", program, "-version", "1.0", "-configs", "../configs", "-output", archive)
		return archive
	}
	archive := packed("image.tar")
	if sumOf(t, archive) != sumOf(t, packed("again.tar")) {
		t.Error("two images of the same program differ")
	}
	layout := filepath.Join(dir, "layout")
	if err := os.Mkdir(layout, 0o700); err != nil {
		t.Fatal(err)
	}
	does(t, "tar", "-C", layout, "-xf", archive)
	bundle = filepath.Join(dir, "bundle")
	does(t, "umoci", "unpack", "--image", layout+":1.0", bundle)
	return bundle
}

// runs starts a container of a bundle: change has what Kubernetes would make of a pod.
func runs(t *testing.T, bundle, name string, change func(spec map[string]any)) *container {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(bundle, "config.json"))
	spec := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &spec)
	}
	if err != nil {
		t.Fatal(err)
	}
	process := spec["process"].(map[string]any)
	process["terminal"] = false
	change(spec)
	own := filepath.Join(t.TempDir(), name)
	if err = os.Mkdir(own, 0o700); err == nil {
		if text, err = json.Marshal(spec); err == nil {
			err = os.WriteFile(filepath.Join(own, "config.json"), text, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &container{t: t, bundle: own, name: "lachan-test-" + strconv.Itoa(os.Getpid()) + "-" + name, log: newLines(), end: make(chan struct{})}
	c.cmd = exec.Command("runc", "run", "--bundle", own, "--pid-file", c.pidFile(), c.name)
	c.cmd.Stdout, c.cmd.Stderr = c.log, c.log
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = c.cmd.Wait() // its state has how it ended
		close(c.end)
	}()
	t.Cleanup(func() {
		_ = exec.Command("runc", "delete", "--force", c.name).Run() // an error: it has ended
		<-c.end
		if t.Failed() {
			t.Logf("log of %s:\n%s", name, c.log)
		}
	})
	return c
}

func (c *container) pidFile() string { return filepath.Join(c.bundle, "pid") }

// until waits for a condition, and fails if the container ends without it.
func (c *container) until(what string, holds func() bool) {
	c.t.Helper()
	deadline := time.NewTimer(2 * soon)
	defer deadline.Stop()
	for !holds() {
		select {
		case <-time.After(20 * lookEach):
		case <-c.end:
			c.t.Fatalf("the container ended before %s:\n%s", what, c.log)
		case <-deadline.C:
			c.t.Fatalf("not in time: %s\n%s", what, c.log)
		}
	}
}

// pid is the first process of the container, as the machine sees it.
func (c *container) pid() string {
	text, _ := os.ReadFile(c.pidFile()) // none yet
	return strings.TrimSpace(string(text))
}

// dig asks inside the network of the container.
func (c *container) dig(args ...string) string {
	out, _ := exec.Command("nsenter", append([]string{"--net=/proc/" + c.pid() + "/ns/net", "dig", "+short", "+time=2", "+tries=1"},
		args...)...).Output() // an error: no answer
	if answer := strings.TrimSpace(string(out)); !strings.HasPrefix(answer, ";") {
		return answer
	}
	return ""
}

// status are the lines of what the kernel says of each process of the container that
// begin with a word.
func (c *container) status(word string) (lines []string) {
	c.t.Helper()
	var pids []int
	if err := json.Unmarshal([]byte(does(c.t, "runc", "ps", "--format", "json", c.name)), &pids); err != nil {
		c.t.Fatal(err)
	}
	for _, pid := range pids {
		text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status") // it has ended
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, word+":"); ok {
				lines = append(lines, strings.Join(strings.Fields(rest), " "))
			}
		}
	}
	return lines
}

// ends stops the container as Kubernetes does.
func (c *container) ends() {
	c.t.Helper()
	does(c.t, "runc", "kill", c.name, "TERM")
	select {
	case <-c.end:
	case <-time.After(soon):
		c.t.Fatal("it does not end when it is told to")
	}
	if status := c.cmd.ProcessState.ExitCode(); status != 0 {
		c.t.Errorf("it ended with status %d", status)
	}
}

// TestAnImageRunsAsThePodsOfTheChart runs the image as the chart has Kubernetes run it:
// by the user, the privileges, the configuration and the folders of the pod, with a root
// that nobody writes to. It answers at port 53, and of its processes one alone may bind it.
// Where a container has no privilege at all, and the network lets everybody bind the port,
// it answers too.
func TestAnImageRunsAsThePodsOfTheChart(t *testing.T) {
	needRoot(t)
	need(t, "helm", "umoci", "runc", "nsenter", "dig", "tar")
	bundle := image(t, released(t, "amd64"))
	objects := chart(t, "--set-json", `policy={"units":[{"id":"a","name":"A","kind":"school","level":"primary",`+
		`"networks":["127.0.0.0/8"],"profile":"p"}],"profiles":{"p":{"reply":"null","block":["blocked.example"]}}}`, "--set-json", `node.config={"upstream":{"servers":["127.0.0.1:9"]}}`)
	pod := objects.one(t, "DaemonSet").pod()
	etc := objects.one(t, "ConfigMap").folder(t)
	state := filepath.Join(t.TempDir(), "state")
	for _, err := range []error{os.Mkdir(state, 0o700), os.Chown(state, 65532, 65532)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	asPod := func(capabilities ...string) func(map[string]any) {
		return func(spec map[string]any) {
			process := spec["process"].(map[string]any)
			user := process["user"].(map[string]any)
			if user["uid"] != pod.Spec.Security.RunAsUser || !pod.Spec.Security.RunAsNonRoot {
				t.Errorf("the image runs as %v, the pod as %v", user, pod.Spec.Security)
			}
			lachan := pod.Spec.Containers[0]
			process["args"] = append([]any{"/lachan"}, lachan.args()...)
			process["noNewPrivileges"] = !lachan.Security.AllowPrivilegeEscalation
			has := append([]string{}, capabilities...)
			process["capabilities"] = map[string]any{"bounding": has, "effective": has, "permitted": has} // as containerd has it
			spec["root"] = map[string]any{"path": filepath.Join(bundle, "rootfs"), "readonly": lachan.Security.ReadOnlyRootFilesystem}
			spec["mounts"] = append(spec["mounts"].([]any),
				map[string]any{"destination": "/etc/lachan", "type": "bind", "source": etc, "options": []string{"bind", "ro"}},
				map[string]any{"destination": "/var/lib/lachan", "type": "bind", "source": state, "options": []string{"bind", "rw"}})
		}
	}
	lachan := pod.Spec.Containers[0].Security
	if !lachan.ReadOnlyRootFilesystem || lachan.AllowPrivilegeEscalation || strings.Join(lachan.Capabilities.Drop, " ") != "ALL" {
		t.Errorf("the chart runs it with %+v", lachan)
	}
	var added []string
	for _, name := range lachan.Capabilities.Add {
		added = append(added, "CAP_"+name)
	}

	c := runs(t, bundle, "pod", asPod(added...))
	c.until("it answers", func() bool { return strings.Contains(c.dig("@127.0.0.1", "check.lachan.test", "TXT"), "ok") })
	for _, over := range []string{"+notcp", "+tcp"} {
		if got := c.dig("@127.0.0.1", over, "blocked.example"); got != "0.0.0.0" {
			t.Errorf("%s: blocked.example is at %q", over, got)
		}
	}
	does(t, "runc", "exec", c.name, "/lachan", "health")
	for _, uids := range c.status("Uid") {
		if uids != "65532 65532 65532 65532" {
			t.Errorf("a process runs as %s", uids)
		}
	}
	const bind, none = "0000000000000400", "0000000000000000"
	if got := strings.Join(c.status("CapPrm"), " "); got != strings.Join([]string{bind, none, none}, " ") {
		t.Errorf("its processes have the privileges %s", got)
	}
	c.ends()
	if _, err := os.Stat(filepath.Join(state, "state", "history")); err != nil {
		t.Errorf("after it has ended: %v", err)
	}

	c = runs(t, bundle, "bare", func(spec map[string]any) {
		asPod()(spec)
		spec["linux"].(map[string]any)["sysctl"] = map[string]any{"net.ipv4.ip_unprivileged_port_start": "53"}
	})
	c.until("it answers without privileges", func() bool { return strings.Contains(c.dig("@127.0.0.1", "check.lachan.test", "TXT"), "ok") })
	c.ends()
}
