package format_test

import (
	"strings"
	"testing"

	"lachan/blocklist/format"
)

var withSubdomains = format.Options{Subdomains: true}

func TestHostsBlockTheNamesBehindASink(t *testing.T) {
	f := claims(t, format.Hosts, withSubdomains)
	f("0.0.0.0 a.example", "tree a.example")
	f("127.0.0.1\ta.example b.example  c.example", "tree a.example", "tree b.example", "tree c.example")
	f(":: a.example\n::1 b.example\n0.0.0.1 c.example\nfe80::1%lo0 d.example",
		"tree a.example", "tree b.example", "tree c.example", "tree d.example")
	f("::ffff:0.0.0.0 a.example\n240.0.0.1 b.example\n255.255.255.255 c.example\n239.1.1.1 d.example",
		"tree a.example", "tree b.example", "tree c.example", "tree d.example")
	f("  0.0.0.0   A.Example.  # why", "tree a.example")
	f("0.0.0.0 a.example#see b.example", "tree a.example")
	f("0.0.0.0 a.example # b.example", "tree a.example")
	f("# all\n! kinds\n; of\n// comments\n\n\r\n")
	f("a.example # why", "tree a.example") // no address, but clear enough
	f("0.0.0.0 # nothing", "- 1 address_among_names: 0.0.0.0")

	f("93.184.216.34 a.example", "- 1 real_address: 93.184.216.34")
	f("192.168.1.5 nas.example", "- 1 real_address: 192.168.1.5")
	f("0.0.0.0 192.0.2.7", "- 1 address_among_names: 192.0.2.7")
	f("0.0.0.0 0.0.0.0", "- 1 address_among_names: 0.0.0.0")
	f("this is prose", "- 1 not_an_entry: this")
}

func TestLocalNamesAreNotBlocked(t *testing.T) {
	f := claims(t, format.Hosts, withSubdomains)
	f("127.0.0.1 localhost localhost.localdomain local", "- 1 local_name: localhost", "- 1 local_name: localhost.localdomain", "- 1 local_name: local")
	f("255.255.255.255 broadcasthost", "- 1 local_name: broadcasthost")
	f("::1 ip6-localhost ip6-loopback\nff02::1 ip6-allnodes", "- 1 local_name: ip6-localhost", "- 1 local_name: ip6-loopback", "- 2 local_name: ip6-allnodes")
	f("0.0.0.0 router", "- 1 local_name: router")
	f("0.0.0.0 cdn.example.localdomain", "tree cdn.example.localdomain") // odd, but a name
}

func TestDomainsAreNamesOrTheHostsOfURLs(t *testing.T) {
	f := claims(t, format.Domains, withSubdomains)
	f("a.example\nB.Example.\n", "tree a.example", "tree b.example")
	f("a.example # why\nb.example ! why\nc.example ; why\nd.example\t// why", "tree a.example", "tree b.example", "tree c.example", "tree d.example")
	f("*.a.example\n.b.example", "tree a.example", "tree b.example")
	f("http://a.example/login.php?x=1\nhttps://user:pw@b.example:8443/\nc.example:8080\nd.example/",
		"tree a.example", "tree b.example", "tree c.example", "tree d.example")
	f("hxxps://evil[.]a[.]example/x\nhxxpsite.example/", "tree evil.a.example", "tree hxxpsite.example")
	f("-a.example\nb-.example\n_c.example\nd_e.example", "tree -a.example", "tree b-.example", "tree _c.example", "tree d_e.example")
	f("ads*.a.example\nADS*.B.Example", `regex ^ads.*\.a\.example$`, `regex ^ads.*\.b\.example$`)
	f("https://@a.example/\na.example  \t # why", "tree a.example", "tree a.example")
	f("a.example:80x\na/b/", "- 1 bad_name: a.example:80x", "- 2 local_name: a")
	for _, as := range []format.Format{format.Domains, format.Hosts, format.Wildcard} { // what is written as a rule is one
		claims(t, as, withSubdomains)("||a.example^\n@@||b.example^\n/^ads\\d\\.example$/", "tree a.example", "tree b.example allow", `regex ^ads\d\.example$`)
	}
	f("cốccốc.example\nxn--bcher-kva.example", "tree xn--cccc-0x5ac.example", "tree xn--bcher-kva.example")
	f("0.0.0.0 a.example", "tree a.example") // a line of a hosts file

	f("192.0.2.1\n2001:db8::1\n[2001:db8::1]:80\n192.0.2.1:80\nhttp://192.0.2.1/x",
		"- 1 address_among_names: 192.0.2.1", "- 2 address_among_names: 2001:db8::1", "- 3 address_among_names: 2001:db8::1",
		"- 4 address_among_names: 192.0.2.1", "- 5 address_among_names: 192.0.2.1")
	f("com\nvn\nedu.vn\n*.gov.vn\nfoo.ck", "- 1 public_suffix: com", "- 2 public_suffix: vn", "- 3 public_suffix: edu.vn",
		"- 4 public_suffix: gov.vn", "- 5 public_suffix: foo.ck")
	f("github.io", "tree github.io") // a suffix of a company, not of ICANN
	f("a..example\n"+strings.Repeat("a", 64)+".example", "- 1 bad_length: a..example", "- 2 bad_length: "+strings.Repeat("a", 64)+".example")
	f("a b\na$.example\nuser@a.example", "- 1 not_an_entry: a", "- 2 bad_name: a$.example", "- 3 bad_name: user@a.example")
	f("*\n*.*", "- 1 too_broad: ^.*$", "- 2 too_broad: ^.*\\..*$")
	f("*com\n*.vn*", `- 1 public_suffix: .com`, `- 2 public_suffix: .vn`)
	f("https://", "- 1 no_name")
}

