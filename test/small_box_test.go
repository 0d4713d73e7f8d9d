package test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A box is a control group that has so much memory and so many CPUs, of whichever version
// the machine has.
type box struct {
	t       *testing.T
	folders []string // one for each controller; one in all with version 2
}

func newBox(t *testing.T, bytes int64, cpus int) *box {
	t.Helper()
	name := "lachan-test-" + strconv.Itoa(os.Getpid())
	b := &box{t: t}
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		_ = os.WriteFile("/sys/fs/cgroup/cgroup.subtree_control", []byte("+memory +cpu"), 0) // they are already
		b.folders = []string{"/sys/fs/cgroup/" + name}
	} else {
		b.folders = []string{"/sys/fs/cgroup/memory/" + name, "/sys/fs/cgroup/cpu/" + name}
	}
	for _, folder := range b.folders {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.remove(folder) })
	}
	most := strconv.FormatInt(bytes, 10)
	if len(b.folders) == 1 {
		b.set(0, "memory.max", most)
		b.set(0, "memory.swap.max", "0")
		b.set(0, "cpu.max", fmt.Sprint(100_000*cpus, 100_000))
		return b
	}
	b.set(0, "memory.limit_in_bytes", most)
	b.set(1, "cpu.cfs_period_us", "100000")
	b.set(1, "cpu.cfs_quota_us", strconv.Itoa(100_000*cpus))
	return b
}

func (b *box) set(folder int, name, value string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.folders[folder], name), []byte(value), 0); err != nil {
		b.t.Fatal(err)
	}
}

// remove waits for the kernel to have let the processes go that were killed.
func (b *box) remove(folder string) {
	deadline := time.Now().Add(soon)
	for err := syscall.Rmdir(folder); err != nil; err = syscall.Rmdir(folder) {
		if time.Now().After(deadline) {
			b.t.Errorf("remove %s: %v", folder, err)
			return
		}
		<-time.After(lookEach)
	}
}

// has p started in the box.
func (b *box) has(p *process) {
	b.t.Helper()
	script := "#!/bin/sh\n"
	for _, folder := range b.folders {
		script += "echo $$ >" + folder + "/cgroup.procs || exit 1\n"
	}
	p.program = filepath.Join(p.dir, "boxed")
	p.write("boxed", script+"exec "+binary+" \"$@\"\n")
	if err := os.Chmod(p.program, 0o700); err != nil {
		b.t.Fatal(err)
	}
}

// number is what a file of the first folder says: all of it, or what stands after a word.
func (b *box) number(file, word string) int64 {
	text, _ := os.ReadFile(filepath.Join(b.folders[0], file)) // none
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == word {
			n, _ := strconv.ParseInt(fields[1], 10, 64)
			return n
		}
	}
	return 0
}

// killed is how many processes the kernel has killed in the box for want of memory.
func (b *box) killed() int64 {
	return b.number("memory.events", "oom_kill") + b.number("memory.oom_control", "oom_kill")
}

// held is what the processes have without files that are mapped, in bytes.
func (b *box) held() int64 {
	return b.number("memory.stat", "anon") + b.number("memory.stat", "total_rss")
}

// waited is how often the processes had to wait for their share of the CPU.
func (b *box) waited() int64 {
	cpu := box{folders: b.folders[len(b.folders)-1:]}
	return cpu.number("cpu.stat", "nr_throttled")
}

// TestASmallBoxServesASchool is a school of 500 on a machine with 256 MiB and one core:
// 1,000,000 names on its list, which is read and compiled anew meanwhile, people in the
// console and a report made, beside 500 questions a second. Nothing is killed, no answer
// and no page is lost. It is only part of make proof.
func TestASmallBoxServesASchool(t *testing.T) {
	if !proving() {
		t.Log("TEST_PROOF=1 runs it")
		return
	}
	needRoot(t)
	const names, pace = 1_000_000, 500
	b := newBox(t, 256<<20, 1)
	p := newProcess(t, consoleConfig+`feeds: [{name: big, url: big.txt, format: domains, category: gambling}]
`, country, startStandIn(t).addr)
	write := func(n int) {
		t.Helper()
		path := filepath.Join(p.dir, "big.txt")
		f, err := os.Create(path + ".new")
		if err != nil {
			t.Fatal(err)
		}
		out := bufio.NewWriter(f)
		for i := range n {
			fmt.Fprintf(out, "%x.bet%d.example\n", i*2654435761%(1<<32), i)
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		_ = f.Close() // what was flushed is in the kernel
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	entries := func(n int) {
		t.Helper()
		p.within(5*time.Minute, "the list is in force", func() bool {
			_, page := p.get("/metrics")
			return number(page, `lachan_feed_entries{feed="big"}`) == float64(n) && p.blocked("127.10.0.5", fmt.Sprintf("%x.bet%d.example", (n-1)*2654435761%(1<<32), n-1))
		})
	}
	write(names)
	codes := p.invites("school@th-kim-dong")
	b.has(p)
	began := time.Now()
	p.start()
	entries(names)
	started := time.Since(began)
	u := p.comesIn("school@th-kim-dong", codes["school@th-kim-dong"])

	var most atomic.Int64
	done := make(chan struct{})
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		for {
			most.Store(max(most.Load(), b.held()))
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	s := startPulse(t, p.dns, "lesson.example", pace, "127.10.1.1", "127.10.1.2")
	clicks := startBeside(t, besideOrder{At: u.at, Cookies: u.cookies(), People: 3, Length: 30 * time.Second})
	write(names + 1000)
	began = time.Now()
	p.signal(syscall.SIGHUP)
	entries(names + 1000)
	renewed := time.Since(began)
	for _, format := range []string{"pdf", "docx", "xlsx"} {
		q := url.Values{"unit": {"th-kim-dong"}, "period": {time.Now().Format("2006-01")}, "format": {format}}
		if status, body := p.get("/api/report?" + q.Encode()); status != http.StatusOK || len(body) == 0 {
			t.Errorf("%s: %d %.300q", format, status, body)
		}
	}
	pages := clicks()
	close(done)
	<-looked
	t.Logf("%d names in 256 MiB on one core: in force %s after the start, a new version %s after it was there; at most %d MiB without mapped files; "+
		"%d pages, the slowest %s; %d questions, longest silence %s; the group waited %d times for its core",
		names, started.Round(time.Millisecond), renewed.Round(time.Millisecond), most.Load()>>20, pages.Pages, pages.Slowest.Round(time.Millisecond),
		s.sent.Load(), time.Duration(s.silence.Load()).Round(time.Millisecond), b.waited())
	p.lostNothing(s)
	if pages.Refused > 0 || pages.Pages == 0 {
		t.Errorf("%d pages were served, %d refused", pages.Pages, pages.Refused)
	}
	if n := b.killed(); n > 0 {
		t.Errorf("%d processes were killed for want of memory", n)
	}
	if text := p.log.String(); strings.Contains(text, "level=ERROR") {
		t.Error("the log tells of errors")
	}
}
