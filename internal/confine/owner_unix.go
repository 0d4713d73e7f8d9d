//go:build unix

package confine

import (
	"os"
	"strconv"
	"syscall"
)

// An Owner is the user and the group that files belong to.
type Owner struct{ UID, GID int }

// OwnerOf is the owner of the first of paths that exists and is not root's, or
// else of the first that exists; ok is false if none does.
func OwnerOf(paths ...string) (owner Owner, ok bool) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		stat, known := info.Sys().(*syscall.Stat_t)
		if !known {
			continue
		}
		if !ok || owner.UID == 0 && stat.Uid != 0 {
			owner, ok = Owner{int(stat.Uid), int(stat.Gid)}, true
		}
	}
	return owner, ok
}

// String is the user as chown(1) takes it.
func (o Owner) String() string { return strconv.Itoa(o.UID) + ":" + strconv.Itoa(o.GID) }