func TestSubdomainsIsSaidByTheOption(t *testing.T) {
	claims(t, format.Hosts, format.Options{})("0.0.0.0 a.example", "name a.example")
	f := claims(t, format.Domains, format.Options{})
	f("a.example\n*.b.example\n.c.example", "name a.example", "tree b.example", "tree c.example")
	f("com", "name com") // the name alone takes nobody's site with it
}

func TestAPathIsNeverWidenedToASharedHost(t *testing.T) {
	f := claims(t, format.Domains, withSubdomains)
	f("https://facebook.com/some.page", "- 1 path_on_shared_host: facebook.com")
	f("https://sites.google.com/view/x", "- 1 path_on_shared_host: sites.google.com")
	f("docs.google.com/forms/d/1", "- 1 path_on_shared_host: docs.google.com")
	f("https://facebook.com/#!/page", "- 1 path_on_shared_host: facebook.com")
	f("https://www.youtube.com?v=1", "- 1 path_on_shared_host: www.youtube.com")
	f("https://facebook.com/", "tree facebook.com") // the whole site, as it says
	f("https://own-site.example/some.page", "tree own-site.example")
}

func TestWildcardCoversASiteWithItsStar(t *testing.T) {
	f := claims(t, format.Wildcard, withSubdomains)
	f("*.a.example\nb.example\n.c.example", "tree a.example", "name b.example", "tree c.example")
	f("*-ads.a.example\na.*.example", `regex ^.*-ads\.a\.example$`, `regex ^a\..*\.example$`)
	f("*.co.uk", "- 1 public_suffix: co.uk")
	f("*ä.example", "- 1 bad_name: *ä.example")
	f(".ads*.example", "- 1 bad_name: .ads*.example") // nothing begins with a dot
}

