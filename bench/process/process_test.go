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
