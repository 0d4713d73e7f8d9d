package lookalike_test

import (
	"bufio"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lachan/blocklist/domain"
	"lachan/policy/lookalike"
)

func load(t testing.TB) *lookalike.Table {
	t.Helper()
	table, err := lookalike.Load()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// of is whom a name as people write it imitates.
func of(t testing.TB, table *lookalike.Table, text string) lookalike.Likeness {
	t.Helper()
	canonical, err := domain.Canonical(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var n domain.Name
	if err := n.SetText(canonical); err != nil {
		t.Fatal(err)
	}
	return table.Of(&n)
}

func TestNamesThatImitate(t *testing.T) {
	table := load(t)
	f := func(text, whom string, how lookalike.Way) {
		t.Helper()
		got := of(t, table, text)
		if got.Brand == nil {
			t.Errorf("%s imitates nobody, want %s", text, whom)
		} else if got.Brand.Label.EN != whom || got.Way != how {
			t.Errorf("%s imitates %s by %s, want %s by %s", text, got.Brand.Label.EN, got.Way, whom, how)
		}
	}
	f("viętcombank.com.vn", "Vietcombank", lookalike.Confusable) // an ogonek
	f("vіetcombank.com", "Vietcombank", lookalike.Confusable)    // a Cyrillic і
	f("ѕасоmbank.vn", "Sacombank", lookalike.Confusable)
	f("tẹchcombank.com", "Techcombank", lookalike.Confusable)
	f("vietcornbank.com", "Vietcombank", lookalike.Confusable) // rn for m
	f("paypa1.com", "PayPal", lookalike.Confusable)
	f("faceb00k.com", "Facebook", lookalike.Confusable)
	f("login-vietc0mbank.com", "Vietcombank", lookalike.Confusable)
	f("vietcombamk.com.vn", "Vietcombank", lookalike.OneEdit)
	f("veitcombank.com", "Vietcombank", lookalike.OneEdit) // two letters swapped
	f("agribannk.com", "Agribank", lookalike.OneEdit)
	f("techcomban.com", "Techcombank", lookalike.OneEdit)
	f("bidv.top", "BIDV", lookalike.Suffix)
	f("sacombank.net.vn", "Sacombank", lookalike.Suffix)
	f("facebook.xyz", "Facebook", lookalike.Suffix)
	f("vneid.info.vn", "VNeID", lookalike.Suffix)
	f("acb-vn.com", "ACB", lookalike.Inside)
	f("momo-nhanqua.com", "MoMo", lookalike.Inside)
	f("www.xacthuc-vietcombank.com", "Vietcombank", lookalike.Inside)
	f("hotrovietcombank247.com", "Vietcombank", lookalike.Inside)
	f("dichvucong-vn.com", "National public service portal", lookalike.Inside)
	f("acb.vn-banking.xyz", "ACB", lookalike.Inside)
	f("login-facebook.weebly.com", "Facebook", lookalike.Inside)
	f("vietcombank.com.vn.secure-check.example.net", "Vietcombank", lookalike.Embedded)
	f("appleid.apple.com.sign.example.org", "Apple ID", lookalike.Embedded)
	f("vietcombank.com.vn."+strings.Repeat("a.", 100)+"example.net", "Vietcombank", lookalike.Embedded)
	f("viet-com-bank.com", "Vietcombank", lookalike.Confusable) // cut
	f("v-i-e-t-c0mbank.com", "Vietcombank", lookalike.Confusable)
	f("techcombamk-vn.com", "Techcombank", lookalike.OneEdit) // beside other words
	f("facebook-security-check.com", "Facebook", lookalike.Inside)
	f("bidvsmartbanking.com", "BIDV", lookalike.Inside)
	f("dichvucong.gov-vn.com", "Government sites (gov.vn)", lookalike.Suffix)
	f("truongabc.gov.vn.check.example.net", "Government sites (gov.vn)", lookalike.Embedded)
}

func TestNamesThatImitateNobody(t *testing.T) {
	table := load(t)
	for _, text := range []string{
		"vietcombank.com.vn", "www.vietcombank.com.vn", "bidv.com.vn", "momo.vn", "google.de", "www.google.com.vn", "blog.google",
		"google.ml", "fonts.googleapis.com", "amazon.co.jp", "facebook.github.io", "facebook.example.com", "momo.example.net",
		"www.facebook.com.edgekey.net", "facebook.com.multi.surbl.org", "www-vietcombank-com-vn.translate.goog",
		"tiki.example", "dichvucong.gov.vn", "thue.hanoi.gov.vn", "momoshop.com.tw", "finance.com", "pineapple.com",
		"apple.lan", "vietcombank", "com.vn", "xn--a", "việtnam.vn", "học-tập.edu.vn", "goole.gov.uk",
		"steamed-rice.example.com", "sacombe.co.uk", "viettelpost.vn", "momo.edu.vn", "zalo.gov.vn", "viettelstudy.vn", "account.zalo.cloud",
		"my-facebook-group.com", "adblock-for-youtube.com", "applied-wizardry.net", "whats-on-netflix.com", "govind.example.com",
	} {
		if got := of(t, table, text); got.Brand != nil {
			t.Errorf("%s imitates %s by %s", text, got.Brand.Label.EN, got.Way)
		}
	}
}

// TestOwnersAreAtHome: no domain of an owner, nor what is below it, imitates anybody.
func TestOwnersAreAtHome(t *testing.T) {
	table := load(t)
	for b := range table.Brands {
		if len(b.Domains) == 0 || b.Label.VI == "" || b.Label.EN == "" {
			t.Errorf("%v has no domain or no label", b)
		}
		for _, name := range b.Domains {
			for _, text := range []string{name, "login." + name, "xn--vitcombank-cfb." + name} {
				if got := of(t, table, text); got.Brand != nil {
					t.Errorf("%s imitates %s", text, got.Brand.Label.EN)
				}
			}
		}
	}
}

const realData = "../../../shared/data"

// names reads a list of real names.
func names(t testing.TB, file string, name func(line string) string) (list []string) {
	t.Helper()
	f, err := os.Open(filepath.Join(realData, file))
	if err != nil {
		t.Skip("the real lists are not here: ", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if canonical, err := domain.Canonical(name(lines.Text())); err == nil {
			list = append(list, canonical)
		}
	}
	return list
}

// TestPopularNamesImitateNobody: of real popular names at most 1 in 10,000 is taken for an
// imitation.
func TestPopularNamesImitateNobody(t *testing.T) {
	table := load(t)
	popular := names(t, "top-domains.txt", strings.TrimSpace)
	var wrong []string
	for _, name := range popular {
		if of(t, table, name).Brand != nil {
			wrong = append(wrong, name)
		}
	}
	t.Logf("%d of %d: %v", len(wrong), len(popular), wrong)
	if len(wrong)*10_000 > len(popular) {
		t.Errorf("%d of %d popular names imitate somebody: %v", len(wrong), len(popular), wrong)
	}
}

// TestPhishingThatIsCaught measures how many names of real lists of phishing are caught. Most
// imitate nobody by name.
func TestPhishingThatIsCaught(t *testing.T) {
	table := load(t)
	adblock := func(line string) string {
		name, _ := strings.CutPrefix(line, "||")
		return strings.TrimSuffix(name, "^")
	}
	f := func(file string, name func(string) string, perThousand int) {
		t.Helper()
		list := names(t, file, name)
		ways, caught := map[lookalike.Way]int{}, 0
		for _, name := range list {
			if got := of(t, table, name); got.Brand != nil {
				ways[got.Way]++
				caught++
			}
		}
		t.Logf("%s: %d of %d", file, caught, len(list))
		for _, way := range slices.Sorted(maps.Keys(ways)) {
			t.Logf("  %s: %d", way, ways[way])
		}
		if caught*1000 < perThousand*len(list) {
			t.Errorf("%s: %d of %d are caught, want %d in 1,000", file, caught, len(list), perThousand)
		}
	}
	f("lists/chongluadao-phishing.adblock", adblock, 70)
	f("lists/hostsvn-threat.adblock", adblock, 120)
	f("lists/blp-phishing.domains", strings.TrimSpace, 25)
	f("lists/blp-scam.hosts", func(line string) string { return strings.TrimPrefix(line, "0.0.0.0 ") }, 0)
}

// FuzzOf: whatever the name, judging it ends, and what is below an owner's domain imitates
// nobody.
func FuzzOf(f *testing.F) {
	table := load(f)
	for _, text := range []string{
		"vietcombank-vn.top", "xn--vitcombank-cfb.com", strings.Repeat("tiki-", 12) + ".top", strings.Repeat("a.", 120) + "vn", "xn--.xn--",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		canonical, err := domain.Canonical(text)
		if err != nil {
			return
		}
		var n domain.Name
		if n.SetText(canonical) != nil {
			return
		}
		table.Of(&n)
		if n.SetText(canonical+".google.com") == nil && table.Of(&n).Brand != nil {
			t.Errorf("%s.google.com imitates", canonical)
		}
	})
}

func TestJudgingANameAllocatesNothing(t *testing.T) {
	table := load(t)
	for _, text := range []string{
		"www.example.com", "vietcombank-online-vn.top", "vietcombank.com.vn.check.example.net", "xn--example-9c.momo.vn",
		strings.Repeat("tiki-", 12) + "." + strings.Repeat("acb-", 15) + ".momo.top",
	} {
		var n domain.Name
		if err := n.SetText(text); err != nil {
			t.Fatal(err)
		}
		if per := testing.AllocsPerRun(100, func() { table.Of(&n) }); per != 0 {
			t.Errorf("%s: %v allocations", text, per)
		}
	}
}

// BenchmarkPopularNames is what one of the popular names costs in the mean, beside reading it.
func BenchmarkPopularNames(b *testing.B) {
	table := load(b)
	var wires [][]byte
	for _, name := range names(b, "top-domains.txt", strings.TrimSpace) {
		var n domain.Name
		if n.SetText("www."+name) == nil {
			wires = append(wires, slices.Clone(n.Wire()))
		}
	}
	var n domain.Name
	read := func(i int) { _, _ = n.SetWire(wires[i%len(wires)], 0) }
	b.Run("reading", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			read(i)
		}
	})
	b.Run("judging", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			read(i)
			table.Of(&n)
		}
	})
}

// BenchmarkOf is what a name costs whose answer is not in memory.
func BenchmarkOf(b *testing.B) {
	table := load(b)
	for _, text := range []string{
		"www.example.com", "rr1---sn-i3belney.googlevideo.com", "vietcombank-online-vn.top", "vіetcombank.com",
		strings.Repeat("tiki-", 12) + "." + strings.Repeat("acb-", 15) + "." + strings.Repeat("1-", 31) + ".top",
		strings.Repeat(strings.Repeat("vi", 20)+"tiki"+strings.Repeat("vn", 9)+".", 3) + "top", // bait without end
		"xn--" + strings.Repeat("vietcombank", 5) + ".momo.top",
		"momo." + strings.Repeat("vn.", 80) + "top",
	} {
		var n domain.Name
		canonical, err := domain.Canonical(text)
		if err != nil {
			b.Fatal(err)
		}
		if err := n.SetText(canonical); err != nil {
			b.Fatal(err)
		}
		b.Run(text[:min(len(text), 30)], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.Of(&n)
			}
		})
	}
}
