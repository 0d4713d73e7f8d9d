package device

import "strings"

// openWrt are uci commands for the dnsmasq and the firewall of OpenWrt. They keep
// what the administrator has written for single domains, and set the other servers
// aside, from where the commands to undo take them back.
func (s *Server) openWrt() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.forwarder("# ", textOpenWrt)
	const own = "dhcp.@dnsmasq[0]."
	p.line("uci set ", own, "noresolv='1'")
	p.note(textOpenWrtRebind)
	p.line("uci set ", own, "rebind_protection='0'")
	values := s.dnsmasqServers()
	for _, value := range values {
		p.line("uci -q del_list ", own, "server='", value, "'")
	}
	p.note(textOpenWrtAside)
	p.line(`for s in $(uci -q get `, own, `server); do case "$s" in /*) ;; *)`)
	p.line(`  uci del_list `, own, `server="$s"; uci add_list `, own, `lachan_before="$s";; esac; done`)
	for _, value := range values {
		p.line("uci add_list ", own, "server='", value, "'")
	}
	p.note(textFirewall)
	s.openWrtFirewall(p)
	p.line("uci commit dhcp")
	p.line("uci commit firewall")
	p.line("service dnsmasq restart")
	p.line("service firewall restart")
	p.note(textUndo)
	p.line("# uci set ", own, "noresolv='0'; uci set ", own, "rebind_protection='1'")
	for _, value := range values {
		p.line("# uci del_list ", own, "server='", value, "'")
	}
	p.line(`# for s in $(uci -q get `, own, `lachan_before); do uci add_list `, own, `server="$s"; done`)
	p.line("# uci -q delete ", own, "lachan_before")
	p.line("# for r in from4 to4 from6 to6 dns dns4 dns6 dot doh4 doh6; do uci -q delete firewall.lachan_$r; done")
	p.line("# uci commit; service dnsmasq restart; service firewall restart")
	return s.end(p, false), nil
}

// openWrtFirewall sends DNS to the router and shuts encrypted resolvers. Sections
// have names of ours, so that running it again changes nothing else.
func (s *Server) openWrtFirewall(p *page) {
	section := func(name, kind string, options ...string) {
		at := "firewall.lachan_" + name
		p.line("uci -q delete ", at)
		p.line("uci set ", at, "=", kind)
		p.line("uci set ", at, ".name='lachan-", name, "'")
		p.line("uci set ", at, ".src='lan'")
		p.line("uci set ", at, ".proto='tcp udp'")
		for i := 0; i+1 < len(options); i += 2 {
			for _, value := range strings.Fields(options[i+1]) {
				if strings.HasSuffix(options[i], "_ip") && kind == "rule" {
					p.line("uci add_list ", at, ".", options[i], "='", value, "'")
				}
			}
			if !strings.HasSuffix(options[i], "_ip") || kind != "rule" {
				p.line("uci set ", at, ".", options[i], "='", options[i+1], "'")
			}
		}
	}
	own4, own6 := byVersion(s.Addrs)
	doh4, doh6 := families(knownDoH)
	for _, own := range []struct {
		version, family string
		addrs           []string
	}{{"4", "ipv4", own4}, {"6", "ipv6", own6}} {
		if addrs := strings.Join(own.addrs, " "); addrs != "" {
			open := []string{"dest", "wan", "family", own.family, "dest_port", "53 443 853", "target", "ACCEPT"}
			section("from"+own.version, "rule", append(open, "src_ip", addrs)...)
			section("to"+own.version, "rule", append(open, "dest_ip", addrs)...)
		}
	}
	if a := onlyV4(s.Addrs); a.IsValid() || len(own4) == 0 {
		options := []string{"family", "ipv4", "src_dport", "53", "dest_port", "53", "target", "DNAT"}
		if a.IsValid() {
			options = append(options, "src_ip", "!"+a.String(), "src_dip", "!"+a.String())
		}
		section("dns", "redirect", options...)
	} else { // a redirect cannot leave out more than one address
		section("dns4", "rule", "dest", "wan", "family", "ipv4", "dest_port", "53", "target", "REJECT")
	}
	section("dns6", "rule", "dest", "wan", "family", "ipv6", "dest_port", "53", "target", "REJECT")
	section("dot", "rule", "dest", "wan", "dest_port", "853", "target", "REJECT")
	shut := []string{"dest", "wan", "dest_port", "443", "target", "REJECT"}
	section("doh4", "rule", append(shut, "family", "ipv4", "dest_ip", strings.Join(doh4, " "))...)
	section("doh6", "rule", append(shut, "family", "ipv6", "dest_ip", strings.Join(doh6, " "))...)
}
