package test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// child is the process id of a process that the server has started.
func (p *process) child(name string) int {
	p.t.Helper()
	found := 0
	p.until("there is a process "+name, func() bool {
		found = childOf(p.cmd.Process.Pid, name)
		return found > 0
	})
	return found
}

// childOf is the newest process that parent has started as this command; 0 if
// there is none.
func childOf(parent int, name string) (found int) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		stat, err := os.ReadFile(filepath.Join(dir, "stat"))
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) || fields[0] == "Z" {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		if args := strings.Split(string(line), "\x00"); len(args) > 1 && args[1] == name {
			pid, _ := strconv.Atoi(filepath.Base(dir))
			found = max(found, pid)
		}
	}
	return found
}

// A pulse asks one question again and again at a steady pace and knows how many
// were answered, and for how long none was.
type pulse struct {
	conns    []net.Conn
	sent     atomic.Int64
	answered atomic.Int64
	last     atomic.Int64 // when an answer came, in nanoseconds since 1970
	silence  atomic.Int64 // the longest time without one, likewise
	stop     chan struct{}
	quiet    chan struct{} // closed when nothing more is sent
	wg       sync.WaitGroup
}

// startPulse asks from several addresses of the client's network.
func startPulse(t *testing.T, server, name string, perSecond int, clients ...string) *pulse {
	t.Helper()
	s := &pulse{stop: make(chan struct{}), quiet: make(chan struct{})}
	packed, err := question(name).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range clients {
		for range 8 {
			conn, err := dialFrom(client, server)
			if err != nil {
				t.Fatal(err)
			}
			if err := conn.Conn.(*net.UDPConn).SetReadBuffer(4 << 20); err != nil {
				t.Fatal(err)
			}
			s.conns = append(s.conns, conn.Conn)
			s.wg.Go(func() { s.receive(conn.Conn) })
		}
	}
	s.last.Store(time.Now().UnixNano())
	s.wg.Go(func() { s.send(packed, perSecond) })
	return s
}

func (s *pulse) send(packed []byte, perSecond int) {
	defer close(s.quiet)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	start := time.Now()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		for due := int64(time.Since(start).Seconds() * float64(perSecond)); s.sent.Load() < due; s.sent.Add(1) {
			packed[0], packed[1] = byte(s.sent.Load()>>8), byte(s.sent.Load())
			_, _ = s.conns[s.sent.Load()%int64(len(s.conns))].Write(packed) // refused: it counts as lost
		}
	}
}

func (s *pulse) receive(conn net.Conn) {
	buffer := make([]byte, 1500)
	for {
		if _, err := conn.Read(buffer); err != nil {
			select {
			case <-s.stop:
				return
			default:
				continue // a refusal while nobody listened
			}
		}
		now := time.Now().UnixNano()
		if silent := now - s.last.Swap(now); silent > s.silence.Load() {
			s.silence.Store(silent)
		}
		s.answered.Add(1)
	}
}

// end stops asking, waits for what is late and returns how many questions had no
// answer.
func (s *pulse) end() (lost int64) {
	close(s.stop)
	<-s.quiet // what is asked after the wait would be lost
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline) && s.answered.Load() < s.sent.Load(); {
		<-time.After(10 * time.Millisecond)
	}
	for _, c := range s.conns {
		_ = c.Close() // which ends receive
	}
	s.wg.Wait()
	return s.sent.Load() - s.answered.Load()
}

