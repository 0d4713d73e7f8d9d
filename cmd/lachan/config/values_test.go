package config_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/cmd/lachan/config"
	"lachan/internal/memory"
	"lachan/internal/message"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/resolver/upstream"
)

// TestValuesAreWrittenAsTheyAreRead holds the kinds of values of one key.
func TestValuesAreWrittenAsTheyAreRead(t *testing.T) {
	f := func(v interface {
		UnmarshalText([]byte) error
		MarshalText() ([]byte, error)
	}, text, want string,
	) {
		t.Helper()
		if err := v.UnmarshalText([]byte(text)); (err == nil) != (want != "") {
			t.Errorf("%T: %q: %v", v, text, err)
		} else if got, err := v.MarshalText(); want != "" && (err != nil || string(got) != want) {
			t.Errorf("%T: %q is %q, %v, want %q", v, text, got, err, want)
		}
	}
	f(new(config.Size), "auto", "auto")
	f(new(config.Size), "0", "auto")
	f(new(config.Size), "64MiB", "64MiB")
	set := config.Size(5)
	f(&set, "auto", "auto")
	f(new(config.TrustedUpstream), "tls://192.0.2.3", "tls://192.0.2.3:853")
	f(new(config.TrustedUpstream), "true", "true")
	f(new(config.Size), "much", "")
	f(new(config.Count), "auto", "auto")
	f(new(config.Count), "0", "0")
	f(new(config.Count), "12", "12")
	f(new(config.Count), "-1", "")
	f(new(config.Count), "few", "")
	f(new(config.Timezone), "Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh")
	f(new(config.Timezone), "", "")
	f(new(config.Timezone), "Asia/Hanoi", "")
	f(new(config.Upstream), "tls://192.0.2.3", "tls://192.0.2.3:853")
	f(new(config.Upstream), "nowhere", "")
	for _, name := range []string{"fastest", "ordered", "parallel"} {
		f(new(config.Strategy), name, name)
	}
	f(new(config.Strategy), "first", "")
	f(new(config.YearDay), "15/11", "11-15")
	f(new(config.YearDay), "11-15", "11-15")
	f(new(config.YearDay), "2-28", "02-28")
	f(new(config.YearDay), "1-29", "01-29")
	f(new(config.YearDay), "2-29", "")
	f(new(config.YearDay), "29/2", "")
	if _, err := (config.Strategy{Strategy: 99}).MarshalText(); err == nil {
		t.Error("a strategy without a name is written")
	}
	for s, want := range map[config.Size]string{0: "auto", 1 << 20: "1MiB"} {
		if s.String() != want {
			t.Errorf("%d is %s", int64(s), s)
		}
	}
	for bound, want := range map[any]string{
		24 * time.Hour: "1d", 48 * time.Hour: "2d", 25 * time.Hour: "25h", 90 * time.Minute: "1h30m", time.Minute: "1m", 100 * time.Millisecond: "100ms",
		time.Duration(0): "0s", yamlfile.Bytes(1 << 10): "1KiB", 7: "7",
	} {
		if got := fmt.Sprint(config.InUnits(bound)); got != want {
			t.Errorf("%v is written %s, want %s", bound, got, want)
		}
	}
	for level, want := range map[config.LogLevel]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError} {
		if level.Level() != want {
			t.Errorf("%s is %s", level, level.Level())
		}
		l := config.Log{Level: level, Format: config.JSON}
		if log := l.Logger(); !log.Enabled(t.Context(), want) || log.Enabled(t.Context(), want-1) {
			t.Errorf("%s: other levels are logged", level)
		}
	}
	if _, json := (&config.Log{Level: "info", Format: config.JSON}).Logger().Handler().(*slog.JSONHandler); !json {
		t.Error("JSON is not written as such")
	}
	if _, text := (&config.Log{Level: "info", Format: config.PlainText}).Logger().Handler().(*slog.TextHandler); !text {
		t.Error("text is not written as such")
	}
	if got, want := config.Size(128<<20).Shares(8<<20), memory.Divide(128<<20, 8<<20); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := config.Size(0).Shares(0); got.Budget < memory.Least {
		t.Errorf("auto is %+v", got)
	}
}

