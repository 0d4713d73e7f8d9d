//go:build unix && !linux

package confine

import (
	"errors"
	"syscall"
)

// Become makes this process, which is root's, one of another user.
func Become(o Owner) error {
	return errors.Join(syscall.Setgroups([]int{o.GID}), syscall.Setgid(o.GID), syscall.Setuid(o.UID))
}

// StartAs is how a child of root is started as a process of another user.
func StartAs(o Owner, attributes *syscall.SysProcAttr) {
	attributes.Credential = &syscall.Credential{Uid: uint32(o.UID), Gid: uint32(o.GID)}
}
