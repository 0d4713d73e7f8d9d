package memory

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// What a process may have is the least that the machine, its control group and the
// groups around that have.
func TestAvailableIsTheLeastOfMachineAndGroups(t *testing.T) {
	f := func(files map[string]string, want int64) {
		t.Helper()
		dir := t.TempDir()
		for name, text := range files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := available(filepath.Join(dir, "proc"), filepath.Join(dir, "cgroup"), 0); got != want {
			t.Errorf("%v: %d bytes, want %d", files, got, want)
		}
	}
	const machine = "MemTotal:        1048576 kB\nMemFree:          1 kB\n"
	f(nil, 0)
	f(map[string]string{"proc/meminfo": machine}, 1<<30)
	f(map[string]string{"proc/meminfo": machine, "cgroup/memory.max": "max\n"}, 1<<30)
	f(map[string]string{"proc/meminfo": machine, "cgroup/memory.max": "268435456\n"}, 256<<20)
	f(map[string]string{"proc/meminfo": machine, "cgroup/memory.max": "8589934592\n"}, 1<<30)
	unit := map[string]string{
		"proc/meminfo": machine, "proc/self/cgroup": "1:name=x:/other\n0::/system.slice/lachan.service\n",
		"cgroup/system.slice/lachan.service/memory.max": "536870912\n", "cgroup/system.slice/memory.max": "max\n",
	}
	f(unit, 512<<20)
	unit["cgroup/system.slice/memory.max"] = "268435456\n"
	f(unit, 256<<20)
	unit["cgroup/system.slice/lachan.service/memory.high"] = "134217728\n"
	f(unit, 128<<20)
	old := map[string]string{
		"proc/meminfo": machine, "proc/self/cgroup": "10:cpu:/small\n4:memory:/box/small\n0::/\n",
		"cgroup/memory/memory.limit_in_bytes":           "9223372036854771712\n",
		"cgroup/memory/box/memory.limit_in_bytes":       "9223372036854771712\n",
		"cgroup/memory/box/small/memory.limit_in_bytes": "268435456\n",
	}
	f(old, 256<<20)
	old["cgroup/memory/box/memory.limit_in_bytes"] = "134217728\n"
	f(old, 128<<20)
}

func TestThisMachineHasMemory(t *testing.T) {
	if got := Available(); got < Least {
		t.Errorf("%d bytes", got)
	}
	if got := Auto(); got < Least {
		t.Errorf("a budget of %d bytes", got)
	}
}

// The parts of a budget are never more than the whole.
func TestSharesFitTheBudget(t *testing.T) {
	for _, budget := range []int64{Least, 100 << 20, 4 << 30} {
		for _, cache := range []int64{0, 1 << 20, budget / 3, 2 * budget} {
			s := Divide(budget, cache)
			if s.Resolve+s.Manage+s.Supervise+s.Job > budget || s.Cache+s.Streams+s.Questions > s.Resolve || s.Cache <= 0 {
				t.Errorf("%d bytes, cache %d: %+v", budget, cache, s)
			}
			if cache != 0 && cache <= budget/2 && s.Cache != cache {
				t.Errorf("%d bytes: a cache of %d, want %d", budget, s.Cache, cache)
			}
		}
	}
}

// What a process uses grows with what it holds.
func TestUsedGrowsWithWhatIsHeld(t *testing.T) {
	before := Used()
	held := make([]byte, 64<<20)
	for i := range held {
		held[i] = 1
	}
	if after := Used(); after < before+32<<20 || before <= 0 {
		t.Errorf("%d bytes used, then %d with 64 MiB more", before, after)
	}
	runtime.KeepAlive(held)
}
