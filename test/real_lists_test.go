package test

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/source"
	"lachan/policy"
)

// realData is where the real lists are, which are not part of the repository.
const realData = "../../shared/data"

// realLists are the lists with the category of each.
var realLists = map[string]string{
	"blp-drugs.hosts":              "drugs",
	"blp-facebook.hosts":           "social",
	"blp-malware.ips":              "malware",
	"blp-phishing.domains":         "phishing",
	"blp-redirect.hosts":           "malware",
	"blp-scam.hosts":               "phishing",
	"blp-tiktok.hosts":             "short-video",
	"blp-youtube.hosts":            "short-video",
	"chongluadao-phishing.adblock": "phishing",
	"hostsvn-ads.dnsmasq":          "ads",
	"hostsvn-adult.domains":        "adult",
	"hostsvn-gambling.hosts":       "gambling",
	"hostsvn-threat.adblock":       "phishing",
}

// realFeeds are the real lists as feeds of a configuration.
func realFeeds(t *testing.T) (feeds string) {
	t.Helper()
	for _, list := range slices.Sorted(maps.Keys(realLists)) {
		path, err := filepath.Abs(filepath.Join(realData, "lists", list))
		if err != nil {
			t.Fatal(err)
		}
		feeds += fmt.Sprintf("  - {name: %s, url: %q, category: %s}\n", strings.ReplaceAll(list, ".", "-"), path, realLists[list])
	}
	return feeds
}

// besideRealFeeds is a configuration that ends with its feeds, with the real lists among
// them where they are and everything is proven.
func besideRealFeeds(t *testing.T, configuration string) string {
	t.Helper()
	if _, err := os.Stat(realData); err != nil || !proving() {
		return configuration
	}
	if !strings.Contains(configuration, "\nfeeds:") {
		configuration += "feeds:\n"
	}
	return configuration + realFeeds(t)
}

// plainEntry reads a line of the real lists without our parsers: it takes off
// what these lists have around an entry and knows nothing else.
func plainEntry(line string) string {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' || line[0] == '!' {
		return ""
	}
	for _, before := range []string{"0.0.0.0 ", "||", "local=/"} {
		line = strings.TrimPrefix(line, before)
	}
	return strings.ToLower(strings.TrimRight(line, "^/ "))
}

// isName tells whether an entry can be blocked: a name of two labels or more
// that is no address and no public suffix.
func isName(entry string) bool {
	if _, err := netip.ParseAddr(entry); err == nil || strings.Trim(entry, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		return false
	}
	labels := strings.Split(entry, ".")
	wrong := func(label string) bool { return label == "" || len(label) > 63 }
	suffix, icann := publicsuffix.PublicSuffix(entry)
	return len(entry) <= 253 && len(labels) > 1 && !slices.ContainsFunc(labels, wrong) && !(icann && suffix == entry)
}

// A realWorld is all real lists in one configuration, with a profile that blocks
// the category of each, and what a plain reader finds in them.
type realWorld struct {
	*process
	cfg       *config.Config
	rules     *policy.Rules
	names     map[string]map[string]bool // of all lists, with their categories
	addresses map[netip.Addr]bool
}

func newRealWorld(t *testing.T, up *standIn) *realWorld {
	t.Helper()
	if _, err := os.Stat(realData); err != nil {
		t.Skipf("real data absent: %v", err)
	}
	w := &realWorld{names: map[string]map[string]bool{}, addresses: map[netip.Addr]bool{}}
	for list, category := range realLists {
		w.read(t, filepath.Join(realData, "lists", list), category)
	}
	w.process = newProcess(t, "feeds:\n"+realFeeds(t), `
canaries: false
profiles:
  all: {block: [malware, phishing, adult, gambling, drugs, social, short-video, ads]}
units:
  - {id: a, profile: all, networks: ["127.10.0.0/16"]}
`, up.addr)
	update := exec.Command(binary, "lists", "update", "--config", filepath.Join(w.dir, "lachan.yaml"))
	out, err := update.CombinedOutput()
	if err != nil {
		t.Fatalf("lachan lists update: %v\n%s", err, out)
	}
	w.open()
	return w
}

// open reads what the update has compiled.
func (w *realWorld) open() {
	w.t.Helper()
	cfg, problems := config.Load(filepath.Join(w.dir, "lachan.yaml"), nil)
	p, more := source.LoadPolicy(cfg, nil)
	if problems = append(problems, more...); len(problems) > 0 {
		w.t.Fatal(problems)
	}
	off := &offline.Offline{Config: cfg, Policy: p}
	lists, err := off.Newest()
	if err != nil {
		w.t.Fatal(err)
	}
	w.cfg, w.rules = cfg, p.At(source.Bind(lists, p, cfg), time.Now(), 1)
}

func (w *realWorld) read(t *testing.T, path, category string) {
	t.Helper()
	each(t, path, func(_ int, line string) {
		entry := plainEntry(line)
		first, _, _ := strings.Cut(entry, "/") // of a prefix
		if a, err := netip.ParseAddr(first); err == nil && strings.HasSuffix(path, ".ips") {
			w.addresses[a] = true
		} else if isName(entry) {
			if w.names[entry] == nil {
				w.names[entry] = map[string]bool{}
			}
			w.names[entry][category] = true
		}
	})
}

// listed tells whether a list names a name or one above it.
func (w *realWorld) listed(name string) bool {
	for name != "" {
		if w.names[name] != nil {
			return true
		}
		_, name, _ = strings.Cut(name, ".")
	}
	return false
}

