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

// giveBack tells the kernel that this process no longer needs the mapped pages of
// the blocks it has read. They stay in the page cache and are mapped again when
// read; without this, a report on a year makes the process as large as its history.
// The blocks must be open: otherwise their addresses may belong to something else
// by now. Errors are ignored.
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
			// an error: the pages stay mapped
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, start, end-start, unix.MADV_DONTNEED)
		}
	}
}
