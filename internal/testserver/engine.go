package testserver

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// ready is how long a server may take to start.
const ready = 20 * time.Second

// An Engine is one that runs until its test ends.
type Engine struct {
	// URL is the base of the query API; below it is api/v1/query.
	URL string
	// WriteURL takes remote write.
	WriteURL string

	visible string // asked to make what was written visible; "" where it is at once
}

// Prometheus runs prometheus with a configuration, and takes remote write;
// "" is one that takes samples thirty days out of order. The test is skipped
// where it is not installed.
func Prometheus(t testing.TB, config string) *Engine {
	t.Helper()
	addr, dir := freeEngineAddr(t), t.TempDir()
	file := filepath.Join(dir, "prometheus.yml")
	if config == "" {
		config = "storage: {tsdb: {out_of_order_time_window: 30d}}\n"
	}
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	startEngine(t, "http://"+addr+"/-/ready", "prometheus",
		"--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+addr,
		"--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=3650d", "--log.level=warn",
		"--web.console.templates="+dir, "--web.console.libraries="+dir)
	return &Engine{URL: "http://" + addr, WriteURL: "http://" + addr + "/api/v1/write"}
}

// VictoriaMetrics runs victoria-metrics. The test is skipped where it is not
// installed.
func VictoriaMetrics(t testing.TB) *Engine {
	t.Helper()
	addr := freeEngineAddr(t)
	startEngine(t, "http://"+addr+"/health", "victoria-metrics",
		"-storageDataPath="+filepath.Join(t.TempDir(), "data"), "-httpListenAddr="+addr, "-retentionPeriod=10y",
		"-loggerLevel=ERROR", "-memory.allowedBytes=64MB")
	return &Engine{URL: "http://" + addr, WriteURL: "http://" + addr + "/api/v1/write", visible: "http://" + addr + "/internal/force_flush"}
}

// Settle makes what was written before visible to queries.
func (e *Engine) Settle(t testing.TB) {
	t.Helper()
	if e.visible == "" {
		return
	}
	reply, err := http.Get(e.visible)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
}

// start runs a program and returns when it is ready.
func startEngine(t testing.TB, health, program string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed: run `make tools`", program)
	}
	var said output
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // an error means that it has ended
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", program, said.String())
		}
	})
	deadline := time.Now().Add(ready)
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		if reply, err := http.Get(health); err == nil {
			reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				tick.Stop()
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready within %s", program, ready)
		}
	}
}

// freeAddr is an address of loopback that nobody listens on.
func freeEngineAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// output is what a program says while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer // mu
}

// Write adds to the output.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