// TestWhatAConfigurationComesTo: names and addresses that other parts go by.
func TestWhatAConfigurationComesTo(t *testing.T) {
	files(t)
	c, problems := written(t, `policy: ""
server:
  listen: ["127.0.0.1:1"]
  dot: ["127.0.0.1:2"]
  doh: ["127.0.0.1:3"]
  doq: ["127.0.0.1:4"]
  tls: {acme: {names: [dns.example.test]}}
  page: {a: 192.0.2.1, http: ["127.0.0.1:7"], https: ["127.0.0.1:8"], cert: /none/c.pem, key: /none/k.pem}
  rpz_out: {listen: ["127.0.0.1:9"], zones: [{zone: rpz.example, categories: [ads], allow: [192.0.2.0/24]}]}
http: {listen: "127.0.0.1:5"}
console: {listen: "127.0.0.1:6"}
metrics: {node: nut-1}
`)
	if !strings.Contains(problems, "/none/c.pem") {
		t.Errorf("a certificate that is not there: %s", problems)
	}
	var got []string
	for _, e := range c.Endpoints() {
		got = append(got, fmt.Sprint(e.Role, " ", e.Address.Port()))
	}
	ports := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}
	if len(got) != len(ports) || slices.ContainsFunc(got, func(e string) bool { return !strings.HasSuffix(e, " "+ports[slices.Index(got, e)]) }) {
		t.Errorf("doors are %q", got)
	}
	if f := c.Server.Page.Files(); f.Cert != "/none/c.pem" || f.Key != "/none/k.pem" {
		t.Errorf("%+v", f)
	}
	if c.HTTP.URL() != "http://127.0.0.1:5" || c.NodeName() != "nut-1" {
		t.Errorf("%s, %s", c.HTTP.URL(), c.NodeName())
	}
	host, _ := os.Hostname()
	if c.Metrics.Node = ""; c.NodeName() != host {
		t.Errorf("the node is %s, on %s", c.NodeName(), host)
	}
	c.Fleet.Listen = netip.MustParseAddrPort("127.0.0.1:10")
	if list := c.Endpoints(); !slices.ContainsFunc(list, func(e message.Endpoint) bool { return e.Role == message.RoleFleet && e.Address == c.Fleet.Listen }) {
		t.Errorf("the hub has no door: %v", list)
	}
	for _, off := range []func(){func() { c.Fleet.Listen = netip.AddrPort{} }, func() { c.HTTP.Listen = netip.AddrPort{} }, func() { c.Console.Listen = netip.AddrPort{} }} {
		if before := len(c.Endpoints()); true {
			if off(); len(c.Endpoints()) != before-1 {
				t.Error("what is off is a door")
			}
		}
	}
	token := config.HTTP{}
	if text, err := token.Token(); text != "" || err != nil {
		t.Errorf("without a token: %q, %v", text, err)
	}
	if token.TokenFile = "token16"; true {
		if text, err := token.Token(); text != "0123456789abcdef" || err != nil {
			t.Errorf("%q, %v", text, err)
		}
	}
	token.TokenFile = filepath.Join(t.TempDir(), "gone")
	if text, err := token.Token(); text != "" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a file that is gone: %q, %v", text, err)
	}
	c.Server.CheckName = "Check.Example."
	if n := c.CheckName(); n == nil || n.Labels() != 2 {
		t.Errorf("%v", n)
	}
	for _, none := range []string{"", "a..example"} {
		if c.Server.CheckName = none; c.CheckName() != nil {
			t.Errorf("%q is a name", none)
		}
	}
}

