package history

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// giveBack tells the kernel that the pages of blocks which this process has
// read are not needed. They stay in the kernel's memory as long as it likes and
// come back when they are read again; without it, a report on a year makes the
// process as large as its history. The blocks must be held open: the addresses
// of others may be those of something else by now. What cannot be given back
// stays.
func giveBack(blocks []string) {
	for i, dir := range blocks {
		if whole, err := filepath.Abs(dir); err == nil {
			dir = whole
		}
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
		}
		blocks[i] = dir + string(filepath.Separator)
	}
	if len(blocks) == 0 {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		line := lines.Text()
		if !slices.ContainsFunc(blocks, func(dir string) bool { return strings.Contains(line, dir) }) {
			continue
		}
		var start, end uintptr
		if _, err := fmt.Sscanf(line, "%x-%x", &start, &end); err == nil {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, start, end-start, unix.MADV_DONTNEED) // an error: they stay
		}
	}
}
