//go:build linux

package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
)

// accept answers over TCP, for forwarders that ask as they are asked.
func accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go converse(c)
	}
}

// converse answers one question after the other until the client has enough.
func converse(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	room := make([]byte, 1<<16)
	var length [2]byte
	for {
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return
		}
		n := int(binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(r, room[2:2+n]); err != nil {
			return
		}
		reply := answer(room[2:], n)
		binary.BigEndian.PutUint16(room, uint16(len(reply)))
		if _, err := c.Write(room[:2+len(reply)]); err != nil {
			return
		}
	}
}
