package test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/miekg/dns"
)

// Who asks and who clicks are processes of their own, as they have machines of their own:
// neither is the program, and neither may be measured in its place. Those who click are of
// the class that yields to everybody, the one who asks is of that which waits for nobody, each
// in a session of its own, whose use of the CPUs is not counted as the program's. How long an
// answer took is from before the question was handed to the kernel until the kernel of the
// one who asked had the answer, whenever that one came to read it.

// besides is set where the tests' program is started to stand beside the program: a besideOrder.
const besides = "BESIDE"

// A besideOrder is what such a process is told.
type besideOrder struct {
	DNS, Name string // whom to ask, and what
	Rate      int    // questions a second
	Length    time.Duration

	At, Cookies string // whom to read pages of, and as whom
	People      int
}

// besideResult is what came of it.
type besideResult struct {
	Asked, Lost    int
	Middle, P99    time.Duration
	Pages, Refused int
	Slowest        time.Duration
}

// startBeside starts such a process; the returned function waits for what comes of it.
func startBeside(t *testing.T, o besideOrder, as ...string) (wait func() besideResult) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	order, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	as = append(as, self)
	cmd := exec.CommandContext(t.Context(), as[0], as[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
	cmd.Env = append(os.Environ(), besides+"="+string(order))
	var said, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &wrong
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() (r besideResult) {
		t.Helper()
		if err := errors.Join(cmd.Wait(), json.Unmarshal(said.Bytes(), &r)); err != nil {
			t.Fatalf("%v: %s", err, wrong.String())
		}
		return r
	}
}

// standBeside is the main function of such a process.
func standBeside(text string) (status int) {
	var o besideOrder
	err := json.Unmarshal([]byte(text), &o)
	if err == nil {
		var r besideResult
		if o.People > 0 {
			r = o.click()
		} else {
			r, err = o.ask()
		}
		err = errors.Join(err, json.NewEncoder(os.Stdout).Encode(r))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// sockets is how many sockets ask, so that all loops of the program are asked.
const sockets = 8

// An steady asks a name over UDP at an even pace, whatever comes back.
type steady struct {
	fds     [sockets]int
	sent    [sockets][1 << 16]int64 // when, in nanoseconds of the day; 0 if it was answered
	times   []time.Duration
	packet  [512]byte
	control [64]byte
}

func (o besideOrder) ask() (r besideResult, err error) {
	to, err := netip.ParseAddrPort(o.DNS)
	if err != nil {
		return r, err
	}
	text, err := new(dns.Msg).SetQuestion(dns.Fqdn(o.Name), dns.TypeA).Pack()
	if err != nil {
		return r, err
	}
	a := &steady{}
	for i := range a.fds {
		if a.fds[i], err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
			return r, err
		}
		_ = unix.SetsockoptInt(a.fds[i], unix.SOL_SOCKET, unix.SO_RCVBUF, 4<<20) // what the system lets it have
		err = errors.Join(unix.SetsockoptInt(a.fds[i], unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
			unix.Connect(a.fds[i], &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}))
		if err != nil {
			return r, err
		}
	}
	runtime.LockOSThread()
	for began := time.Now(); time.Since(began) < o.Length; {
		for due := int(time.Since(began).Seconds() * float64(o.Rate)); r.Asked < due; r.Asked++ {
			i, id := r.Asked%sockets, uint16(r.Asked/sockets)
			text[0], text[1] = byte(id>>8), byte(id)
			a.sent[i][id] = time.Now().UnixNano()
			if _, err := unix.Write(a.fds[i], text); err != nil {
				return r, err
			}
		}
		a.read()
		_ = unix.Nanosleep(&unix.Timespec{Nsec: 500_000}, nil)
	}
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end) && len(a.times) < r.Asked; a.read() {
		_ = unix.Nanosleep(&unix.Timespec{Nsec: 500_000}, nil)
	}
	if len(a.times) == 0 {
		return r, errors.New("nothing is answered")
	}
	slices.Sort(a.times)
	r.Lost, r.Middle, r.P99 = r.Asked-len(a.times), a.times[len(a.times)/2], a.times[len(a.times)*99/100]
	return r, nil
}

// read takes the answers that are there.
func (a *steady) read() {
	for i, fd := range a.fds {
		for {
			n, m, _, _, err := unix.Recvmsg(fd, a.packet[:], a.control[:], 0)
			if err != nil {
				break
			}
			came := time.Now().UnixNano()
			if all, err := unix.ParseSocketControlMessage(a.control[:m]); err == nil && len(all) == 1 && len(all[0].Data) >= 16 {
				came = (*unix.Timespec)(unsafe.Pointer(&all[0].Data[0])).Nano()
			}
			if at := &a.sent[i][uint16(a.packet[0])<<8|uint16(a.packet[1])]; n >= 12 && *at != 0 {
				a.times = append(a.times, time.Duration(came-*at))
				*at = 0
			}
		}
	}
}

// click is what people do: each reads a page, and a second later the next.
func (o besideOrder) click() (r besideResult) {
	paths := []string{"/", "/units", "/explain?name=tiktok.com&unit=th-kim-dong", "/requests", "/lists", "/ledger", "/calendar", "/figures?unit=th-kim-dong"}
	var people sync.WaitGroup
	var mu sync.Mutex
	end := time.Now().Add(o.Length)
	for i := range o.People {
		people.Go(func() {
			<-time.After(time.Second * time.Duration(i) / time.Duration(o.People)) // nobody waits for the others
			pause := time.NewTicker(time.Second)
			defer pause.Stop()
			for k := i; time.Now().Before(end); k++ {
				began := time.Now()
				status := o.reads(paths[k%len(paths)])
				took := time.Since(began)
				mu.Lock()
				r.Pages++
				r.Slowest = max(r.Slowest, took)
				if status != http.StatusOK {
					r.Refused++
				}
				mu.Unlock()
				<-pause.C
			}
		})
	}
	people.Wait()
	return r
}

func (o besideOrder) reads(path string) (status int) {
	r, err := http.NewRequest("GET", o.At+path, nil)
	if err != nil {
		return 0
	}
	r.Header.Set("Cookie", o.Cookies)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return 0
	}
	return answer.StatusCode
}