func TestAddressesBecomePrefixes(t *testing.T) {
	f := claims(t, format.Addresses, format.Options{})
	f("192.0.2.1\n2001:db8::1\n::ffff:192.0.2.9", "prefix 192.0.2.1/32", "prefix 2001:db8::1/128", "prefix 192.0.2.9/32")
	f("192.0.2.129/25\n2001:db8:1::5/48", "prefix 192.0.2.128/25", "prefix 2001:db8:1::/48")
	f("::ffff:192.0.2.7/120\n\n20.0.0.0/8\n2001::/16\nx", "prefix 192.0.2.0/24", "prefix 20.0.0.0/8", "prefix 2001::/16", "- 5 bad_address: x")
	f("20.0.0.0/7\n2000::/15", "- 1 too_broad: 20.0.0.0/7", "- 2 too_broad: 2000::/15")
	f("192.0.2.1-192.0.2.6\n198.51.100.0 - 198.51.100.255", "prefix 192.0.2.1/32", "prefix 192.0.2.2/31", "prefix 192.0.2.4/31",
		"prefix 192.0.2.6/32", "prefix 198.51.100.0/24")
	f("2001:db8::-2001:db8::3", "prefix 2001:db8::/126")
	f("192.0.2.0/24 ; SBL1\n198.51.100.7 # why\n203.0.113.9;x\n# c\n; c", "prefix 192.0.2.0/24", "prefix 198.51.100.7/32", "prefix 203.0.113.9/32")

	f("10.1.2.3\n127.0.0.2\n169.254.1.1\n172.16.0.0/12\n192.168.1.1\n0.0.0.0\n224.0.0.1\n::1\nfd00::1\nfe80::1",
		"- 1 reserved_address: 10.1.2.3/32", "- 2 reserved_address: 127.0.0.2/32", "- 3 reserved_address: 169.254.1.1/32",
		"- 4 reserved_address: 172.16.0.0/12", "- 5 reserved_address: 192.168.1.1/32", "- 6 reserved_address: 0.0.0.0/32",
		"- 7 reserved_address: 224.0.0.1/32", "- 8 reserved_address: ::1/128", "- 9 reserved_address: fd00::1/128", "- 10 reserved_address: fe80::1/128")
	f("0.0.0.0/0\n::/0\n172.0.0.0/8", "- 1 reserved_address: 0.0.0.0/0", "- 2 reserved_address: ::/0", "- 3 reserved_address: 172.0.0.0/8")
	f("16.0.0.0/6\n2000::/3", "- 1 too_broad: 16.0.0.0/6", "- 2 too_broad: 2000::/3")
	f("9.255.255.255-10.0.0.1", "- 1 reserved_address: 10.0.0.0/31") // nothing of it
	f("192.0.2.9-192.0.2.1\n192.0.2.1-2001:db8::1\n192.0.2.0/33\na.example\nfe80::1%eth0",
		"- 1 bad_address: 192.0.2.9-192.0.2.1", "- 2 bad_address: 192.0.2.1-2001:db8::1", "- 3 bad_address: 192.0.2.0/33",
		"- 4 bad_address: a.example", "- 5 bad_address: fe80::1%eth0")
}

func TestRegexHasABoundOfCost(t *testing.T) {
	f := claims(t, format.Regex, format.Options{})
	f(`(^|\.)ads[0-9]+\.example$`, `regex (^|\.)ads[0-9]+\.example$`)
	f(`/^bet.+\.example$/`, `regex ^bet.+\.example$`)
	f("^a\\.example$ # why\n# c\n! c\n\n", `regex ^a\.example$`)
	f(`^Ads\S+\.example$`, `regex (?i)^Ads\S+\.example$`) // names are lower case
	f(`^\S+-ads\.example$`, `regex ^\S+-ads\.example$`)
	f(`^Z+a\.example$`, `regex (?i)^Z+a\.example$`)
	f(`\.ru$`, `regex \.ru$`)

	f(`(?=a)b`, "- 1 bad_regex: error parsing regexp: invalid or unsupported Perl syntax: `(?=`")
	f(`a(`, "- 1 bad_regex: error parsing regexp: missing closing ): `a(`")
	f(`(a{100}){10}`, `- 1 costly_regex: (a{100}){10}`)
	f(`(a{1000}){1000}`, "- 1 costly_regex: error parsing regexp: invalid repeat count: `{1000}`")
	f(strings.Repeat("a|", 600), "- 1 costly_regex")
	long := func(size int) string { return "^a[" + strings.Repeat("b", size-len(`^a[]\.example$`)) + `]\.example$` }
	f(long(1024), "regex "+long(1024))
	f(long(1025), "- 1 costly_regex")
	f("/"+long(1024)+"/", "regex "+long(1024)) // the slashes are none of it
	f(strings.Repeat("a", 498), "regex "+strings.Repeat("a", 498))
	f(strings.Repeat("a", 499), "- 1 costly_regex: "+strings.Repeat("a", 120))
	f("/\n//", "regex /", "regex //") // nothing is between them
	f(";option", "- 1 modifier: ;option")
	f(`.*`, "- 1 too_broad: .*")
	f(`.`, "- 1 too_broad: .")
	f(`^[a-z.]+$`, "- 1 too_broad: ^[a-z.]+$")
	f(`\.com$`, "- 1 public_suffix: .com")
	f(`\.edu\.vn$`, "- 1 public_suffix: .edu.vn")
	f(`^a\.example$;querytype=A`, "- 1 modifier: ;querytype=A")
}
