package format_test

import (
	"bufio"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// sharedData is where the real lists are, which are not part of the
// repository.
const sharedData = "../../../shared/data"

func openReal(t testing.TB, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedData, name))
	if err != nil {
		t.Skipf("real data absent: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// realLists are the lists with the format that each is published in.
var realLists = map[string]format.Format{
	"blp-drugs.hosts":              format.Hosts,
	"blp-facebook.hosts":           format.Hosts,
	"blp-malware.ips":              format.Addresses,
	"blp-phishing.domains":         format.Domains,
	"blp-redirect.hosts":           format.Hosts,
	"blp-scam.hosts":               format.Hosts,
	"blp-tiktok.hosts":             format.Hosts,
	"blp-youtube.hosts":            format.Hosts,
	"chongluadao-phishing.adblock": format.Adblock,
	"hostsvn-ads.dnsmasq":          format.Dnsmasq,
	"hostsvn-adult.domains":        format.Domains,
	"hostsvn-gambling.hosts":       format.Hosts,
	"hostsvn-threat.adblock":       format.Adblock,
}

func TestEveryRealListIsRecognisedByItsContentAlone(t *testing.T) {
	for list, want := range realLists {
		head := make([]byte, 64<<10)
		n, _ := bufio.NewReader(openReal(t, "lists/"+list)).Read(head)
		for _, size := range []int{n, 4096} {
			if got, err := format.Detect(head[:size], ""); got != want || err != nil {
				t.Errorf("Detect(%s, first %d octets) = %q, %v; want %q", list, size, got, err, want)
			}
		}
	}
}

func TestEveryValidNameOfEveryRealListIsARule(t *testing.T) {
	for list, want := range realLists {
		t.Run(list, func(t *testing.T) {
			names := make(map[string]bool)
			prefixes := make(map[netip.Prefix]bool)
			sum, err := format.Parse(openReal(t, "lists/"+list), format.Auto, format.Options{Subdomains: true, Name: list},
				func(r format.Rule) error {
					names[r.Name] = true
					prefixes[r.Prefix] = true
					return plainlyFormed(r)
				},
				func(r format.Reject) { t.Logf("%d: %s %q: %s", r.Line, r.Reason, r.Detail, r.Text) })
			if err != nil || sum.Format != want {
				t.Fatalf("read as %q: %v", sum.Format, err)
			}
			t.Logf("%d lines, %d comments, %d rules, %d rejected %v", sum.Lines, sum.Comments, sum.Rules, sum.Rejected, sum.ByReason)
			in := bufio.NewScanner(openReal(t, "lists/"+list))
			for in.Scan() {
				entry := plainEntry(in.Text())
				if want == format.Addresses {
					if prefix, ok := plainPrefix(entry); ok && !prefixes[prefix] {
						t.Errorf("prefix %q is no rule", entry)
					}
				} else if isValid(entry) && !names[entry] {
					t.Errorf("name %q is no rule", entry)
				}
			}
		})
	}
}

// plainEntry is the reader that the lists are compared with: it takes off what
// these lists have around an entry and knows nothing else.
func plainEntry(line string) string {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' || line[0] == '!' {
		return ""
	}
	line = strings.TrimPrefix(line, "0.0.0.0 ")
	line = strings.TrimPrefix(line, "||")
	line = strings.TrimSuffix(line, "^")
	line = strings.TrimPrefix(line, "local=/")
	line = strings.TrimSuffix(line, "/")
	return strings.ToLower(strings.TrimSpace(line))
}

// isValid: labels of letters, digits, '-' and '_', two or more, neither a
// public suffix nor an address.
func isValid(name string) bool {
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	_, err := netip.ParseAddr(name)
	return err != nil && len(labels) > 1 && len(name) <= 253 && !domain.IsPublicSuffix(name)
}

func plainPrefix(entry string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(entry); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), !a.IsPrivate() && !a.IsLoopback() && !a.IsUnspecified()
	}
	prefix, err := netip.ParsePrefix(entry)
	return prefix.Masked(), err == nil && !prefix.Addr().IsPrivate()
}
