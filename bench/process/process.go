//go:build linux

// Package process reads what the kernel counts of a process, and starts
// programs on a core of their own.
package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is the unit of /proc/PID/stat: USER_HZ, which Linux fixes at 100.
const tick = 10 * time.Millisecond

// CPU is the time that all threads of process pid have had a core for.
func CPU(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The name in parentheses may hold anything; the fields begin behind it.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	var ticks int64
	for _, f := range fields[11:13] { // utime, stime
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read /proc/%d/stat: %w", pid, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

// A Memory is what is resident of a process, in octets.
type Memory struct {
	Resident int64 `json:"resident"` // Anonymous, File and a little that is shared
	Anon     int64 `json:"anonymous"`
	File     int64 `json:"file"` // pages of files, which the kernel may take back
	Peak     int64 `json:"peak"` // of Resident, since the process began
}

// MemoryOf reads the memory of process pid.
func MemoryOf(pid int) (m Memory, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return m, err
	}
	for line := range bytes.Lines(text) {
		key, value, _ := bytes.Cut(line, []byte(":"))
		kilo, _, _ := bytes.Cut(bytes.TrimSpace(value), []byte(" "))
		n, err := strconv.ParseInt(string(kilo), 10, 64)
		if err != nil {
			continue
		}
		switch string(key) {
		case "VmRSS":
			m.Resident = n << 10
		case "RssAnon":
			m.Anon = n << 10
		case "RssFile":
			m.File = n << 10
		case "VmHWM":
			m.Peak = n << 10
		}
	}
	return m, nil
}
