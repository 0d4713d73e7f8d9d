package test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// A lookout asks for listed names at 5,000 a second, whether anybody listens or not, and
// counts the answers.
type lookout struct {
	conn          *net.UDPConn
	blocked, open atomic.Int64
	first         atomic.Pointer[dns.Msg] // that is open
	done          chan struct{}
}

// look starts one that asks a server for names of a list of so many.
func look(t *testing.T, server string, names int) *lookout {
	t.Helper()
	to, err := net.ResolveUDPAddr("udp", server)
	if err != nil {
		t.Fatal(err)
	}
	// It is connected to nobody: what the kernel says of a port that is closed is for others.
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l := &lookout{conn: conn, done: make(chan struct{})}
	go l.answers()
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for began, sent := time.Now(), 0; ; <-tick.C {
			for due := int(time.Since(began).Seconds() * 5000); sent < due; sent++ {
				packed, err := question(fmt.Sprintf("bad-%d.example", sent*7919%names)).Pack()
				if err != nil {
					return
				}
				if _, err := conn.WriteToUDP(packed, to); err != nil {
					return // it is closed
				}
			}
		}
	}()
	t.Cleanup(l.end)
	return l
}

func (l *lookout) answers() {
	defer close(l.done)
	buf := make([]byte, 4096)
	for {
		n, _, err := l.conn.ReadFromUDP(buf)
		if err != nil {
			return
		}
		m := new(dns.Msg)
		switch err := m.Unpack(buf[:n]); {
		case err == nil && blocked(m):
			l.blocked.Add(1)
		case l.open.Add(1) == 1:
			l.first.Store(m)
		}
	}
}

// end stops asking. It may be called again.
func (l *lookout) end() { l.conn.Close(); <-l.done }

// TestAtNoMomentOfAStartIsAListedNameOpen asks for names that files on the disk list from
// before the server binds until it has answered for a while: on a fresh machine, where the
// server of another list is dead, where what was compiled is damaged in each way, and after
// an end without warning.
func TestAtNoMomentOfAStartIsAListedNameOpen(t *testing.T) {
	t.Parallel()
	names := sized(1_000_000, 20_000)
	up := startStandIn(t)
	dead := startStandIn(t).addr // nobody speaks HTTP there
	p := newProcess(t, "", "units: [{id: a, networks: [127.0.0.0/8], block: [gambling]}]\n", up.addr)
	port := freePort(t)
	p.writeConfig("feeds: [{name: l, url: l.txt, category: gambling}, {name: r, url: \"http://"+dead+"/r.txt\", category: gambling}]\n", up.addr)
	config, err := os.ReadFile(filepath.Join(p.dir, "lachan.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("lachan.yaml", strings.Replace(string(config), `{listen: ["127.0.0.1:0"]}`, fmt.Sprintf(`{listen: ["127.0.0.1:%d"]}`, port), 1))
	var list strings.Builder
	for i := range names {
		fmt.Fprintf(&list, "bad-%d.example\n", i)
	}
	p.write("l.txt", list.String())

	start := func(what string, end syscall.Signal) {
		t.Helper()
		l := look(t, fmt.Sprintf("127.0.0.1:%d", port), names)
		began := time.Now()
		p.launch()
		p.within(2*time.Minute, what+": it answers", func() bool { return l.blocked.Load()+l.open.Load() > 0 })
		took := time.Since(began)
		p.within(time.Minute, what+": it has answered for a while", func() bool { return l.blocked.Load() > int64(sized(10_000, 1_000)) })
		p.signal(end)
		p.wait()
		l.end()
		t.Logf("%s: first answer after %s, %d blocked, %d open", what, took.Round(time.Millisecond), l.blocked.Load(), l.open.Load())
		if n := l.open.Load(); n > 0 {
			t.Errorf("%s: %d answers of listed names were open, such as %s", what, n, l.first.Load())
		}
	}
	start("nothing is compiled yet, and the server of another list is dead", syscall.SIGTERM)
	start("all is compiled", syscall.SIGKILL)
	for what, damage := range map[string]func(text []byte) []byte{
		"a byte is another": func(text []byte) []byte { text[len(text)/2] ^= 0x20; return text },
		"half is missing":   func(text []byte) []byte { return text[:len(text)/2] },
		"it is empty":       func([]byte) []byte { return nil },
	} {
		for _, of := range []string{"[lp]*/*", "lists/*.snap", "policy/*"}[:sized(3, 1)] {
			p.damage(of, damage)
			start("of "+of+" "+what, syscall.SIGTERM)
		}
	}
}

// damage changes files of the state, but for keys and for what was decided.
func (p *process) damage(pattern string, how func([]byte) []byte) {
	p.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "state", pattern))
	if err != nil || len(files) == 0 {
		p.t.Fatalf("no %s: %v", pattern, err)
	}
	for _, name := range files {
		if room := filepath.Base(filepath.Dir(name)); room != "lists" && room != "policy" {
			continue
		}
		text, err := os.ReadFile(name)
		if err == nil && len(text) > 0 {
			err = os.WriteFile(name, how(text), 0o600)
		}
		if err != nil {
			p.t.Fatal(err)
		}
	}
}
