//go:build linux

package process_test

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"lachan/bench/process"
)

func TestTheKernelCountsThisProcess(t *testing.T) {
	before, err := process.CPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for start, sum := time.Now(), 0; time.Since(start) < 100*time.Millisecond; sum++ {
		runtime.KeepAlive(sum)
	}
	after, err := process.CPU(os.Getpid())
	if err != nil || after <= before {
		t.Errorf("a tenth of a second of work took %v, %v", after-before, err)
	}
	m, err := process.MemoryOf(os.Getpid())
	if err != nil || m.Resident < 1<<20 || m.Peak < m.Resident || m.Anon+m.File > m.Resident {
		t.Errorf("memory %+v, %v", m, err)
	}
}

// What a process has started counts with it, also when it has ended.
func TestDescendantsCountToo(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, err := process.Start(0, "sh", "-c", "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; sh -c 'echo started; exec sleep 60'")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(c.Output(), "started") && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if cpu, err := process.CPU(c.PID()); err != nil || cpu < 20*time.Millisecond {
		t.Errorf("the loop of a child took %s, %v", cpu, err)
	}
	own, err := process.MemoryOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := process.MemoryOf(c.PID())
	if err != nil || own.Resident <= theirs.Resident {
		t.Errorf("this process and its children have %d bytes, the children %d: %v", own.Resident, theirs.Resident, err)
	}
}

func TestAProcessIsFoundByItsCommand(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, err := process.Start(0, "sh", "-c", "sleep 61 & sleep 62 & wait")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	found := map[int]bool{c.PID(): true}
	for deadline := time.Now().Add(5 * time.Second); len(found) < 3 && time.Now().Before(deadline); {
		found = map[int]bool{c.PID(): true}
		for _, command := range []string{"61", "62"} {
			found[process.Started(c.PID(), command)] = true
		}
	}
	if len(found) != 3 {
		t.Errorf("the program and its two children are %v", found)
	}
	if got := process.Started(c.PID(), "63"); got != c.PID() {
		t.Errorf("none was started so, found %d instead of %d", got, c.PID())
	}
}

func TestAChildRunsOnItsCoreAndIsStopped(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, err := process.Start(0, "sh", "-c", "grep Cpus_allowed_list /proc/$$/status; exec sleep 60")
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(c.Output(), "\n") && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if got := strings.Fields(c.Output()); len(got) != 2 || got[1] != "0" {
		t.Errorf("it says %q", c.Output())
	}
	c.Stop()
	if !c.Ended() {
		t.Error("it still runs")
	}
}
