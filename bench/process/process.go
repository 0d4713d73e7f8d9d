//go:build linux

// Package process reads what the kernel counts of a process, and starts
// programs on a core of their own.
package process

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit of /proc/PID/stat: USER_HZ, which Linux fixes at 100.
const tick = 10 * time.Millisecond

// CPU is the time that process pid, those that it has started and those that they
// have started have had a core for, all threads of them. Those that have ended
// count too, once their parents have taken note of it.
func CPU(pid int) (time.Duration, error) {
	var ticks int64
	for i, p := range tree(pid) {
		stat, err := statOf(p)
		if err != nil {
			if i == 0 {
				return 0, err
			}
			continue // it has ended meanwhile
		}
		for _, f := range stat[11:15] { // utime, stime, cutime, cstime
			n, err := strconv.ParseInt(string(f), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("read /proc/%d/stat: %w", p, err)
			}
			ticks += n
		}
	}
	return time.Duration(ticks) * tick, nil
}

// statOf are the fields of /proc/PID/stat from the state on.
func statOf(pid int) ([][]byte, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	// The name in parentheses may hold anything; the fields begin after it.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 15 {
		return nil, fmt.Errorf("read /proc/%d/stat: %d fields", pid, len(fields))
	}
	return fields, nil
}

// tree is process pid, first, and all that descend from it.
func tree(pid int) []int {
	children := map[int][]int{}
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		p, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		if stat, err := statOf(p); err == nil {
			parent, _ := strconv.Atoi(string(stat[1]))
			children[parent] = append(children[parent], p)
		}
	}
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// Started is the process among pid and its descendants that was started with
// command as its first argument; pid itself where there is none.
func Started(pid int, command string) int {
	for _, p := range tree(pid) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p)) // it has ended: it is none
		if args := bytes.Split(text, []byte{0}); len(args) > 1 && string(args[1]) == command {
			return p
		}
	}
	return pid
}

// A Memory is what is resident of a process and its descendants, in bytes. A
// page that several have is divided among them.
type Memory struct {
	Resident int64 `json:"resident"` // Anonymous, File and a little that is shared
	Anon     int64 `json:"anonymous"`
	File     int64 `json:"file"` // pages of files, which the kernel may take back
	Peak     int64 `json:"peak"` // sum of what each had at most, shared pages in each
}

// MemoryOf reads the memory of process pid and its descendants.
func MemoryOf(pid int) (m Memory, err error) {
	for i, p := range tree(pid) {
		if err := m.add(p); err != nil && i == 0 {
			return m, err // any other has ended meanwhile
		}
	}
	return m, nil
}

func (m *Memory) add(pid int) error {
	for file, fields := range map[string]map[string]*int64{
		"smaps_rollup": {"Pss": &m.Resident, "Pss_Anon": &m.Anon, "Pss_File": &m.File},
		"status":       {"VmHWM": &m.Peak},
	} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err != nil {
			return err
		}
		for line := range bytes.Lines(text) {
			key, value, _ := bytes.Cut(line, []byte(":"))
			kilo, _, _ := bytes.Cut(bytes.TrimSpace(value), []byte(" "))
			if field := fields[string(key)]; field != nil {
				n, err := strconv.ParseInt(string(kilo), 10, 64)
				if err != nil {
					return fmt.Errorf("read /proc/%d/%s: %w", pid, file, err)
				}
				*field += n << 10
			}
		}
	}
	return nil
}
