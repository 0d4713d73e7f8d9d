package device

import (
	"net/netip"
	"strings"

	"lachan/internal/wording"
)

// forwarder begins a snippet for a server that asks this one for all its clients.
func (s *Server) forwarder(mark string, place wording.Text) *page {
	p := s.snippet(mark, place)
	p.note(textOneClient.With(s.joined("", ", ")))
	return p
}

// within reports whether a zone of the server's, or its check name, is the given
// name or below it.
func (s *Server) within(name string) bool {
	for _, zone := range append([]string{s.Check}, s.Zones...) {
		if zone == name || strings.HasSuffix(zone, "."+name) {
			return true
		}
	}
	return false
}

// dnsmasqServers are the values of server= that ask this server: for everything,
// and for names that dnsmasq may keep to itself.
func (s *Server) dnsmasqServers() (values []string) {
	for _, a := range s.Addrs {
		at := a.String() + "#" + port(s.Port)
		values = append(values, at)
		for _, zone := range append([]string{s.Check}, s.Zones...) {
			if zone != "" {
				values = append(values, "/"+zone+"/"+at)
			}
		}
	}
	return values
}

// dnsmasq is a file for its directory of configurations.
func (s *Server) dnsmasq() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.forwarder("# ", textDnsmasq)
	p.line("no-resolv")
	for _, value := range s.dnsmasqServers() {
		p.line("server=", value)
	}
	p.note(textDnsmasqOthers)
	for _, zone := range s.Zones {
		p.line("rebind-domain-ok=/", zone, "/")
	}
	p.note(textAddSubnet)
	p.line("#add-subnet=32,128")
	p.note(textFirewallElsewhere)
	return s.end(p, false), nil
}

// bind is what goes into named.conf.
func (s *Server) bind() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.forwarder("// ", textBIND)
	p.line("options {")
	p.line("    forward only;")
	p.WriteString("    forwarders {")
	for _, a := range s.Addrs {
		p.WriteString(" " + a.String() + " port " + port(s.Port) + ";")
	}
	p.line(" };")
	p.line("    dnssec-validation no;")
	p.line("    empty-zones-enable no;")
	p.line("};")
	p.note(textFirewallElsewhere)
	return s.end(p, false), nil
}

// kresd is what goes into the configuration of Knot Resolver 5.
func (s *Server) kresd() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.forwarder("-- ", textKresd)
	var targets []string
	for _, a := range s.Addrs {
		targets = append(targets, "'"+a.String()+"@"+port(s.Port)+"'")
	}
	p.line("modules.load('policy')")
	p.line("policy.add(policy.all(policy.STUB({ ", strings.Join(targets, ", "), " })))")
	p.note(textFirewallElsewhere)
	return s.end(p, false), nil
}

// unbound is a file for its directory of configurations; over TLS where the
// server speaks it.
func (s *Server) unbound() (string, error) {
	return s.unboundFor("/etc/ssl/certs/ca-certificates.crt", textUnbound, textFirewallElsewhere)
}

// pfSense is what goes into the custom options of its DNS Resolver, an Unbound that
// checks DNSSEC and drops private answers.
func (s *Server) pfSense() (string, error) {
	return s.unboundFor("/etc/ssl/cert.pem", textPfSense, textPfSenseFirewall)
}

// unboundFor is an Unbound's configuration where the certificates of authorities are
// in the file trust.
func (s *Server) unboundFor(trust string, place, firewall wording.Text) (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.forwarder("# ", place)
	p.line("server:")
	p.line(`    module-config: "iterator"`)
	p.note(textUnboundPrivate)
	p.line(`    private-domain: "."`)
	p.line(`    unblock-lan-zones: yes`)
	for _, kept := range []string{"test", "home.arpa"} { // which Unbound keeps to itself otherwise
		if s.within(kept) {
			p.line(`    local-zone: "`, kept, `." nodefault`)
		}
	}
	if s.Host != "" {
		p.line(`    tls-cert-bundle: "`, trust, `"`)
	}
	p.line("forward-zone:")
	p.line(`    name: "."`)
	at, to := port(s.Port), ""
	if s.Host != "" {
		p.line("    forward-tls-upstream: yes")
		at, to = port(s.DoTPort), "#"+s.Host
	}
	for _, a := range s.Addrs {
		p.line("    forward-addr: ", a.String(), "@", at, to)
	}
	p.note(firewall)
	return s.end(p, s.HostTells), nil
}

// onlyV4 is the only one of addresses that is of version 4; the zero one if there is
// none or are several.
func onlyV4(addrs []netip.Addr) (only netip.Addr) {
	for _, a := range addrs {
		switch {
		case !a.Is4():
		case only.IsValid():
			return netip.Addr{}
		default:
			only = a
		}
	}
	return only
}
