package format_test

import (
	"testing"

	"lachan/blocklist/format"
)

// Public suffixes are refused in every format, unless the list may cover them.
func TestAListMayCoverPublicSuffixesByWord(t *testing.T) {
	f := func(as format.Format, text, word string) {
		t.Helper()
		claims(t, as, withSubdomains)(text, "- 1 public_suffix: "+word)
		may := withSubdomains
		may.Suffixes = true
		want := "tree " + word
		switch as {
		case format.RPZ:
			want = "below " + word
		case format.Regex:
			want = "regex " + text
		}
		claims(t, as, may)(text, want)
	}
	f(format.Domains, "zip", "zip")
	f(format.Domains, "*.edu.vn", "edu.vn")
	f(format.Hosts, "0.0.0.0 zip", "zip")
	f(format.Wildcard, "*.zip", "zip")
	f(format.Adblock, "||zip^", "zip")
	f(format.Adblock, "||com.vn^", "com.vn")
	f(format.Dnsmasq, "address=/zip/", "zip")
	f(format.Unbound, `local-zone: "zip" always_nxdomain`, "zip")
	f(format.CSV, "zip", "zip")
	f(format.Regex, `\.com$`, ".com")

	may := withSubdomains
	may.Suffixes = true
	claims(t, format.Regex, may)(".*", "- 1 too_broad: .*")
	claims(t, format.Domains, may)("localhost\nrouter", "- 1 local_name: localhost", "- 2 local_name: router")
}

// A list of top-level names alone is recognised, whether or not it may cover them.
func TestListsOfTopLevelNamesAreRecognised(t *testing.T) {
	for text, want := range map[string]format.Format{
		"zip\nmov\n": format.Domains, "||zip^\n||mov^\n": format.Adblock, "*.zip CNAME .\n*.mov CNAME .\n": format.RPZ,
		"*.zip\n*.mov\n": format.Wildcard, "0.0.0.0 zip\n": format.Hosts,
	} {
		if got, err := format.Detect([]byte(text), ""); got != want || err != nil {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
}
