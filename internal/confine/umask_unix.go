//go:build unix

package confine

import "golang.org/x/sys/unix"

// OwnerOnly has files that this process makes from now on be for their owner
// alone, whatever the shell or the service that started it says.
func OwnerOnly() { unix.Umask(0o077) }