// inPairs measures answers without and with people who click, turn by turn, so that what
// else this machine does meets both alike.
func (p *process) inPairs(o, clicks besideOrder, pairs int) (alone, beside []time.Duration) {
	p.t.Helper()
	asks := func() besideResult { p.t.Helper(); return startBeside(p.t, o, askingAs()...)() }
	for i := range pairs {
		calm := asks()
		people := startBeside(p.t, clicks, "chrt", "--idle", "0")
		busy := asks()
		read := people()
		p.t.Logf("nobody clicks: %d asked, %d lost, half within %s, 99 of 100 within %s; %d people read %d pages, the slowest %s: "+
			"%d asked, %d lost, half within %s, 99 of 100 within %s", calm.Asked, calm.Lost, calm.Middle, calm.P99,
			clicks.People, read.Pages, read.Slowest.Round(time.Millisecond), busy.Asked, busy.Lost, busy.Middle, busy.P99)
		if busy.Lost > calm.Lost {
			p.t.Errorf("pair %d: %d of %d answers are lost while people click, %d without them", i, busy.Lost, busy.Asked, calm.Lost)
		}
		if least := clicks.People * int(clicks.Length/time.Second); read.Refused > 0 || proving() && read.Pages < least*9/10 {
			p.t.Errorf("pair %d: of %d pages %d were not served; people want %d", i, read.Pages, read.Refused, least)
		}
		alone, beside = append(alone, calm.P99), append(beside, busy.P99)
	}
	slices.Sort(alone)
	slices.Sort(beside)
	return alone, beside
}

// askingAs is how the one who asks is started: as the card of a network that interrupts
// whatever runs, where that is allowed.
func askingAs() []string {
	if exec.Command("chrt", "--fifo", "1", "true").Run() == nil {
		return []string{"chrt", "--fifo", "1"}
	}
	return nil
}

// cookies are those of somebody who is logged in.
func (u *person) cookies() string {
	u.t.Helper()
	at, err := url.Parse(u.at)
	if err != nil {
		u.t.Fatal(err)
	}
	var all []string
	for _, c := range u.http.Jar.Cookies(at) {
		all = append(all, c.String())
	}
	return strings.Join(all, "; ")
}

// TestFiftyPeopleClickBesideTheQuestions: while 20,000 questions a second are answered, 50
// people read page after page. No answer is lost that is not lost without them, each page is
// served, and what 99 of 100 answers take is no more: the middle one of seven turns with
// people lies within what seven turns without them took in the same run. In the gate it is
// five people and 500 questions, of which none is lost.
func TestFiftyPeopleClickBesideTheQuestions(t *testing.T) {
	p := newProcess(t, consoleConfig, country, startStandIn(t).addr)
	codes := p.invites("school@th-kim-dong")
	p.start()
	u := p.comesIn("school@th-kim-dong", codes["school@th-kim-dong"])
	p.ask("lesson.example") // from memory from now on
	length := time.Duration(sized(5_000, 500)) * time.Millisecond
	o := besideOrder{DNS: p.dns, Name: "lesson.example", Rate: sized(20_000, 500), Length: length}
	clicks := besideOrder{At: u.at, Cookies: u.cookies(), People: sized(50, 5), Length: length}
	alone, beside := p.inPairs(o, clicks, sized(7, 1))
	middle := len(alone) / 2
	t.Logf("99 of 100 answers, the least, the middle and the most of %d turns: %s, %s, %s without people, %s, %s, %s with them", len(alone),
		alone[0], alone[middle], alone[len(alone)-1], beside[0], beside[middle], beside[len(beside)-1])
	if most := alone[len(alone)-1]; proving() && beside[middle] > most {
		t.Errorf("99 of 100 answers take %s while people click, at most %s without", beside[middle], most)
	}
}

// TestPagesWaitForAnswers: whatever both want of a CPU, the process that answers has it when
// a packet comes, and the one that serves pages has less of it: each thread, of those that
// take the place of killed ones too.
func TestPagesWaitForAnswers(t *testing.T) {
	t.Parallel()
	own, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := serveProcess(t, "", "units: []\n", "127.0.0.1:9")
	f := func(name string, nice int32, slice uint64) {
		t.Helper()
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", p.child(name)))
		if len(tasks) == 0 {
			t.Fatalf("%s has no thread", name)
		}
		for _, task := range tasks {
			thread, _ := strconv.Atoi(filepath.Base(task))
			is, err := unix.SchedGetAttr(thread, 0)
			if err != nil {
				continue // it has ended
			}
			if is.Nice != nice || own.Runtime != 0 && is.Runtime != slice { // a kernel that knows of none says 0
				t.Errorf("%s, thread %d: nice %d, %d ns at a time; want %d, %d", name, thread, is.Nice, is.Runtime, nice, slice)
			}
		}
	}
	for range 2 {
		f("resolve", own.Nice, 100_000)
		f("manage", min(own.Nice+5, 19), own.Runtime)
		for _, name := range []string{"resolve", "manage"} {
			killed := p.child(name)
			if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			p.until("there is another "+name, func() bool { now := childOf(p.cmd.Process.Pid, name); return now > 0 && now != killed })
		}
	}
}
