package test

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"
)

// A systemd is what the program sees of it: the socket at which services tell how they
// are, and the descriptors that they have kept.
type systemd struct {
	t    *testing.T
	conn *net.UnixConn
	mu   sync.Mutex
	said []string            // mu
	kept map[string]*os.File // mu; by FDNAME
	// program is what it starts; "": binary.
	program string
}

func startSystemd(t *testing.T) *systemd {
	t.Helper()
	dir, err := os.MkdirTemp("", "notify-*") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	s := &systemd{t: t, conn: conn, kept: map[string]*os.File{}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.listen()
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-ended
		for _, f := range s.kept {
			_ = f.Close()
		}
	})
	return s
}

func (s *systemd) listen() {
	text, rights := make([]byte, 4096), make([]byte, 4096)
	for {
		n, oob, _, _, err := s.conn.ReadMsgUnix(text, rights)
		if err != nil {
			return
		}
		s.take(string(text[:n]), rights[:oob])
	}
}

func (s *systemd) take(said string, rights []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, said)
	name := ""
	if m := regexp.MustCompile(`(?m)^FDNAME=([^:\n]+)$`).FindStringSubmatch(said); m != nil {
		name = m[1]
	}
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return
	}
	for _, m := range messages {
		fds, _ := unix.ParseUnixRights(&m)
		for _, fd := range fds {
			f := os.NewFile(uintptr(fd), name)
			if strings.HasPrefix(said, "FDSTORE=1\n") && name != "" && s.kept[name] == nil {
				s.kept[name] = f
			} else {
				_ = f.Close() // of a barrier: all before it is done; or there already
			}
		}
	}
	if f := s.kept[name]; f != nil && strings.HasPrefix(said, "FDSTOREREMOVE=1\n") {
		_ = f.Close()
		delete(s.kept, name)
	}
}

// heard is how many messages have a line that begins so.
func (s *systemd) heard(line string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, said := range s.said {
		if strings.Contains("\n"+said, "\n"+line) {
			n++
		}
	}
	return n
}

func (s *systemd) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.kept))
}

// copies are copies of what is kept, for a process that is started.
func (s *systemd) copies() (names []string, files []*os.File) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.kept)) {
		raw, err := s.kept[name].SyscallConn()
		fd := -1
		if err == nil {
			err = raw.Control(func(of uintptr) { fd, _ = unix.FcntlInt(of, unix.F_DUPFD_CLOEXEC, 0) })
		}
		if err != nil || fd < 0 {
			s.t.Fatalf("copy %s: %v", name, err)
		}
		names, files = append(names, name), append(files, os.NewFile(uintptr(fd), name))
	}
	return names, files
}

// run has p started as systemd starts a service: with what it has kept.
func (s *systemd) run(p *process) {
	s.t.Helper()
	var names []string
	names, p.handed = s.copies()
	p.program = filepath.Join(p.dir, "started")
	p.write("started", fmt.Sprintf("#!/bin/sh\nLISTEN_PID=$$ LISTEN_FDS=%d LISTEN_FDNAMES=%s exec %s \"$@\"\n",
		len(names), strings.Join(names, ":"), cmp.Or(s.program, binary)))
	if err := os.Chmod(p.program, 0o700); err != nil {
		s.t.Fatal(err)
	}
	p.env = []string{"NOTIFY_SOCKET=" + s.conn.LocalAddr().String(), "WATCHDOG_USEC=300000"}
	p.launch()
	for _, f := range p.handed {
		_ = f.Close() // the process has its own
	}
	p.listens()
}