func TestRealLists(t *testing.T) {
	up := startStandIn(t)
	w := newRealWorld(t, up)
	t.Run("every name is of its list's category", w.classifiesEveryName)
	t.Run("no popular name is blocked that no list names", w.blocksNothingElse)
	t.Run("rejected lines have the right reasons", w.rejectsRightly)
	t.Run("a running server blocks a sample of 20000", func(t *testing.T) { w.servesSample(t, up) })
}

func (w *realWorld) classifiesEveryName(t *testing.T) {
	p, wrong := w.rules.Policy(), 0
	for text, categories := range w.names {
		var n domain.Name
		if err := n.SetText(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		set, _ := w.rules.Classify(&n, dns.TypeA)
		for category := range categories {
			if tag := p.Tags(source.BuiltinPrefix, category); wrong < 20 && (tag.Empty() || set.And(tag) != tag) {
				wrong++
				t.Errorf("%s is not %s", text, category)
			}
		}
	}
	for a := range w.addresses {
		if tag := p.Tags(source.BuiltinPrefix, "malware"); !isReserved(a) && !w.rules.ClassifyAddr(a).Meets(tag) {
			wrong++
			w.sayFew(t, wrong, "address %s is not malware", a)
		}
	}
	t.Logf("%d names and %d addresses", len(w.names), len(w.addresses))
	if len(w.names) < 500_000 || len(w.addresses) < 20_000 {
		t.Error("fewer than the lists hold")
	}
}

// sayFew fails the test, in words only the first times.
func (w *realWorld) sayFew(t *testing.T, times int, format string, args ...any) {
	t.Helper()
	t.Fail()
	if times <= 20 {
		t.Logf(format, args...)
	}
}

func isReserved(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsUnspecified() || a.IsLinkLocalUnicast() || a.IsMulticast()
}

func (w *realWorld) blocksNothingElse(t *testing.T) {
	group, ok := w.rules.Policy().GroupOf("a")
	if !ok {
		t.Fatal("no unit a")
	}
	all, hit := 0, 0
	each(t, filepath.Join(realData, "top-domains.txt"), func(_ int, line string) {
		var n domain.Name
		text := strings.ToLower(strings.TrimSpace(line))
		if n.SetText(text) != nil {
			return
		}
		all++
		d := w.rules.Decide(group, &n, dns.TypeA)
		if d.Action == policy.Block && d.Layer != policy.LayerCanary { // a canary is no name of a site
			hit++
			if !w.listed(text) {
				t.Errorf("%s is blocked and no list names it or one above it", text)
			}
		}
	})
	t.Logf("of %d popular names the lists name %d", all, hit)
	if all < 50_000 {
		t.Error("fewer names than there are")
	}
}

func (w *realWorld) rejectsRightly(t *testing.T) {
	store, err := feed.Open(filepath.Join(w.cfg.StateDir, "feeds"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range w.cfg.Feeds {
		status, err := store.Status(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-28s %6d entries, %d lines rejected %v", f.Name, status.Copy.Entries, status.Copy.Rejected, status.Copy.ByReason)
		for _, r := range status.Copy.Rejects {
			if !rejectedRightly(r.Reason, plainEntry(r.Text)) {
				t.Errorf("%s, line %d: %q is rejected as %s", f.Name, r.Line, r.Text, r.Reason)
			}
		}
	}
}

// rejectedRightly judges a reason without our parsers.
func rejectedRightly(reason, entry string) bool {
	prefix, err := netip.ParsePrefix(entry)
	addr, err2 := netip.ParseAddr(entry)
	suffix, _ := publicsuffix.PublicSuffix(entry)
	switch reason {
	case "address_among_names":
		return err2 == nil
	case "reserved_address":
		return err == nil && isReserved(prefix.Addr()) || err2 == nil && isReserved(addr)
	case "public_suffix":
		return suffix == entry
	case "local_name":
		return !strings.Contains(entry, ".") || strings.Contains(entry, "local")
	}
	return false // a reason that these lists gave no cause for when this was written
}

func (w *realWorld) servesSample(t *testing.T, up *standIn) {
	const size, pace = 20_000, 8000
	sample := slices.Sorted(maps.Keys(w.names))
	step := len(sample) / size
	w.start() // with the lists that are on disk
	l := startLoad(t, "127.10.0.1", w.dns, func(i int) string { return sample[i*step] })
	if err := l.run(pace, size*time.Second/pace); err != nil {
		t.Fatal(err)
	}
	w.until("every question is answered", func() bool { return l.answers() == l.sent })
	excused := 0
	for i := range l.sent {
		if m := l.reply(i); !blocked(m) {
			if excused++; !w.isCore(sample[i*step]) {
				w.sayFew(t, excused, "%s is not blocked: %s", sample[i*step], m)
			}
		}
	}
	t.Logf("%d questions, %d blocked, %d names that are never blocked", l.sent, l.sent-excused, excused)
	if n := int(up.asked.Load()); n > excused {
		t.Errorf("the upstream was asked for %d names that are blocked", n-excused)
	}
	for a := range w.addresses { // one is enough: the rest is decided as above
		if a.Is4() && !isReserved(a) {
			m := w.from("127.10.0.1", strings.ReplaceAll(a.String(), ".", "-")+".addr.example")
			if !blocked(m) {
				t.Errorf("a name whose address is %s is not blocked: %s", a, m)
			}
			break
		}
	}
}

// isCore tells whether a name is one that is never blocked.
func (w *realWorld) isCore(name string) bool {
	var n domain.Name
	if n.SetText(name) != nil {
		return false
	}
	set, _ := w.rules.Classify(&n, dns.TypeA)
	return set.Meets(w.rules.Policy().Tags(source.BuiltinCore, "core"))
}
