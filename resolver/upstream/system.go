package upstream

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// ResolvConf is where the system names its resolvers.
const ResolvConf = "/etc/resolv.conf"

// ExpandSystem replaces each System entry by the servers that the file path (in
// the form of resolv.conf(5)) names now, and leaves out repetitions. It also
// leaves out servers that are one of listen, our own addresses, since asking them
// would be asking ourselves. It returns a *ConfigError if a System entry yields
// no server at all.
func ExpandSystem(servers []Server, path string, listen []netip.AddrPort) ([]Server, error) {
	var expanded []Server
	for _, s := range servers {
		add := []Server{s}
		if s.Transport == System {
			var err error
			if add, err = systemServers(path, listen); err != nil {
				return nil, err
			}
		}
		for _, s := range add {
			if !slices.Contains(expanded, s) {
				expanded = append(expanded, s)
			}
		}
	}
	return expanded, nil
}

// systemServers are the servers that the file at path names, without our own
// addresses.
func systemServers(path string, listen []netip.AddrPort) ([]Server, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &ConfigError{textSystemUnknown.With(path, err)}
	}
	named := nameservers(string(text))
	if len(named) == 0 {
		return nil, &ConfigError{textSystemEmpty.With(path)}
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
