package upstream

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// Where the system names its resolvers: ResolvConf and, where that names only the
// stub of systemd-resolved, the file that has those behind it.
const (
	ResolvConf   = "/etc/resolv.conf"
	ResolvedConf = "/run/systemd/resolve/resolv.conf"
)

// Expand replaces each System entry by the servers of the system, and leaves out
// repetitions.
func Expand(servers, system []Server) []Server {
	var expanded []Server
	for _, s := range servers {
		add := []Server{s}
		if s.Transport == System {
			add = system
		}
		for _, s := range add {
			if !slices.Contains(expanded, s) {
				expanded = append(expanded, s)
			}
		}
	}
	return expanded
}

// SystemServers are the servers that the file at path (in the form of
// resolv.conf(5)) names now, without those that are one of listen, our own
// addresses, since asking them would be asking ourselves. If it names nothing but
// the stub of systemd-resolved, they are those of the file behindStub. It returns
// a *ConfigError if there is no server at all, which may change at any time.
func SystemServers(path, behindStub string, listen []netip.AddrPort) ([]Server, error) {
	named, err := namedIn(path)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(named, func(a netip.AddrPort) bool { return !isStub(a.Addr()) }) {
		if behind, err := namedIn(behindStub); err == nil {
			path, named = behindStub, behind
		}
	}
	var servers []Server
	for _, addr := range named {
		own, err := IsOwn(addr, listen)
		if err != nil {
			return nil, &ConfigError{textSystemUnknown.With(path, err)}
		}
		if !own {
			servers = append(servers, Server{Transport: OverUDP, Addr: addr})
		}
	}
	if len(servers) == 0 {
		return nil, &ConfigError{textSystemOwn.With(path)}
	}
	return servers, nil
}

// namedIn are the servers that a file names.
func namedIn(path string) ([]netip.AddrPort, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &ConfigError{textSystemUnknown.With(path, err)}
	}
	named := nameservers(string(text))
	if len(named) == 0 {
		return nil, &ConfigError{textSystemEmpty.With(path)}
	}
	return named, nil
}

// isStub reports whether systemd-resolved listens at an address.
func isStub(a netip.Addr) bool {
	return a == netip.AddrFrom4([4]byte{127, 0, 0, 53}) || a == netip.AddrFrom4([4]byte{127, 0, 0, 54})
}

// nameservers reads the lines of resolv.conf(5) that name a server. It skips what
// it does not understand, as the system's own resolver does.
func nameservers(text string) []netip.AddrPort {
	var named []netip.AddrPort
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "nameserver" {
			continue
		}
		if addr, err := netip.ParseAddr(words[1]); err == nil && !addr.IsUnspecified() {
			named = append(named, netip.AddrPortFrom(addr.Unmap(), dnsPort))
		}
	}
	return named
}

// IsOwn reports whether asking addr would be asking ourselves if we listen on the
// addresses listen: one of them is addr, or it has the port of addr and is the
// wildcard address (0.0.0.0, ::), and addr is an address of this host. The error
// is that of asking the host for its addresses.
func IsOwn(addr netip.AddrPort, listen []netip.AddrPort) (bool, error) {
	for _, l := range listen {
		if l.Port() != addr.Port() {
			continue
		}
		if l.Addr().Unmap() == addr.Addr() {
			return true, nil
		}
		if !l.Addr().IsUnspecified() || l.Addr().Is4() && addr.Addr().Is6() {
			continue
		}
		if here, err := onThisHost(addr.Addr()); here || err != nil {
			return here, err
		}
	}
	return false, nil
}

// onThisHost reports whether addr is an address of this host.
func onThisHost(addr netip.Addr) (bool, error) {
	if addr.IsLoopback() {
		return true, nil
	}
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		return false, fmt.Errorf("read the addresses of this host: %w", err)
	}
	for _, a := range interfaces {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Unmap() == addr.WithZone("") {
			return true, nil
		}
	}
	return false, nil
}