// TestAKilledResolveIsThereAgainAtOnce kills the process that answers again and
// again. What it was about to answer is lost, and a tick of what it counted.
func TestAKilledResolveIsThereAgainAtOnce(t *testing.T) {
	kills, pace := sized(10, 3), sized(5000, 2000)
	up := startStandIn(t)
	p := serveProcess(t, "", twoSchools, up.addr)
	s := startPulse(t, p.dns, "blocked.example", pace, "127.10.1.1", "127.10.1.2")
	for range kills {
		<-time.After(700 * time.Millisecond)
		old := p.child("resolve")
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		p.until("another one answers", func() bool { return p.child("resolve") != old && p.ask("lesson.example").Rcode == dns.RcodeSuccess })
	}
	lost := s.end()
	t.Logf("%d kills at %d questions a second: %d of %d lost, longest silence %s", kills, pace, lost, s.sent.Load(), time.Duration(s.silence.Load()))
	if limit := int64(kills * 200); lost > limit {
		t.Errorf("%d questions were lost, at most %d were under way", lost, limit)
	}
	if silence := time.Duration(s.silence.Load()); silence > time.Duration(sized(100, 500))*time.Millisecond {
		t.Errorf("nothing was answered for %s", silence)
	}
	counted := int64(p.exposed("truong-a", "allowed") + p.exposed("truong-a", "blocked"))
	if ticks := int64(kills) * int64(pace) * 11 / 10; counted > s.sent.Load() || counted < s.answered.Load()-ticks {
		t.Errorf("%d counted of %d answered and %d sent: more than %d lost", counted, s.answered.Load(), s.sent.Load(), ticks)
	}
	p.metric(`lachan_condition{name="resolve-crashed"}`, "1")
}

// TestAKilledManageCostsNoAnswerAndNoCount kills the process that does all else.
func TestAKilledManageCostsNoAnswerAndNoCount(t *testing.T) {
	kills, pace := sized(20, 3), sized(5000, 2000)
	up := startStandIn(t)
	p := serveProcess(t, "", twoSchools, up.addr)
	s := startPulse(t, p.dns, "blocked.example", pace, "127.10.1.1", "127.10.1.2")
	for i := range kills {
		<-time.After(300 * time.Millisecond)
		old := p.child("manage")
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		p.until("another one is there", func() bool { return p.child("manage") != old })
		if i%2 == 0 { // every other one is killed while it starts
			p.until("it shows metrics", p.alive)
		}
	}
	p.until("it shows metrics", p.alive)
	if lost := s.end(); lost > 0 {
		t.Errorf("%d of %d questions were lost", lost, s.sent.Load())
	}
	p.until("everything is counted, once", func() bool {
		return int64(p.exposed("truong-a", "allowed")+p.exposed("truong-a", "blocked")) == s.sent.Load()
	})
	p.metric(`lachan_condition{name="manage-crashed"}`, "1")
	t.Logf("%d kills at %d questions a second: %d answered and counted", kills, pace, s.sent.Load())
}

// alive reports whether the server shows its health.
func (p *process) alive() bool {
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(p.http, "http://"), time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	fmt.Fprint(conn, "GET /healthz HTTP/1.0\r\n\r\n")
	reply := make([]byte, 15)
	n, _ := conn.Read(reply)
	return strings.Contains(string(reply[:n]), " 200")
}

// TestProcessesGiveUpWhatTheyDoNotNeed: those that answer and parse have no
// privilege but to read and write files, whoever has started the server.
func TestProcessesGiveUpWhatTheyDoNotNeed(t *testing.T) {
	p := serveProcess(t, "", "", startStandIn(t).addr)
	for _, name := range []string{"resolve", "manage"} {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.child(name)))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(status)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ":\t")
			if capabilities, _ := strconv.ParseUint(value, 16, 64); key == "CapEff" && capabilities&^0x6 != 0 {
				t.Errorf("%s has the capabilities %s", name, value)
			}
			if key == "NoNewPrivs" && value != "1" {
				t.Errorf("%s may get new privileges", name)
			}
		}
	}
}

// A list that changed in the moment in which manage died is in force with the next
// manage: what resolve is told to use tells it from the list that it has.
func TestAListThatChangedAsManageDiedIsInForce(t *testing.T) {
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%}]\n", twoSchools, startStandIn(t).addr)
	p.write("bets.txt", "step0.example\n")
	p.start()
	p.until("the list is in force", func() bool { return blocked(p.from("127.10.1.1", "step0.example")) })
	for step := 1; step <= 3; step++ {
		name := fmt.Sprintf("step%d.example", step)
		p.write("bets.txt", "step0.example\n"+name+"\n")
		if out, err := exec.Command(binary, "lists", "update", "--config", p.dir+"/lachan.yaml").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if err := syscall.Kill(p.child("manage"), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		p.until(name+" is in force", func() bool { return blocked(p.from("127.10.1.1", name)) })
		p.until("manage shows metrics", p.alive)
	}
}