// TestWhatAFeedMay: an order holds for its days, a feed of the operator's may name what it
// likes, and only what blocks is held against the core.
func TestWhatAFeedMay(t *testing.T) {
	c, problems := written(t, `policy: ""
timezone: UTC
feeds:
- {name: plain, url: a.txt, category: ads, categories: [games]}
- {name: order, url: a.txt, category: ads, authority: {name: A05, effective: 2026-01-02, expires: 2026-01-03}}
- {name: allows, url: a.txt, action: allow}
- {name: zone, url: "axfr://192.0.2.1/rpz.example", category: ads}
- {name: unit, url: a.txt, category: ads, unit: x}
- {name: rewrites, url: a.txt, category: ads, rewrites: true}
- {name: locked, url: a.txt, category: ads, locked_by: x, categories: [games]}
- {name: suffixes, url: a.txt, category: ads, allow_suffixes: true}
- {name: rpz, url: a.txt, category: ads, format: rpz}
`)
	if problems != "" {
		t.Fatal(problems)
	}
	want := map[string]struct {
		first, answers, zone, suffixes bool
		categories                     []string
	}{
		"plain": {categories: []string{"ads", "games"}}, "order": {first: true, suffixes: true}, "allows": {}, "zone": {answers: true, zone: true}, "unit": {},
		"rewrites": {answers: true}, "locked": {first: true, categories: []string{"ads", "games"}}, "suffixes": {suffixes: true, categories: []string{"ads"}}, "rpz": {answers: true, zone: true},
	}
	core := func(*domain.Name, bool) bool { return true }
	named := map[string]bool{}
	sources := c.Sources(core, func(codes []string) func(string) bool {
		return func(text string) bool { named[text] = true; return slices.Contains(codes, "ads") }
	})
	for i := range c.Feeds {
		f := c.Feed(c.Feeds[i].Name)
		w := want[f.Name]
		if f.First() != w.first || f.Answers() != w.answers || f.IsZone() != w.zone || f.May().Suffixes != w.suffixes || f.May().Rewrites != f.Rewrites || !slices.Equal(f.EntryCategories(), w.categories) {
			t.Errorf("%s: first %v, answers %v, zone %v, %+v, %q", f.Name, f.First(), f.Answers(), f.IsZone(), f.May(), f.EntryCategories())
		}
		if s := sources[i]; (s.Core != nil) != (f.Action == config.Block) || (s.MayName != nil) != (w.categories != nil) || s.Name != f.Name || s.Allows != (f.Action == config.Allow) || s.Locked != (f.LockedBy != "") {
			t.Errorf("%s: %+v", f.Name, s)
		}
	}
	if s := c.Sources(nil, nil); len(s) != len(c.Feeds) || s[0].MayName != nil || s[0].MaxBytes != 64<<20 {
		t.Errorf("%+v", s[0])
	}
	c.Feeds[0].Carried = true
	if s := c.Sources(nil, nil); len(s) != len(c.Feeds)-1 || s[0].Name != c.Feeds[1].Name {
		t.Errorf("what a hub hands on is fetched: %+v", s[0])
	}
	day := func(d int) time.Time { return time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC) }
	if w := c.Feeds[1].Authority.Window(time.UTC); !w.From.Equal(day(2)) || !w.Until.Equal(day(4)) {
		t.Errorf("an order for two days is from %s until %s", w.From, w.Until)
	}
	if w := c.Feeds[0].Authority.Window(time.UTC); w != (blocklist.Window{}) {
		t.Errorf("%+v", w)
	}
	if f := c.Feed("none"); f.Name != "" || f.Format != "auto" {
		t.Errorf("a feed that is not there: %+v", f)
	}
}

// TestAServerThatIsAskedTwiceIsOneMember: in a zone of its own too, and after a reload.
func TestAServerThatIsAskedTwiceIsOneMember(t *testing.T) {
	c, problems := written(t, "policy: \"\"\nupstream: {servers: [\"198.51.100.1\", system], zones: {a.example: [\"198.51.100.1\"], b.example: [\"198.51.100.2\"]}}\n")
	if problems != "" {
		t.Fatal(problems)
	}
	system := []upstream.Server{{Addr: netip.MustParseAddrPort("198.51.100.3:53")}}
	first, problem := c.OpenUpstreams(nil, system, nil)
	if problem != nil {
		t.Fatal(problem)
	}
	again, problem := c.OpenUpstreams(nil, system, first)
	if problem != nil {
		t.Fatal(problem)
	}
	broken, _ := written(t, "policy: \"\"\nupstream: {servers: [\"198.51.100.1\"], zones: {a..example: [\"198.51.100.1\"]}}\n")
	if z, problem := broken.OpenUpstreams(nil, nil, nil); z != nil || problem == nil || problem.Line != 2 {
		t.Errorf("a zone that is no name: %v, %v", z, problem)
	}
	if a, b := first.Members(), again.Members(); len(a) != 3 || !slices.Equal(a, b) {
		t.Errorf("members are %v, then %v", a, b)
	}
}