// TestSystemdIsToldHowTheServerIs holds what Type=notify and WatchdogSec of the unit file
// rely on.
func TestSystemdIsToldHowTheServerIs(t *testing.T) {
	t.Parallel()
	s := startSystemd(t)
	p := newProcess(t, "", "units: [{id: a, networks: [127.0.0.0/8], block: [game.example]}]\n", "127.0.0.1:1")
	s.run(p)
	p.until("it is ready", func() bool { return s.heard("READY=1") == 1 })
	if !blocked(p.ask("game.example")) {
		t.Error("it is ready and does not answer")
	}
	p.until("it lives", func() bool { return s.heard("WATCHDOG=1") >= 3 })

	p.write("policy.yaml", "units: [{id: a, networks: [127.0.0.0/8], block: [other.example]}]\n")
	p.signal(syscall.SIGHUP)
	p.until("the reload is over", func() bool { return s.heard("READY=1") == 2 })
	if s.heard("RELOADING=1") != 1 || s.heard("MONOTONIC_USEC=") != 1 || !blocked(p.ask("other.example")) {
		t.Error("the reload was not announced, or is not in force when it is over")
	}
	p.write("policy.yaml", "units: [{id: a, networks: [127.0.0.0/33]}]\n")
	p.signal(syscall.SIGHUP)
	p.until("a reload is refused", func() bool { return s.heard("STATUS=answering as before, a reload was refused: ") == 1 })
	p.write("policy.yaml", "units: []\n")
	resolve := p.child("resolve")
	p.signal(syscall.SIGUSR2)
	p.until("the upgrade is over", func() bool { return s.heard("READY=1") == 4 && s.heard("RELOADING=1") == 3 })
	if p.child("resolve") == resolve {
		t.Error("the upgrade is over and the one before answers")
	}
	for _, child := range []string{"resolve", "manage"} {
		environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.child(child)))
		if err != nil || strings.Contains(string(environment), "NOTIFY_SOCKET") || strings.Contains(string(environment), "LISTEN_") {
			t.Errorf("%s could speak for the service: %v", child, err)
		}
	}
	p.signal(syscall.SIGTERM)
	if p.wait(); s.heard("STOPPING=1") != 1 {
		t.Error("it does not say that it stops")
	}
}

// TestAServerStartedAnewHasItsSockets kills the first process as no upgrade does. What is
// asked meanwhile waits at the sockets that systemd has kept, and is answered by the next.
// A socket that is no longer wanted is let go.
func TestAServerStartedAnewHasItsSockets(t *testing.T) {
	t.Parallel()
	s := startSystemd(t)
	p := newProcess(t, "", "units: [{id: a, networks: [127.0.0.0/8], block: [game.example]}]\n", "127.0.0.1:1")
	s.run(p)
	before := p.dns
	p.until("sockets are kept", func() bool { return s.heard("READY=1") == 1 && len(s.names()) >= 3 })
	p.kill()

	const asked = 200
	conn, err := net.Dial("udp", before)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for i := range asked {
		m := question("game.example")
		m.Id = uint16(i)
		text, err := m.Pack()
		if err == nil {
			_, err = conn.Write(text)
		}
		if err != nil {
			t.Fatalf("question %d, while no server is there: %v", i, err)
		}
	}
	stream, err := net.Dial("tcp", before)
	if err != nil {
		t.Fatalf("connect while no server is there: %v", err)
	}
	defer stream.Close()

	died := time.Now()
	s.run(p)
	if p.dns != before {
		t.Errorf("it answers at %s, before at %s", p.dns, before)
	}
	answered := map[uint16]bool{}
	_ = conn.SetReadDeadline(time.Now().Add(oneReply))
	for buffer := make([]byte, 4096); len(answered) < asked; {
		n, err := conn.Read(buffer)
		if err != nil {
			t.Fatalf("%d of %d questions were lost: %v", asked-len(answered), asked, err)
		}
		reply := new(dns.Msg)
		if err := reply.Unpack(buffer[:n]); err != nil {
			t.Fatal(err)
		}
		answered[reply.Id] = true
	}
	overTCP := &dns.Conn{Conn: stream}
	_ = stream.SetDeadline(time.Now().Add(oneReply))
	if err := overTCP.WriteMsg(question("game.example")); err != nil {
		t.Fatal(err)
	}
	if reply, err := overTCP.ReadMsg(); err != nil || !blocked(reply) {
		t.Errorf("over the connection made meanwhile: %v", err)
	}
	t.Logf("%d questions asked while no server was there: all answered, the last %s after the start", asked, time.Since(died))

	// The next start wants another address: what was kept is in nobody's way.
	p.kill()
	port := before[strings.LastIndex(before, ":")+1:]
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `listen: ["127.0.0.1:0"]`, `listen: ["0.0.0.0:`+port+`"]`, 1))
	s.run(p)
	p.until("what is not wanted is let go", func() bool {
		return !slices.ContainsFunc(s.names(), func(name string) bool { return strings.Contains(name, "plain,127.0.0.1_") })
	})
	if reply := p.ask("game.example"); !blocked(reply) {
		t.Errorf("at the new address: %v", reply)
	}
}
