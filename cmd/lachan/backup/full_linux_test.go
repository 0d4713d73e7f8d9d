package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestADiskThatIsFullLeavesTheOldState fills the disk at the first file and in the middle
// of a file.
func TestADiskThatIsFullLeavesTheOldState(t *testing.T) {
	archive := made(t)
	for name, options := range map[string]string{"no more files": "nr_inodes=5", "no more bytes": "size=4096"} {
		disk := t.TempDir()
		if err := unix.Mount("tmpfs", disk, "tmpfs", 0, options); err != nil {
			t.Logf("%s: needs the right to mount", name)
			return
		}
		dir := filepath.Join(disk, "state")
		err := os.Mkdir(dir, 0o700)
		if err == nil && name == "no more files" {
			err = os.WriteFile(filepath.Join(dir, "old"), nil, 0o600)
		}
		if err == nil {
			_, err = restored(t, archive, dir)
		}
		left, _ := os.ReadDir(disk)
		if err == nil || len(left) != 1 || !(errors.Is(err, unix.ENOSPC) || strings.Contains(err.Error(), "MiB")) {
			t.Errorf("%s: %v, %d are left", name, err, len(left))
		}
		if _, err := os.Stat(filepath.Join(dir, "ledger")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: half of the archive is in the state: %v", name, err)
		}
		if err := unix.Unmount(disk, unix.MNT_DETACH); err != nil {
			t.Fatal(err)
		}
	}
}
