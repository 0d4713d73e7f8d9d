//go:build linux

// Command upstream answers every question at once, so that what a forwarder
// spends on a miss is its own: an address for A and AAAA, NODATA for the rest.
//
// Usage: upstream ADDRESS:PORT [DOT DOH CERT KEY], the addresses of DNS over TLS and over HTTPS and
// files in PEM.
package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"lachan/bench/mmsg"
)

func main() {
	args := os.Args[1:]
	if len(args) != 1 && len(args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: upstream ADDRESS:PORT [DOT DOH CERT KEY]")
		os.Exit(2)
	}
	ended := make(chan error)
	go func() { ended <- serve(args[0]) }()
	if len(args) == 5 {
		go func() { ended <- secure(args[1], args[2], args[3], args[4]) }()
	}
	fmt.Fprintln(os.Stderr, <-ended)
	os.Exit(1)
}

const (
	batchSize    = 64
	packetOctets = 2048
)

func serve(addr string) error {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	go accept(listener)
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
			room := batch.Room(i)
			batch.SetLength(i, len(answer(room, len(batch.Packet(i)))))
		}
		_, _ = batch.Reply(fd, n) // what cannot be sent is lost, as any packet may be
	}
}

// Parts of an answer. The TTL of all records is an hour.
const (
	headerOctets = 12
	typeA        = 1
	typeAAAA     = 28
	ttl          = 3600
)

var soa = []byte{
	0, 0, 6, 0, 1, 0, 0, ttl >> 8, ttl & 0xFF, 0, 22, // the root, SOA, IN
	0, 0, 0, 0, 0, 1, 0, 0, ttl >> 8, ttl & 0xFF, 0, 0, 0, 60, 0, 0, ttl >> 8, ttl & 0xFF, 0, 0, ttl >> 8, ttl & 0xFF,
}

// answer turns the query of n octets in room into its answer. What holds no
// question comes back as it is.
func answer(room []byte, n int) []byte {
	end := headerOctets
	for end < n && room[end] != 0 {
		end += 1 + int(room[end])
	}
	if end+5 > n {
		return room[:n]
	}
	qtype := binary.BigEndian.Uint16(room[end+1:])
	message := room[:end+5]
	message[2], message[3] = 0x81, 0x80 // QR, RD, RA
	clear(message[6:headerOctets])
	switch qtype {
	case typeA, typeAAAA:
		message[7] = 1
		message = append(message, 0xC0, headerOctets, 0, byte(qtype), 0, 1, 0, 0, ttl>>8, ttl&0xFF)
		if qtype == typeA {
			return append(message, 0, 4, 198, 51, 100, 7)
		}
		return append(message, 0, 16, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)
	}
	message[9] = 1
	return append(message, soa...)
}
