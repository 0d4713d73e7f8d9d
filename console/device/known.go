package device

import "net/netip"

// knownDoH are addresses of public encrypted resolvers, as their keepers publish
// them (November 2026). A device that has one of these written in asks no name
// first, so that only a firewall shuts it.
var knownDoH = []string{
	"1.0.0.1", "1.0.0.2", "1.0.0.3", "1.1.1.1", "1.1.1.2", "1.1.1.3", // Cloudflare
	"2606:4700:4700::1001", "2606:4700:4700::1002", "2606:4700:4700::1003",
	"2606:4700:4700::1111", "2606:4700:4700::1112", "2606:4700:4700::1113",
	"8.8.4.4", "8.8.8.8", "2001:4860:4860::8844", "2001:4860:4860::8888", // Google
	"9.9.9.9", "9.9.9.10", "9.9.9.11", "149.112.112.10", "149.112.112.11", "149.112.112.112", // Quad9
	"2620:fe::9", "2620:fe::10", "2620:fe::11", "2620:fe::fe",
	"45.90.28.0/24", "45.90.30.0/24", "2a07:a8c0::/32", "2a07:a8c1::/32", // NextDNS
	"76.76.2.0/24", "76.76.10.0/24", "2606:1a40::/32", // Control D
	"94.140.14.14", "94.140.14.15", "94.140.14.140", "94.140.14.141", "94.140.15.15", "94.140.15.16", // AdGuard
	"2a10:50c0::ad1:ff", "2a10:50c0::ad2:ff",
	"185.228.168.9", "185.228.168.10", "185.228.168.168", "185.228.169.9", "185.228.169.11", // CleanBrowsing
	"208.67.220.123", "208.67.220.220", "208.67.222.123", "208.67.222.222", "2620:119:35::35", "2620:119:53::53", // OpenDNS
	"194.242.2.0/24", "2a07:e340::2", // Mullvad
	"77.88.8.1", "77.88.8.2", "77.88.8.3", "77.88.8.7", "77.88.8.8", "77.88.8.88", // Yandex
	"223.5.5.5", "223.6.6.6", "2400:3200::1", "2400:3200:baba::1", // AliDNS
	"1.12.12.12", "120.53.53.53", "101.101.101.101", "185.222.222.222", "45.11.45.11",
}

// families parts addresses and prefixes by their version.
func families(texts []string) (v4, v6 []string) {
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if a, err2 := netip.ParseAddr(text); err != nil && err2 == nil {
			p = netip.PrefixFrom(a, a.BitLen())
		}
		if p.Addr().Is4() {
			v4 = append(v4, text)
		} else {
			v6 = append(v6, text)
		}
	}
	return v4, v6
}

// byVersion parts addresses by their version.
func byVersion(addrs []netip.Addr) (v4, v6 []string) {
	var texts []string
	for _, a := range addrs {
		texts = append(texts, a.String())
	}
	return families(texts)
}
