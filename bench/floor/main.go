//go:build linux

// Command floor is the floor in Go: it reads packets in batches, turns each
// into a response by its QR bit and sends it back. It parses nothing.
//
// Usage: floor ADDRESS:PORT
package main

import (
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"lachan/bench/mmsg"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: floor ADDRESS:PORT")
		os.Exit(2)
	}
	if err := echo(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const (
	batchSize    = 64
	packetOctets = 2048
	qrAt, qr     = 2, 0x80 // the octet of the header and its bit that says response
)

func echo(addr string) error {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return err
	}
	fd, err := mmsg.Listen(at)
	if err != nil {
		return err
	}
	batch := mmsg.NewBatch(batchSize, packetOctets)
	for {
		n, err := batch.Receive(fd, unix.MSG_WAITFORONE)
		if err != nil {
			continue // an ICMP error for an earlier answer, or a signal
		}
		for i := range n {
			packet := batch.Packet(i)
			if len(packet) > qrAt {
				packet[qrAt] |= qr
			}
			batch.SetLength(i, len(packet))
		}
		_, _ = batch.Reply(fd, n) // what cannot be sent is lost, as any packet may be
	}
}
