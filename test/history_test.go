package test

import (
	"fmt"
	"math/rand/v2"
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

	"lachan/metrics/history"
)

// exposed is what an odometer of a school reads on the page for reports.
func (p *process) exposed(school, decision string) (n float64) {
	p.t.Helper()
	_, page := p.get("/metrics/compliance")
	for line := range strings.Lines(page) {
		if strings.Contains(line, `school="`+school+`"`) && strings.Contains(line, `decision="`+decision) {
			n += number(line, line[:strings.LastIndex(line, " ")])
		}
	}
	return n
}

// A storm asks the same question over and over, so many times a second.
type storm struct {
	sent, answered atomic.Int64
	wg             sync.WaitGroup
	stop           chan struct{}
}

// newStorm asks as several clients until it is ended, each with up to a gust of
// questions on the way.
func newStorm(t *testing.T, server, name string, perSecond int, clients ...string) *storm {
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
		s.wg.Go(func() { s.blow(conn, packed, gust*time.Second*time.Duration(len(clients))/time.Duration(perSecond)) })
	}
	return s
}

// gust is how many questions a client has on the way at a time.
const gust = 64

func (s *storm) blow(conn net.Conn, question []byte, every time.Duration) {
	defer conn.Close()
	pace := time.NewTicker(every)
	defer pace.Stop()
	buffer := make([]byte, 1500)
	for {
		select {
		case <-s.stop:
			return
		case <-pace.C:
		}
		for range gust {
			if _, err := conn.Write(question); err == nil {
				s.sent.Add(1)
			}
		}
		for range gust {
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

// TestAKillLosesNoTick kills the program again and again while it is asked
// 20,000 questions a second. What a scrape has shown is never lost, nothing is
// counted twice, and what is lost is not older than a tick: in full size, which
// goes on without a scrape for longer than that before each kill.
func TestAKillLosesNoTick(t *testing.T) {
	kills, quiet := sized(20, 4), time.Duration(sized(11, 0))*time.Second
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling}]\n", twoSchools, up.addr)
	p.write("bets.txt", "bet.example\n")
	p.start()
	counted := func() int64 { return int64(p.exposed("truong-a", "blocked")) }
	var total, lost, least, most int64 // answered, and not on the disk after kills; answers a second
	for i := range kills {
		p.until("the list is in force", func() bool { return blocked(p.from("127.20.1.9", "bet.example")) }) // of another school
		before := counted()
		s := newStorm(t, p.dns, "bet.example", 22_000, "127.10.1.1", "127.10.1.2")
		began := time.Now()
		shown := before
		for range 3 {
			<-time.After(100 * time.Millisecond)
			now := counted()
			if now < shown {
				t.Fatalf("kill %d: shown %d, before %d", i, now, shown)
			}
			shown = now
		}
		ticked := s.until(quiet + rand.N(time.Second))
		rate := s.answered.Load() * int64(time.Second) / int64(time.Since(began))
		p.kill()
		s.end()
		answered := s.answered.Load()
		p.start()
		now := counted()
		if now < shown || now > before+s.sent.Load() {
			t.Fatalf("kill %d: %d after it, shown before %d; %d before and %d sent since", i, now, shown, before, s.sent.Load())
		}
		if now < before+ticked {
			t.Errorf("kill %d: %d after it, but %d were answered longer ago than a tick", i, now, before+ticked)
		}
		total, lost = total+answered, lost+max(0, before+answered-now)
		if least, most = min(least, rate), max(most, rate); i == 0 {
			least = rate
		}
	}
	t.Logf("%d kills at %d to %d answers a second: %d answered, %d of them lost, each younger than a tick", kills, least, most, total, lost)
}

// until lets the storm blow for a while and returns how many questions were
// answered longer ago than a tick, and what may pass until it is on the disk.
func (s *storm) until(length time.Duration) (ticked int64) {
	const tick = history.TickEvery + 500*time.Millisecond
	if length < tick {
		<-time.After(length)
		return 0
	}
	<-time.After(length - tick)
	ticked = s.answered.Load()
	<-time.After(tick)
	return ticked
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
			if err := unix.Prlimit(p.child("manage"), unix.RLIMIT_FSIZE, &limits, nil); err != nil {
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
