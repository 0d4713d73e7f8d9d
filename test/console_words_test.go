package test

import (
	"cmp"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestEveryWordOfAVietnamesePageIsVietnamese opens each page as each role and reads what is
// not marked as another language, as the text of others or as something to be copied: each
// word can be a syllable of Vietnamese, or is a name or a loanword that people here use, and
// thousands have their point.
func TestEveryWordOfAVietnamesePageIsVietnamese(t *testing.T) {
	t.Parallel()
	_, people := peopled(t)
	words, told, opened := newEnglish(), map[string]bool{}, 0
	for _, who := range everyRole() {
		role, _, _ := strings.Cut(who, "@")
		if languageOf[role] == "en" {
			continue
		}
		// Whoever it is, the language is one's own to choose.
		people[who].sends("/account", "do", "told", "language", cmp.Or(languageOf[role], "both"), "notify", "never")
		for _, path := range pagesOf(role) {
			_, page, _ := people[who].get(path)
			opened++
			for _, line := range saidIn(t, page) {
				if ofOthers(line) {
					continue
				}
				for _, word := range words.foreign(line) {
					if !told[word] {
						t.Errorf("%s by %s: %q in %q", path, role, word, line)
					}
					told[word] = true
				}
			}
		}
	}
	t.Logf("%d pages read", opened)
}

// saidIn are the lines of a page that its reader is told in the language of the page.
func saidIn(t *testing.T, page string) (lines []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			if line := strings.Join(strings.Fields(n.Data), " "); line != "" {
				lines = append(lines, line)
			}
			return
		case n.Type == html.ElementNode && apart(n):
			return
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return lines
}

// apart reports whether what an element has is not said in the language of the page.
func apart(n *html.Node) bool {
	switch n.Data {
	case "head", "script", "style", "option", "textarea", "code", "pre":
		return true
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "lang" && a.Val == "en", a.Key == "translate" && a.Val == "no":
			return true
		case a.Key == "class" && regexp.MustCompile(`\bcode\b`).MatchString(a.Val):
			return true
		}
	}
	return false
}

// ofOthers reports whether a line has what others wrote.
func ofOthers(line string) bool {
	return strings.Contains(line, "window.ran") || strings.Contains(line, ".example") || strings.Contains(line, "Block List Project")
}

// syllable is what a syllable of Vietnamese without its signs is made of.
var syllable = regexp.MustCompile(`^(?i:(b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr?|v|x)?` +
	`(ai|ao|au|ay|a|eo|e|ia|ieu|iu|i|oai|oao|oay|oa|oeo|oe|oi|oo|o|ua|ui|uoi|uou|uo|uu|uy|uya|u|yeu|y)(ch?|m|ng?|nh|p|t)?)$`)

// identifier is what is written as it is: paths, addresses, names of units and of files.
var identifier = regexp.MustCompile(`\S*[\w-][._/@:-]\w\S*`)

// latin is a word of letters without signs; one with signs is no English.
var latin = regexp.MustCompile(`[\pL\pM][\pL\pM'’-]*`)

// loanwords are names, units and words that people here write as others do.
func loanwords() map[string]bool {
	words := map[string]bool{}
	for _, word := range strings.Fields(allowedWords) {
		words[strings.ToLower(word)] = true
	}
	return words
}

const allowedWords = `DNS DOCX PDF XLSX HTML CSV Excel MiB web DHCP HTTPS VPN Proxy Tor DoH relay video torrent passkey default
	OpenWrt MikroTik pfSense dnsmasq NXDOMAIN NODATA EDE II III IV VI CN Asia
	hostsVN ABPVN HaGeZi Toulouse ShadowWhisperer oisd Sinfonietta URLhaus Phishing Army Database CERT Polska Jarelllama NextDNS
	AdGuard StevenBlack allow`

// foreign are the words of a line that are not Vietnamese, and numbers that are not written
// as here.
func (e english) foreign(line string) (found []string) {
	known := e.loanwords
	line = identifier.ReplaceAllString(line, " ")
	for _, word := range latin.FindAllString(line, -1) {
		plain := strings.IndexFunc(word, func(c rune) bool { return c > 'z' }) < 0
		for _, part := range strings.FieldsFunc(word, func(c rune) bool { return c == '-' || c == '\'' || c == '’' }) {
			if plain && len(part) > 1 && !known[strings.ToLower(part)] && !syllable.MatchString(part) {
				found = append(found, part)
			}
		}
	}
	for _, number := range regexp.MustCompile(`(^|[ (])\d{4,}($|[ ,;)%])`).FindAllString(line, -1) {
		number = strings.Trim(number, " (),;%")
		if len(number) != 4 || number < "1990" || number > "2100" { // no year
			found = append(found, number)
		}
	}
	return found
}

// TestForeignWordsAreFound is what the test of pages sees by.
func TestForeignWordsAreFound(t *testing.T) {
	t.Parallel()
	f := func(line, want string) {
		t.Helper()
		if got := strings.Join(newEnglish().foreign(line), " "); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	f("dừng ở vòng canary: nút không nhận", "canary")
	f("Đang lọc: 2799 tên trong danh sách, 4 đơn vị", "2799")
	f("Đang lọc: 2.799 tên trong danh sách, năm 2026", "")
	f("Tải DOCX cho Trường tiểu học Kim Đồng của Lào Cai", "")
	f("không có quyền: release, hold", "release hold")
}
