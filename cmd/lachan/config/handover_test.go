package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
	"lachan/internal/yamlfile"
)

// A configuration that another process unpacks says the same in every key.
func TestAConfigurationIsHandedOverWhole(t *testing.T) {
	files, err := filepath.Glob("../../../configs/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	every := filepath.Join(t.TempDir(), "every.yaml")
	if err := os.WriteFile(every, []byte(everyKind), 0o600); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, file := range append(files, every) {
		want, problems := config.Load(file, nil)
		if len(problems) > 0 && file != every {
			continue // a policy, or one whose certificates are not here
		}
		tried++
		text, err := want.Pack()
		if err != nil {
			t.Fatal(err)
		}
		got, err := config.Unpack(text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", file, err, text)
		}
		again, err := got.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != string(again) {
			t.Errorf("%s:\n%s\n%s", file, text, again)
		}
		want.Lines = yamlfile.Lines{}
		for _, section := range [][2]any{
			{got.Server, want.Server}, {got.Upstream, want.Upstream}, {got.Cache, want.Cache}, {got.Feeds, want.Feeds}, {got.Metrics, want.Metrics}, {got.Log, want.Log},
		} {
			if a, b := section[0], section[1]; !reflect.DeepEqual(a, b) {
				t.Errorf("%s:\n%+v\n%+v", file, a, b)
			}
		}
	}
	if c, err := config.Unpack([]byte(`{"Policy":`)); c != nil || err == nil {
		t.Errorf("half a configuration is %+v, %v", c, err)
	}
	if tried < 3 {
		t.Errorf("only %d configurations were tried", tried)
	}
}

// TestListsOfAHubAreTakenWithinBounds: 200 of them, out of 4 MiB, none in place of one that
// this machine's own file has, and none whose name is no folder's.
func TestListsOfAHubAreTakenWithinBounds(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "lachan.yaml")
	if err := os.MkdirAll(filepath.Join(dir, "state", "fleet"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("state_dir: state\nfeeds: [{name: own, url: own.txt, category: ads}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(size int, want int, names ...string) {
		t.Helper()
		feeds := make([]config.Feed, len(names))
		for i, name := range names {
			feeds[i].SetDefaults()
			feeds[i].Name, feeds[i].URL, feeds[i].Category = name, "https://lists.example/"+name, "games"
		}
		text, err := json.Marshal(feeds)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, bytes.Repeat([]byte(" "), max(0, size-len(text)))...)
		if err := os.WriteFile(filepath.Join(dir, "state", "fleet", "lists.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, problems := config.Load(file, nil)
		if len(problems) > 0 || len(c.Feeds) != 1+want || c.Feeds[0].Category != "ads" || c.Feeds[0].Carried {
			t.Fatalf("of %d lists in %d bytes %d are taken, want %d: %v", len(names), len(text), len(c.Feeds)-1, want, problems)
		}
		for i, taken := range c.Feeds[1:] {
			if !taken.Carried || want == len(names) && taken.Name != names[i] {
				t.Errorf("%+v is not of the hub", taken)
			}
		}
	}
	named := func(n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf("hub-%d", i))
		}
		return names
	}
	f(0, 0)
	f(0, 200, named(200)...)
	f(0, 200, named(201)...)
	f(4<<20, 3, named(3)...)
	f(4<<20+1, 0, named(3)...)
	f(0, 1, "own", "hub")
	f(0, 1, "../x", "hub", "Hub", "", strings.Repeat("x", 41))
	f(0, 1, strings.Repeat("x", 40))
	f(0, 1, "twice", "twice")
	for _, damaged := range []string{"[{", `[{"name": "hub", "url": "https://lists.example/x"}, 5]`} {
		if err := os.WriteFile(filepath.Join(dir, "state", "fleet", "lists.json"), []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, problems := config.Load(file, nil); len(problems) > 0 || len(c.Feeds) != 1 {
			t.Errorf("of what is damaged: %d lists, %v", len(c.Feeds)-1, problems)
		}
	}
}

// TestWhatAHubHandsOnOfAList is what it is, and nothing of how the hub comes by it.
func TestWhatAHubHandsOnOfAList(t *testing.T) {
	f := config.Feed{Name: "a", URL: "https://user:key@lists.example/a", Category: "games", Mirrors: []string{"https://b.example/a"}, Chosen: 7}
	f.Verify.SHA256URL, f.TSIG.Name, f.TSIG.SecretFile = "https://lists.example/sum", "key", "/etc/key"
	c := feed.Copy{URL: "https://lists.example/a", ETag: "e", LastModified: "m", SHA256URL: "https://lists.example/sum", TSIGKey: "key", Entries: 9}
	got := config.Carry(f, c)
	want := config.Carried{
		Feed: config.Feed{Name: "a", URL: "https://lists.example/a", Category: "games", Carried: true},
		Copy: feed.Copy{URL: "https://lists.example/a", Entries: 9},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}

// TestThirtyTwoListsAreChosenAtMost.
func TestThirtyTwoListsAreChosenAtMost(t *testing.T) {
	for _, written := range []int{0, 1, 32, 33} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "ledger"), 0o700); err != nil {
			t.Fatal(err)
		}
		text := "lists:\n"
		for i := range written {
			text += fmt.Sprintf("- {\"name\":\"l%d\",\"url\":\"https://lists.example/%d\",\"format\":\"auto\",\"category\":\"games\",\"number\":%d}\n", i, i, i+1)
		}
		if err := os.WriteFile(filepath.Join(dir, "ledger", "console.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := len(config.Chosen(&config.Config{StateDir: dir})); got != min(written, 32) {
			t.Errorf("of %d lists %d are chosen", written, got)
		}
	}
}

const everyKind = `
upstream:
  servers: ["192.0.2.1", "tcp://192.0.2.2:5353", "tls://192.0.2.3#dns.example", "https://dns.example/dns-query", "h3://dns.example/q", "quic://dns.example", system]
  strategy: parallel
  timeout: 1500ms
  zones: {"truong.example": ["192.0.2.9"]}
server:
  listen: ["127.0.0.1:0"]
  proxy_protocol: ["192.0.2.0/24"]
  block_ttl: 61s
  tcp: {max_bytes: 123KiB, lifetime: 0s}
  page: {a: 192.0.2.80}
  rpz_out: {listen: ["127.0.0.1:0"], zones: [{zone: rpz.example, categories: [gambling], allow: ["192.0.2.0/24"]}]}
feeds:
  - {name: a, url: lists/a.txt, category: gambling, max_shrink: 12.5%, max_growth: 3.5, refresh: 90m}
  - {name: b, url: "axfr://192.0.2.53/rpz.example", format: rpz, category: phishing, rpz: {policy: cname, cname: walled.example}}
  - {name: c, url: "https://lists.example/c", action: allow, authority: {name: A, document: 1/A, date: 2026-01-02, effective: 2026-02-03, expires: 2026-12-31, urgent: true}}
metrics: {history: 36h}
`

// TestAFolderOfTablesKeepsTheNameOfItsFeed, by which its copies lie on disk: also in
// versions to come.
func TestAFolderOfTablesKeepsTheNameOfItsFeed(t *testing.T) {
	for folder, want := range map[string]string{
		"so-gddt.01jz": "handed-over-so-gddt-01jz", "Sở GD&ĐT": "handed-over-ac0d2fad762f92f2", strings.Repeat("a", 80): "handed-over-0f45e858fbc4176c",
	} {
		if got := config.HandedOver(folder); got != want {
			t.Errorf("%s: %s, want %s", folder, got, want)
		}
	}
}

// TestADamagedFileOfCarriedListsIsWhatItWas: whichever of the two is damaged or gone.
func TestADamagedFileOfCarriedListsIsWhatItWas(t *testing.T) {
	dir, want := t.TempDir(), []byte(`[{"name":"games","category":"games"}]`)
	if err := config.WriteCarried(dir, want); err != nil {
		t.Fatal(err)
	}
	for _, name := range config.CarriedNames() {
		whole, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for at := range len(whole) + 1 {
			if at == len(whole) {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			} else {
				broken := append([]byte(nil), whole...)
				broken[at] ^= 4
				if err := os.WriteFile(filepath.Join(dir, name), broken, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := config.CarriedText(dir); err != nil || string(got) != string(want) {
				t.Fatalf("%s, byte %d: %s, %v", name, at, got, err)
			}
		}
		if err := config.WriteCarried(dir, want); err != nil {
			t.Fatal(err)
		}
		if again, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(again) != string(whole) {
			t.Errorf("%s is not mended: %s, %v", name, again, err)
		}
	}
	if err := config.WriteCarried(dir, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := config.CarriedText(dir); !os.IsNotExist(err) {
		t.Errorf("what was removed is there: %v", err)
	}
}
