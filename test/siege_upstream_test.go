package test

import (
	"bufio"
	octets "encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The upstream of attackers is a process of its own too. It has a zone with answers
// as long as there can be, and one about which it says nothing.

// hostileUpstream is set where the tests' program is started as that upstream.
const hostileUpstream = "SIEGE_UPSTREAM"

// Zones of the hostile upstream.
const (
	giantZone  = "giant.example"  // 64 KiB, over TCP alone, after slowAnswer
	mediumZone = "medium.example" // 12 KiB likewise, at once: it fits into the cache
	silentZone = "silent.example" // no answer
)

// slowAnswer is how long the answers of giantZone take: so long many questions wait
// for one of them.
const slowAnswer = 500 * time.Millisecond

// startHostileUpstream starts the upstream of attackers and returns its address.
func startHostileUpstream(t *testing.T) (addr string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("nice", "-n", "19", self)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Env = append(os.Environ(), hostileUpstream+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // an error means that it has ended
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// zonesOf has a configuration ask the upstream for the zones that are its.
func zonesOf(addr string) string {
	var zones []string
	for _, zone := range []string{giantZone, mediumZone, silentZone} {
		zones = append(zones, fmt.Sprintf("%s: [%q]", zone, addr))
	}
	return "zones: {" + strings.Join(zones, ", ") + "}"
}

// serveHostile is the main function of the upstream of attackers.
func serveHostile() (status int) {
	udp, tcp, err := listenOnBoth()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(tcp.Addr())
	go sendToTCP(udp)
	for {
		conn, err := tcp.Accept()
		if err != nil {
			return 0
		}
		go answerLong(conn)
	}
}

// sendToTCP answers over UDP: that the answer is too long for it, or nothing.
func sendToTCP(conn net.PacketConn) {
	buffer := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		query := buffer[:n]
		zone, end := zoneAsked(query)
		if zone == silentZone || end == 0 {
			continue
		}
		reply := replyTo(query[:end], 0)
		reply[2] |= 2                    // TC
		_, _ = conn.WriteTo(reply, from) // it would be asked again
	}
}

// answerLong answers the queries of a connection, one after the other.
func answerLong(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		var length [2]byte
		if _, err := io.ReadFull(in, length[:]); err != nil {
			return
		}
		query := make([]byte, octets.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(in, query); err != nil {
			return
		}
		zone, end := zoneAsked(query)
		records := 0
		switch {
		case end == 0 || zone == silentZone:
			continue
		case zone == giantZone:
			<-time.After(slowAnswer)
			records = (65_000 - end) / addressBytes
		case zone == mediumZone:
			records = 12_000 / addressBytes
		}
		reply := replyTo(query[:end], records)
		framed := octets.BigEndian.AppendUint16(nil, uint16(len(reply)))
		if _, err := conn.Write(append(framed, reply...)); err != nil {
			return
		}
	}
}

// addressBytes is how long an address record is whose owner is a pointer.
const addressBytes = 16

// replyTo is a reply to a query that ends with its question, with that many
// addresses.
func replyTo(query []byte, records int) []byte {
	reply := append(make([]byte, 0, len(query)+records*addressBytes), query...)
	reply[2] |= 0x80 // QR
	reply[3] = 0x80  // RA
	octets.BigEndian.PutUint16(reply[6:], uint16(records))
	octets.BigEndian.PutUint32(reply[8:], 0)
	for i := range records {
		reply = append(reply, 0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 0x2C, 0, 4, 203, 0, 113, byte(i))
	}
	return reply
}

// zoneAsked is the zone that a query asks about, and where its question ends; 0 if it
// has none.
func zoneAsked(query []byte) (zone string, end int) {
	var labels []string
	for at := 12; at < len(query); {
		n := int(query[at])
		if n == 0 {
			if end = at + 5; end > len(query) {
				return "", 0
			}
			return strings.ToLower(strings.Join(labels[max(0, len(labels)-2):], ".")), end
		}
		if at+1+n > len(query) {
			break
		}
		labels = append(labels, string(query[at+1:at+1+n]))
		at += 1 + n
	}
	return "", 0
}
