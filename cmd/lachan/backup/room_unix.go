package backup

import "golang.org/x/sys/unix"

// freeBytes is how much room is left where a folder is.
func freeBytes(dir string) (free int64, ok bool) {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true // their types differ between systems
}
