package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"
)

var kills = flag.Int("kills", 4, "how often TestAKillLosesNoTick kills the program")

// exposed is what an odometer of a school reads on the page for reports.
func (p *process) exposed(school, decision string) (n float64) {
	p.t.Helper()
	_, page := p.get("/metrics/compliance")
	for line := range strings.Lines(page) {
		if strings.Contains(line, `school="`+school+`"`) && strings.Contains(line, `decision="`+decision+`"`) {
			n += number(line, line[:strings.LastIndex(line, " ")])
		}
	}
	return n
}

// A storm asks the same question over and over, as one client after the other.
type storm struct {
	sent, answered atomic.Int64
	wg             sync.WaitGroup
	stop           chan struct{}
}

// newStorm asks as several clients until it is ended, each with up to 64
// questions on the way.
func newStorm(t *testing.T, server, name string, clients ...string) *storm {
	t.Helper()
	s := &storm{stop: make(chan struct{})}
	packed, err := question(name).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range clients {
		dialer := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(client)}}
		conn, err := dialer.Dial("udp", server)
		if err != nil {
			t.Fatal(err)
		}
		s.wg.Go(func() { s.blow(conn, packed) })
	}
	return s
}

func (s *storm) blow(conn net.Conn, question []byte) {
	defer conn.Close()
	buffer := make([]byte, 1500)
	for {
		select {
		case <-s.stop:
			return
		default:
		}
		for range 64 {
			if _, err := conn.Write(question); err == nil {
				s.sent.Add(1)
			}
		}
		for range 64 {
			_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			if _, err := conn.Read(buffer); err != nil {
				break // lost, or the server is gone
			}
			s.answered.Add(1)
		}
	}
}

func (s *storm) end() {
	close(s.stop)
	s.wg.Wait()
}

// TestAKillLosesNoTick kills the program again and again while it is asked as
// fast as it can answer. What a scrape has shown is never lost, nothing is
// counted twice, and what is lost is not older than a tick.
func TestAKillLosesNoTick(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling}]\n", twoSchools, up.addr)
	p.write("bets.txt", "bet.example\n")
	p.start()
	var sent, answered int64 // over all starts
	var shown float64
	began := time.Now()
	for i := range *kills {
		p.until("the list is in force", func() bool { return blocked(p.from("127.20.1.9", "bet.example")) }) // of another school
		s := newStorm(t, p.dns, "bet.example", "127.10.1.1", "127.10.1.2")
		for range 3 {
			<-time.After(100 * time.Millisecond)
			now := p.exposed("truong-a", "blocked")
			if now < shown {
				t.Fatalf("kill %d: shown %v, before %v", i, now, shown)
			}
			shown = now
		}
		ticked := answered + s.answered.Load()
		p.kill()
		s.end()
		sent, answered = sent+s.sent.Load(), answered+s.answered.Load()
		p.start()
		now := p.exposed("truong-a", "blocked")
		if now < shown || now > float64(sent) {
			t.Fatalf("kill %d: %v after it, shown before %v, sent %d", i, now, shown, sent)
		}
		t.Logf("kill %d: %d answered by the last scrape or after, %d when it was killed; %v on the disk", i, ticked, answered, now)
		answered, sent = int64(now), int64(now) // what a kill took is gone: it was younger than a tick
		shown = now
	}
	t.Logf("%d kills in %s", *kills, time.Since(began).Round(time.Millisecond))
}

func TestAnswersAndCountsGoOnWhileHistoryCannotBeWritten(t *testing.T) {
	up := startStandIn(t)
	f := func(what string, prepare, fill, mend func(p *process)) {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, "", twoSchools, up.addr)
			prepare(p)
			p.start()
			ask := func(n int) {
				for i := range n {
					if m := p.from("127.10.1.7", fmt.Sprintf("%d.lesson.example", i)); m.Rcode != dns.RcodeSuccess {
						t.Fatalf("answers have stopped: %s", m)
					}
				}
			}
			ask(20)
			if n := p.exposed("truong-a", "allowed"); n != 20 {
				t.Fatalf("%v counted, want 20", n)
			}
			fill(p)
			ask(30)
			p.until("a condition says so", func() bool {
				ask(1)
				_ = p.exposed("truong-a", "allowed")
				_, body := p.get("/metrics")
				return number(body, `lachan_condition{name="history-write"}`) == 1
			})
			during := p.exposed("truong-a", "allowed")
			ask(10)
			mend(p)
			p.until("it is written again", func() bool {
				_ = p.exposed("truong-a", "allowed")
				_, body := p.get("/metrics")
				return number(body, `lachan_condition{name="history-write"}`) != 1
			})
			counted := p.exposed("truong-a", "allowed")
			if counted < 60 || counted < during {
				t.Errorf("%v counted, want all of more than 60; %v shown before", counted, during)
			}
			p.kill()
			p.start()
			if n := p.exposed("truong-a", "allowed"); n != counted {
				t.Errorf("%v after a start, want %v", n, counted)
			}
		})
	}
	limit := func(most uint64) func(p *process) {
		return func(p *process) {
			p.t.Helper()
			limits := unix.Rlimit{Cur: most, Max: unix.RLIM_INFINITY}
			if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limits, nil); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	f("files may not grow", func(*process) {}, limit(1), limit(unix.RLIM_INFINITY))
	if !mayMount(t) {
		t.Log("no space left on the device: needs the right to mount")
		return
	}
	const size = 8 << 20
	ballast := func(p *process) string { return filepath.Join(p.dir, "state", "ballast") }
	f("no space left on the device",
		func(p *process) { mountDisk(p.t, filepath.Join(p.dir, "state"), size) },
		func(p *process) { _ = os.WriteFile(ballast(p), make([]byte, 2*size), 0o600) }, // fills the disk, and fails
		func(p *process) {
			if err := os.Remove(ballast(p)); err != nil {
				p.t.Fatal(err)
			}
		})
}
