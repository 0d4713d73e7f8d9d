package device

import "strings"

// nftables is a table of its own for the firewall of a router that runs Linux: it
// changes no other table.
func (s *Server) nftables() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	p := s.snippet("# ", textNFTables)
	p.note(textFirewall)
	p.line(`define lan = { "br-lan", "eth1" }`)
	p.line("table inet lachan")
	p.line("delete table inet lachan")
	p.line("table inet lachan {")
	own4, own6 := byVersion(s.Addrs)
	doh4, doh6 := families(knownDoH)
	set := func(name, kind string, elements []string) {
		p.line("    set ", name, " {")
		p.line("        type ", kind)
		p.line("        flags interval")
		if len(elements) > 0 {
			p.line("        elements = { ", strings.Join(elements, ", "), " }")
		}
		p.line("    }")
	}
	set("own4", "ipv4_addr", own4)
	set("own6", "ipv6_addr", own6)
	set("doh4", "ipv4_addr", doh4)
	set("doh6", "ipv6_addr", doh6)
	p.line("    chain dns {")
	p.line("        type nat hook prerouting priority dstnat; policy accept;")
	for _, family := range []string{"ip", "ip6"} {
		set := strings.Replace(family, "ip6", "own6", 1)
		set = strings.Replace(set, "ip", "own4", 1)
		p.line("        iifname $lan ", family, " saddr != @", set, " ", family, " daddr != @", set, " meta l4proto { tcp, udp } th dport 53 redirect to :53")
	}
	p.line("    }")
	p.line("    chain encrypted {")
	p.line("        type filter hook forward priority filter - 5; policy accept;")
	for _, own := range []string{"ip saddr @own4", "ip daddr @own4", "ip6 saddr @own6", "ip6 daddr @own6"} {
		p.line("        iifname $lan ", own, " accept")
	}
	p.line("        iifname $lan meta l4proto { tcp, udp } th dport 853 reject")
	p.line("        iifname $lan ip daddr @doh4 meta l4proto { tcp, udp } th dport 443 reject")
	p.line("        iifname $lan ip6 daddr @doh6 meta l4proto { tcp, udp } th dport 443 reject")
	p.line("    }")
	p.line("}")
	p.note(textUndo)
	p.line("# nft delete table inet lachan")
	return p.String(), nil
}
