package device

import (
	"strings"
)

// routerOS are MikroTik's commands, over HTTPS where the server speaks it.
func (s *Server) routerOS() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	const plainDNS = 53
	if s.URL == "" && s.Port != plainDNS {
		return "", Missing{textPort.With(s.Port)}
	}
	p := s.snippet("# ", textRouterOS)
	p.line("/ip dhcp-client set [find] use-peer-dns=no")
	if s.URL == "" {
		p.line("/ip dns set allow-remote-requests=yes servers=", s.joined("", ","))
		return s.end(p, false), nil
	}
	for _, a := range s.Addrs {
		kind := "address"
		if a.Is6() {
			kind = "type=AAAA address"
		}
		p.line("/ip dns static add name=", s.Name, " ", kind, "=", a.String())
	}
	p.line(`/ip dns set allow-remote-requests=yes servers="" verify-doh-cert=yes use-doh-server="`, routerText(s.URL), `"`)
	return s.end(p, s.URLTells), nil
}

// routerText is a text within the quotes of RouterOS.
func routerText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, `?`, `\?`).Replace(text)
}

// dnsmasq is a file for its directory of configurations.
func (s *Server) dnsmasq() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.snippet("# ", textDnsmasq)
	p.line("no-resolv")
	for _, a := range s.Addrs {
		p.line("server=", a.String(), "#", port(s.Port))
	}
	return s.end(p, false), nil
}

// openWrt are uci commands for the dnsmasq of OpenWrt.
func (s *Server) openWrt() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.snippet("# ", textOpenWrt)
	p.line("uci set dhcp.@dnsmasq[0].noresolv='1'")
	p.line("uci -q delete dhcp.@dnsmasq[0].server")
	for _, a := range s.Addrs {
		p.line("uci add_list dhcp.@dnsmasq[0].server='", a.String(), "#", port(s.Port), "'")
	}
	p.line("uci commit dhcp")
	p.line("service dnsmasq restart")
	return s.end(p, false), nil
}

// unbound is a file for its directory of configurations; over TLS where the
// server speaks it.
func (s *Server) unbound() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.snippet("# ", textUnbound)
	p.line("server:")
	p.line(`    module-config: "iterator"`)
	if strings.HasSuffix(s.Check, ".test") {
		p.line(`    local-zone: "test." nodefault`) // which Unbound keeps to itself otherwise
	}
	if s.Host != "" {
		p.line(`    tls-cert-bundle: "/etc/ssl/certs/ca-certificates.crt"`)
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
	return s.end(p, s.HostTells), nil
}

// bind is what goes into named.conf.
func (s *Server) bind() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.snippet("// ", textBIND)
	p.line("options {")
	p.line("    forward only;")
	p.WriteString("    forwarders {")
	for _, a := range s.Addrs {
		p.WriteString(" " + a.String() + " port " + port(s.Port) + ";")
	}
	p.line(" };")
	p.line("    dnssec-validation no;")
	p.line("};")
	return s.end(p, false), nil
}
