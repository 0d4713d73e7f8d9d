package test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestARealTunnelIsStopped runs iodine of Debian through the server, from a client in one network
// to its server in another: one whose profile blocks circumvention is cut off within ten seconds,
// another that may have it is not.
func TestARealTunnelIsStopped(t *testing.T) {
	inNamespace(t, runTunnels, "iodine", "iodined", "nsenter", "python3")
}

// stopsWithin is how long a tunnel may have.
const stopsWithin = 10 * time.Second

// carry sends packets to the other end of the tunnel once it is there, and says when one came back.
const carry = `import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.2)
came, sent = 0, 0
while sent < 1000:
    try:
        s.sendto(bytes(range(200)), ("10.9.0.1", 7)); sent += 1
        s.recv(500); came += 1
        if came == 20: print("carried", flush=True)
    except OSError: time.sleep(0.1)
`

const echo = `import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("0.0.0.0", 7))
while True:
    d, a = s.recvfrom(2000); s.sendto(d, a)
`

func runTunnels(t *testing.T) {
	execute(t, "ip", "link", "set", "lo", "up")
	network := func(name, ours, theirs string) (pid string) {
		pid = heldNamespace(t, ".", "unshare", "-n", "sh", "-c", "ip link set lo up && echo ready && exec sleep 600")
		execute(t, "ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", pid)
		execute(t, "ip", "addr", "add", ours, "dev", name)
		execute(t, "ip", "link", "set", name, "up")
		execute(t, "nsenter", "-t", pid, "-n", "ip", "addr", "add", theirs, "dev", "eth0")
		execute(t, "nsenter", "-t", pid, "-n", "ip", "link", "set", "eth0", "up")
		return pid
	}
	world := network("world", "192.0.2.1/24", "192.0.2.2/24")
	runBeside(t, world, "iodined", "-f", "-c", "-P", "secret", "10.9.0.1", "t.tunnel.example")
	runBeside(t, world, "python3", "-c", echo)
	for _, may := range []bool{false, true} {
		name := map[bool]string{false: "pupils", true: "staff"}[may]
		t.Run(name, func(t *testing.T) {
			client := network(name, "10.20.0.1/24", "10.20.0.9/24")
			block := map[bool]string{false: "circumvention", true: "gambling"}[may]
			p := newProcess(t, "", "profiles: {a: {extends: none, block: ["+block+"]}}\n"+
				"units: [{id: truong, name: Truong, kind: school, level: thcs, profile: a, networks: [10.20.0.0/24]}]\n", "192.0.2.2")
			config := readText(t, filepath.Join(p.dir, "lachan.yaml"))
			p.write("lachan.yaml", strings.Replace(config, `"127.0.0.1:0"`, `"10.20.0.1:53", "127.0.0.1:0"`, 1))
			p.start()
			began := time.Now()
			tunnel := runBeside(t, client, "iodine", "-f", "-r", "-P", "secret", "10.20.0.1", "t.tunnel.example")
			data := runBeside(t, client, "python3", "-c", carry)
			if may {
				p.until("the tunnel carries", func() bool { return strings.Contains(data.String(), "carried") })
				return
			}
			p.until("the tunnel is refused", func() bool {
				reply, err := dns.Exchange(new(dns.Msg).SetQuestion("www.tunnel.example.", dns.TypeA), "10.20.0.1:53")
				return err == nil && reply.Rcode == dns.RcodeRefused
			})
			took := time.Since(began)
			t.Logf("stopped after %s; iodine says\n%s", took.Round(time.Millisecond), tunnel)
			if took > stopsWithin {
				t.Errorf("it is stopped after %s, want %s", took, stopsWithin)
			}
			p.metric("lachan_tunnels_stopped_total", "1")
			p.until("it is told", func() bool {
				_, body := p.get("/metrics")
				return strings.Contains(body, `lachan_condition{name="tunnel"} 1`)
			})
			if strings.Contains(data.String(), "carried") {
				t.Error("it has carried twenty packets")
			}
		})
		execute(t, "ip", "link", "del", name)
	}
}

// runBeside runs a program in the network of a process until the test ends, and returns what it
// prints.
func runBeside(t *testing.T, network string, command ...string) *printed {
	t.Helper()
	c := exec.Command("nsenter", append([]string{"-t", network, "-n", "--"}, command...)...)
	out, err := os.Create(filepath.Join(t.TempDir(), "printed"))
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr, c.SysProcAttr = out, out, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait(); _ = out.Close() })
	return &printed{out.Name()}
}

// printed is what a program has printed so far.
type printed struct{ path string }

func (p *printed) String() string {
	text, err := os.ReadFile(p.path)
	if err != nil {
		return err.Error()
	}
	return string(bytes.ToValidUTF8(text, nil))
}
