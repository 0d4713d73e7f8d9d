package format_test

import (
	"testing"

	"lachan/blocklist/format"
)

func TestAdblockPatternsOfNames(t *testing.T) {
	f := claims(t, format.Adblock, withSubdomains)
	f("||a.example^", "tree a.example")
	f("||A.Example.^\n||cốccốc.example^", "tree a.example", "tree xn--cccc-0x5ac.example")
	f("||a.example\n||a.example^|\n||a.example|\n||a.example^*\n||a.example/\n||a.example/*",
		"tree a.example", "tree a.example", "tree a.example", "tree a.example", "tree a.example", "tree a.example")
	f("|a.example^\n|https://b.example^\n://c.example/\n|http://d.example|", "name a.example", "name b.example", "name c.example", "name d.example")
	f("a.example^\n.b.example^\n||*.c.example^\n*.d.example", "tree a.example", "below b.example", "below c.example", "below d.example")
	f("a.example\n0.0.0.0 b.example c.example", "name a.example", "name b.example", "name c.example")
	f("@@||a.example^", "tree a.example allow")
	f("! c\n[Adblock Plus 2.0]\n# c\n#\n##\n### c ###\n\n||a.example^ # why", "tree a.example")

	f("||com^\n||edu.vn^\n@@||vn^\n||*.co.uk^", "- 1 public_suffix: com", "- 2 public_suffix: edu.vn", "- 3 public_suffix: vn", "- 4 public_suffix: co.uk")
	f("||192.0.2.1^\n||localhost^", "- 1 address_among_names: 192.0.2.1", "- 2 local_name: localhost")
	f("||^\n||*^\n*", "- 1 too_broad", `- 2 too_broad: ^(?:.*\.)?.*$`, "- 3 too_broad: .*")
	f("some words here", "- 1 not_an_entry: words here")
	f("/\n//\n@@//\n//$important", "- 1 too_broad", "- 2 path: /", "- 3 path: /", "- 4 path: /") // no expressions
}

func TestAdblockStarsAndExpressions(t *testing.T) {
	f := claims(t, format.Adblock, withSubdomains)
	f("||ads*.a.example^", `regex ^(?:.*\.)?ads.*\.a\.example$`)
	f("|ads*.a.example^", `regex ^ads.*\.a\.example$`)
	f("*ads.a.example^", `regex .*ads\.a\.example$`)
	f("||adserver.", `regex ^(?:.*\.)?adserver\.`) // how a name begins
	f(`/^ads\d+\.example$/`, `regex ^ads\d+\.example$`)
	f(`/^ads\d+\.example$/$important`, `regex ^ads\d+\.example$ important`)
	f(`@@/^good\d+\.example$/`, `regex ^good\d+\.example$ allow`)
	f(`/a(?!b)/`, "- 1 bad_regex: error parsing regexp: invalid or unsupported Perl syntax: `(?!`")
	f(`/^https?:\/\/ads/`, `- 1 path: ^https?:\/\/ads`)
}

func TestAdblockModifiersThatDNSCanFollow(t *testing.T) {
	f := claims(t, format.Adblock, withSubdomains)
	f("||a.example^$important", "tree a.example important")
	f("||a.example^$badfilter", "tree a.example bad")
	f("@@||a.example^$important,badfilter", "tree a.example allow important bad")
	f("||a.example^$denyallow=c.a.example|B.A.example", "tree a.example but b.a.example c.a.example")
	f("||a.example^$dnstype=AAAA|A", "tree a.example types [1 28]")
	f("||a.example^$dnstype=~https|~TYPE64", "tree a.example types [64 65] not")
	f("||a.example^$all\n||b.example^$document\n||c.example^$doc,popup", "tree a.example", "tree b.example", "tree c.example")
	f("a.example$important", "name a.example important")
}

func TestAdblockNeverWidensARule(t *testing.T) {
	f := claims(t, format.Adblock, withSubdomains)
	f("||a.example^$third-party", "- 1 modifier: third-party")
	f("||a.example^$important,script,domain=b.example", "- 1 modifier: script")
	f("||a.example^$popup,third-party", "- 1 modifier: third-party")
	f("||a.example^$dnsrewrite=192.0.2.1", "- 1 other_answer: dnsrewrite=192.0.2.1")
	f("||a.example^$client=192.0.2.1", "- 1 client_modifier: client=192.0.2.1")
	f("||a.example^$dnstype=A|~AAAA", "- 1 modifier: dnstype=A|~AAAA")
	for _, types := range []string{"NOTYPE", "~A|AAAA", "28", "TYPE0", "TYPE65536", "TYPE", ""} {
		f("||a.example^$dnstype="+types, "- 1 modifier: dnstype="+types)
	}
	f("||a.example^$dnstype=TYPE1|TYPE65535", "tree a.example types [1 65535]")
	f("||a.example^$denyallow=", "- 1 modifier: denyallow=")
	f("||a.example^$important=1", "- 1 modifier: important=1")
	f("||a.example^$", "- 1 modifier")
	f("||a.example^$,third-party", "- 1 modifier")
	f("||a.example/banner.js\n||a.example^ads^\n||a.example:8080^\n&ad_box=", "- 1 path: a.example/banner.js",
		"- 2 path: a.example^ads", "- 3 path: a.example:8080", "- 4 path: &ad_box=")
	f("a.example##.banner\n##.ad\na.example#@#.ad\na.example#?#div\na.example#$#x\na.example$$script", "- 1 cosmetic", "- 2 cosmetic",
		"- 3 cosmetic", "- 4 cosmetic", "- 5 cosmetic", "- 6 cosmetic")
	f("$$script[tag-content=\"ads\"]", "- 1 cosmetic")
	f("banner", "- 1 local_name: banner")
	f("### c\n##x\n#!c", "- 2 cosmetic") // the others are comments
	f("/ads c/\n/b/", "regex ads c", "regex b")
	f("||*.ads*.a.example^", `regex ^(?:.*\.)?.*\.ads.*\.a\.example$`)
	f("|ftp://a.example^\n/banner\n"+`/a\/$b/`, "- 1 path: ftp://a.example", "- 2 path: /banner", `- 3 path: a\/$b`)
}
