package testserver

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A NATS is a cluster: processes of the nats-server module, in the version that go.mod has,
// whose clients come over TLS. Their files stay when one is killed.
type NATS struct {
	URL string // of all servers
	CA  string // file of the certificate that vouches for them

	t        testing.TB
	configs  []string
	texts    []string // of configs, without settings
	stores   []string
	addrs    []string
	running  []*exec.Cmd
	messages []*output
}

// StartNATS starts a cluster of so many servers, with settings in the file of each. In
// these the folder /var/lib/nats is one of the test.
func StartNATS(t testing.TB, servers int, settings string) *NATS {
	t.Helper()
	dir := t.TempDir()
	cert, key, err := PEM("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	c := &NATS{t: t, CA: write(t, dir, "cert.pem", string(cert)), running: make([]*exec.Cmd, servers)}
	keyFile := write(t, dir, "key.pem", string(key))
	var routes, urls []string
	for range servers {
		routes = append(routes, freeEngineAddr(t))
		c.addrs = append(c.addrs, freeEngineAddr(t))
		urls = append(urls, "tls://"+c.addrs[len(c.addrs)-1])
	}
	c.URL = strings.Join(urls, ",")
	for i := range servers {
		store := filepath.Join(dir, fmt.Sprint("store-", i))
		text := fmt.Sprintf("server_name: n%d\nlisten: %q\ntls {cert_file: %q, key_file: %q}\n", i, c.addrs[i], c.CA, keyFile)
		if servers > 1 {
			text += fmt.Sprintf("cluster {name: test, listen: %q, routes: [", routes[i])
			for _, r := range routes {
				text += fmt.Sprintf("%q, ", "nats://"+r)
			}
			text += "]}\n"
		}
		c.texts, c.stores = append(c.texts, text), append(c.stores, store)
		c.configs = append(c.configs, filepath.Join(dir, fmt.Sprintf("n%d.conf", i)))
		c.messages = append(c.messages, new(output))
	}
	c.set(settings)
	for i := range servers {
		c.Start(i)
	}
	t.Cleanup(func() {
		for i := range c.running {
			c.Kill(i)
			if t.Failed() {
				t.Logf("nats-server %d: %s", i, c.messages[i])
			}
		}
	})
	return c
}

// set puts settings into the file of each server.
func (c *NATS) set(settings string) {
	c.t.Helper()
	for i, path := range c.configs {
		text := c.texts[i] + strings.ReplaceAll(settings, "/var/lib/nats", c.stores[i])
		write(c.t, filepath.Dir(path), filepath.Base(path), text)
	}
}

// Restart has servers start again with other settings, one after the other, as who runs them does.
func (c *NATS) Restart(settings string) {
	c.t.Helper()
	c.set(settings)
	for i := range c.running {
		c.Kill(i)
		c.Start(i)
	}
}

// Start starts a server again, and waits until it takes connections.
func (c *NATS) Start(i int) {
	c.t.Helper()
	program, err := exec.Command("go", "tool", "-n", "github.com/nats-io/nats-server/v2").Output() // it is built there
	if err != nil {
		c.t.Fatal("build nats-server: ", err)
	}
	s := exec.Command(strings.TrimSpace(string(program)), "-c", c.configs[i])
	s.Stdout, s.Stderr, s.SysProcAttr = c.messages[i], c.messages[i], dieWithParent()
	if err := s.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.running[i] = s
	for late := time.Now().Add(natsTime); ; time.Sleep(natsPoll) {
		conn, err := net.Dial("tcp", c.addrs[i])
		if err == nil {
			_ = conn.Close() // it is there
			return
		}
		if time.Now().After(late) {
			c.t.Fatalf("nats-server does not listen at %s: %s", c.addrs[i], c.messages[i])
		}
	}
}

const (
	natsTime = 20 * time.Second
	natsPoll = 20 * time.Millisecond
)

// Kill kills a server that runs, as a power cut would.
func (c *NATS) Kill(i int) {
	if s := c.running[i]; s != nil {
		c.running[i] = nil
		_ = s.Process.Kill() // it may have ended
		_ = s.Wait()
	}
}