// TestServersOfTheSystem: they are asked for if the configuration names them, or if a
// server is named and none can tell its address.
func TestServersOfTheSystem(t *testing.T) {
	f := func(upstreams string, want bool) {
		t.Helper()
		c, problems := written(t, "policy: \"\"\nupstream: {"+upstreams+"}\n")
		if problems != "" {
			t.Fatal(problems)
		}
		list, err := config.SystemUpstreams(c)
		if (list != nil || err != nil) != want {
			t.Errorf("%s: %v, %v", upstreams, list, err)
		}
	}
	f(`servers: ["198.51.100.1"]`, false)
	f(`servers: [system]`, true)
	f(`servers: ["198.51.100.1"], zones: {a.example: [system]}`, true)
	f(`servers: ["198.51.100.1"], bootstrap: [system]`, false) // nobody is named
	f(`servers: ["tls://dns.example"]`, true)
	f(`servers: ["tls://dns.example"], bootstrap: ["198.51.100.1"]`, false)
	f(`servers: ["tls://dns.example", "198.51.100.1"]`, false)
	f(`servers: ["198.51.100.1"], zones: {a.example: ["tls://dns.example"]}`, false)
}

// TestWhatUsersAreShownOfFlagsAndVariables: a few flags of all, and the variable that was
// meant.
func TestWhatUsersAreShownOfFlagsAndVariables(t *testing.T) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.AddFlags(flags, wording.English)
	var shown []string
	all := 0
	flags.VisitAll(func(f *pflag.Flag) {
		if all++; !f.Hidden {
			shown = append(shown, f.Name)
		}
	})
	if want := []string{"http.listen", "log.level", "policy", "server.listen", "state_dir", "upstream.servers"}; !slices.Equal(shown, want) || all < 60 {
		t.Errorf("of %d flags %v are shown", all, shown)
	}
	t.Chdir(t.TempDir())
	t.Setenv("LACHAN_POLICY", "")
	t.Setenv("LACHAN_LANG", "en")
	t.Setenv("LACHAN_CACHE_ENTRIES", "many")
	t.Setenv("LACHAN_CACHE_MAXTTL", "1h")
	t.Setenv("LACHAN_SOMETHING_ELSE", "1")
	_, problems := config.Load("", nil)
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%s:%d", p.File, p.Line))
	}
	if want := []string{"LACHAN_CACHE_ENTRIES:0", "LACHAN_CACHE_MAXTTL:0", "LACHAN_SOMETHING_ELSE:0"}; !slices.Equal(got, want) {
		t.Errorf("told are %v, want %v", got, want)
	}
}

// TestProblemsHaveTheirPlaceAndWords: an error of upstreams in both languages, any other as it is.
func TestProblemsHaveTheirPlaceAndWords(t *testing.T) {
	c, _ := written(t, "policy: \"\"\nupstream:\n  timeout: 1s\n")
	plain := c.Problem("upstream.timeout", errors.New("too late"))
	if plain.Line != 3 || plain.File != c.File() || plain.Text != (wording.Text{VI: "too late", EN: "too late"}) {
		t.Errorf("%+v", plain)
	}
	mistake := &upstream.ConfigError{Text: wording.Text{VI: "vì", EN: "as"}}
	if p := c.Problem("upstream.zones", fmt.Errorf("x: %w", mistake)); p.Text != mistake.Text || p.Line != 3 {
		t.Errorf("%+v", p)
	}
}

// TestTheDirectoryOfTheState: it is made and tried, and where a file is in its way that is told.
func TestTheDirectoryOfTheState(t *testing.T) {
	dir := t.TempDir()
	c := &config.Config{StateDir: filepath.Join(dir, "a", "b")}
	if err := c.MakeStateDir(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(c.StateDir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.StateDir = filepath.Join(file, "state")
	if err := c.MakeStateDir(); err == nil || !strings.Contains(err.Error(), c.StateDir) || strings.Contains(err.Error(), "probe") {
		t.Errorf("%v", err)
	}
	other := errors.New("another")
	if config.StateError(c, nil) != nil || config.StateError(c, other) != other {
		t.Error("an error has changed")
	}
	if err := config.StateError(c, fmt.Errorf("x: %w", fs.ErrPermission)); !strings.Contains(err.Error(), "chown") {
		t.Errorf("%v", err)
	}
}
