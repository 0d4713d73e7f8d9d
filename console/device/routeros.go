package device

import "strings"

// routerOS are MikroTik's commands. DNS over HTTPS is switched on only after the
// router has checked the server's certificate: it has no certificates of
// authorities and no clock to begin with, and would have no DNS at all.
func (s *Server) routerOS() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	const plainDNS = 53
	if s.URL == "" && s.Port != plainDNS {
		return "", Missing{textPort.With(s.Port)}
	}
	p := s.forwarder("# ", textRouterOS)
	p.line("/ip dhcp-client set [find] use-peer-dns=no")
	if s.Port == plainDNS {
		p.line("/ip dns set allow-remote-requests=yes servers=", s.joined("", ","))
	} else {
		p.line(`/ip dns set allow-remote-requests=yes servers=""`)
	}
	if s.URL != "" {
		s.routerOSOverHTTPS(p)
	}
	p.note(textFirewall)
	p.note(textRouterOSLists)
	s.routerOSFirewall(p)
	p.note(textUndo)
	p.line(`# /ip dns set use-doh-server="" servers=""; /ip dhcp-client set [find] use-peer-dns=yes`)
	for _, menu := range []string{"/ip firewall nat", "/ip firewall raw", "/ipv6 firewall raw", "/ipv6 firewall filter", "/ip firewall address-list", "/ipv6 firewall address-list"} {
		p.line("# ", menu, " remove [find comment=lachan]")
	}
	return s.end(p, s.URLTells), nil
}

// question is one for the name example, as DNS over HTTPS has it in a URL.
const question = "?dns=AAABAAABAAAAAAAAB2V4YW1wbGUAAAEAAQ"

func (s *Server) routerOSOverHTTPS(p *page) {
	for _, a := range s.Addrs {
		kind := "address"
		if a.Is6() {
			kind = "type=AAAA address"
		}
		p.line(":if ([:len [/ip dns static find name=", s.Name, " address=", a.String(), "]] = 0) do={")
		p.line("    /ip dns static add name=", s.Name, " ", kind, "=", a.String(), " comment=lachan")
		p.line("}")
	}
	p.note(textRouterOSClock)
	p.line("/system ntp client set enabled=yes")
	p.line(":if ([:len [/system ntp client servers find]] = 0) do={")
	p.line("    /system ntp client servers add address=162.159.200.1")
	p.line("    /system ntp client servers add address=162.159.200.123")
	p.line("}")
	p.note(textRouterOSTrust)
	p.line(":do { /certificate settings set builtin-trust-anchors=trusted } on-error={ :put \"RouterOS < 7.19\" }")
	p.note(textRouterOSTry)
	p.line(":do {")
	p.line(`    /tool fetch url="`, routerText(s.URL+question), `" check-certificate=yes output=none`)
	p.line(`    /ip dns set verify-doh-cert=yes use-doh-server="`, routerText(s.URL), `"`)
	p.line(`} on-error={ :put "lachan: DoH: certificate or clock" }`)
}

func (s *Server) routerOSFirewall(p *page) {
	own4, own6 := byVersion(s.Addrs)
	doh4, doh6 := families(knownDoH)
	for _, f := range []struct {
		menu     string
		own, doh []string
	}{{"/ip firewall", own4, doh4}, {"/ipv6 firewall", own6, doh6}} {
		p.line(f.menu, " address-list remove [find comment=lachan]")
		for _, list := range []struct {
			name string
			of   []string
		}{{"lachan-own", f.own}, {"lachan-doh", f.doh}} {
			if len(list.of) > 0 {
				p.line(`:foreach a in={"`, strings.Join(list.of, `";"`), `"} do={`)
				p.line("    ", f.menu, " address-list add list=", list.name, " address=$a comment=lachan")
				p.line("}")
			}
		}
		p.line(f.menu, " raw remove [find comment=lachan]")
		drop := f.menu + " raw add chain=prerouting in-interface-list=LAN src-address-list=!lachan-own" +
			" action=drop comment=lachan"
		for _, protocol := range []string{"tcp", "udp"} {
			p.line(drop, " protocol=", protocol, " dst-port=853 dst-address-list=!lachan-own")
			p.line(drop, " protocol=", protocol, " dst-port=443 dst-address-list=lachan-doh")
		}
	}
	p.line("/ipv6 firewall filter remove [find comment=lachan]") // version 4 is redirected
	for _, protocol := range []string{"tcp", "udp"} {
		p.line("/ipv6 firewall filter add chain=forward in-interface-list=LAN src-address-list=!lachan-own",
			" dst-address-list=!lachan-own protocol=", protocol, " dst-port=53 action=drop comment=lachan")
	}
	p.line("/ip firewall nat remove [find comment=lachan]")
	for _, protocol := range []string{"tcp", "udp"} {
		p.line("/ip firewall nat add chain=dstnat in-interface-list=LAN src-address-list=!lachan-own dst-address-list=!lachan-own",
			" protocol=", protocol, " dst-port=53 action=redirect comment=lachan")
	}
}

// routerText is a text within the quotes of RouterOS.
func routerText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, `?`, `\?`).Replace(text)
}
