package test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// An address that DHCP brings after the start is served when it is there, and the others
// meanwhile. That one is missing is told.
func TestAnAddressThatComesLaterIsServedThen(t *testing.T) {
	inNamespace(t, comeLater)
}

func comeLater(t *testing.T) {
	ip := func(args string) {
		t.Helper()
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v\n%s", args, err, out)
		}
	}
	ip("link set lo up")
	up := startStandIn(t)
	const first, second = "192.0.2.77", "192.0.2.78"
	p := newProcess(t, "", "units: []\n", up.addr)
	configure := func(addresses ...string) {
		listen := []string{`"127.0.0.1:5353"`}
		for _, a := range addresses {
			listen = append(listen, fmt.Sprintf(`"%s:5353"`, a))
		}
		p.write("lachan.yaml", fmt.Sprintf(`state_dir: state
server: {listen: [%s]}
http: {listen: "127.0.0.1:0"}
upstream: {servers: ["%s"], timeout: 1s}
`, strings.Join(listen, ", "), up.addr))
	}
	waits := func(missing ...string) bool {
		_, body := p.get("/api/conditions")
		for _, a := range []string{first, second} {
			if strings.Contains(body, a) != strings.Contains(strings.Join(missing, " "), a) {
				return false
			}
		}
		return true
	}
	answers := func(address string) bool {
		for _, network := range []string{"udp", "tcp"} {
			m, _, err := (&dns.Client{Net: network, Timeout: time.Second}).Exchange(question("one.example"), address+":5353")
			if err != nil || len(m.Answer) != 1 {
				return false
			}
		}
		return true
	}
	configure(first)
	p.start()
	p.until("the address that is there is served", func() bool { return answers("127.0.0.1") })
	p.until("the condition names what is missing", func() bool { return waits(first) })

	ip("addr add " + first + "/32 dev lo")
	began := time.Now()
	p.until("the address that has come is served", func() bool { return answers(first) })
	p.until("the condition is over", func() bool { return waits() })
	t.Logf("served %s after it has come", time.Since(began).Round(time.Millisecond))

	configure(first, second)
	p.signal(syscall.SIGHUP)
	p.until("the condition names the second", func() bool { return waits(second) })
	if !answers(first) || !answers("127.0.0.1") {
		t.Error("what was there is no longer served")
	}
	ip("addr add " + second + "/32 dev lo")
	p.until("the second is served", func() bool { return answers(second) })
}

// A second server on the same port says who has it, and what to do.
func TestAPortInUseIsToldWithItsHolder(t *testing.T) {
	p := serveProcess(t, "", "units: []\n", startStandIn(t).addr)
	dir := t.TempDir()
	config := filepath.Join(dir, "lachan.yaml")
	text := fmt.Sprintf("state_dir: state\nserver: {listen: [\"%s\"]}\nhttp: {listen: \"\"}\n", p.dns)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for lang, says := range map[string]string{"vi": "Dừng chương trình đó, hoặc đổi server.listen", "en": "Stop that program, or change server.listen"} {
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		defer cancel()
		said, err := exec.CommandContext(ctx, binary, "serve", "--config", config, "--lang", lang).CombinedOutput()
		holder := fmt.Sprintf("%s (", filepath.Base(binary))
		if err == nil || !strings.Contains(string(said), says) || !strings.Contains(string(said), holder) {
			t.Errorf("%v: %s", err, said)
		}
	}
}
