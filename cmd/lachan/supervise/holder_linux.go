package supervise

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"lachan/internal/message"
)

// holderOf finds what has the port of an endpoint, as far as the kernel shows it: the
// tables of sockets are there for everybody, the program behind a socket for its own
// user and for root.
func holderOf(e message.Endpoint) (h holder) {
	for _, network := range networksOf(e) {
		for _, table := range []string{network, network + "6"} {
			text, err := os.ReadFile("/proc/net/" + table)
			if err != nil {
				continue
			}
			for line := range strings.Lines(string(text)) {
				s, ok := parseSocket(line, network)
				if !ok || !collide(s.address, e.Address) {
					continue
				}
				h.address = s.address
				if h.process, h.name = processOf(s.inode); h.process != 0 {
					return h
				}
				if owner, err := user.LookupId(s.uid); err == nil {
					h.name, h.user = owner.Username, true
				}
			}
		}
	}
	return h
}

// A listed is a socket of the kernel's table.
type listed struct {
	address    netip.AddrPort
	uid, inode string
}

// States of sockets in the tables of proc(5): a TCP socket that listens, a UDP socket
// that is not connected.
const (
	stateListen = "0A"
	stateOpen   = "07"
)

// parseSocket reads a line of a table: "0: 0100007F:0035 00000000:0000 0A ... uid ... inode".
func parseSocket(line, network string) (s listed, ok bool) {
	fields := strings.Fields(line)
	const uidAt, inodeAt = 7, 9
	if len(fields) <= inodeAt || network == "tcp" && fields[3] != stateListen || network == "udp" && fields[3] != stateOpen {
		return s, false
	}
	address, port, found := strings.Cut(fields[1], ":")
	octets, err := hex.DecodeString(address)
	if !found || err != nil || len(octets)%4 != 0 {
		return s, false
	}
	for i := 0; i < len(octets); i += 4 { // each word is in the order of this machine
		binary.BigEndian.PutUint32(octets[i:], binary.NativeEndian.Uint32(octets[i:]))
	}
	a, ok := netip.AddrFromSlice(octets)
	number, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil {
		return s, false
	}
	return listed{netip.AddrPortFrom(a.Unmap(), uint16(number)), fields[uidAt], fields[inodeAt]}, true
}

// collide reports whether a socket at one address keeps another from being opened.
func collide(there, wanted netip.AddrPort) bool {
	a, b := there.Addr(), wanted.Addr().WithZone("")
	return there.Port() == wanted.Port() && (a == b || a.IsUnspecified() || b.IsUnspecified() && a.Is4() == b.Is4())
}

// processOf finds the process that has a socket open; 0 if it is not to be seen.
func processOf(inode string) (process int, name string) {
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0, ""
	}
	for _, link := range links {
		if to, err := os.Readlink(link); err != nil || to != "socket:["+inode+"]" {
			continue
		}
		dir := filepath.Dir(filepath.Dir(link))
		comm, err := os.ReadFile(filepath.Join(dir, "comm"))
		number, failed := strconv.Atoi(filepath.Base(dir))
		if err == nil && failed == nil && number != os.Getpid() {
			return number, strings.TrimSpace(string(comm))
		}
	}
	return 0, ""
}
