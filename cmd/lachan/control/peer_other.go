//go:build !linux

package control

import "net"

// peer is known on Linux alone: elsewhere the commands show a token.
func peer(net.Conn) (uid int, known bool) { return 0, false }

// short is the folder itself.
func short(folder string) (path string, done func(), err error) { return folder, func() {}, nil }
