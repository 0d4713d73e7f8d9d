package caution_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/config/caution"
	"lachan/internal/testserver"
)

// notes are what is said of a configuration, with files beside it of a mode.
func notes(t *testing.T, text string, mode os.FileMode) (said []string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	cert, key, err := testserver.PEM("dns.example")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"cert.pem": string(cert), "key.pem": string(key), "token": "0123456789abcdef\n", "tsig.key": testserver.KeySecret,
		"cookies": strings.Repeat("a1", 16) + "\n", "tickets": strings.Repeat("0", 64) + "\n", "policy.yaml": "", "lachan.yaml": text,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	cfg, problems := config.Load("lachan.yaml", nil)
	for _, p := range problems {
		t.Fatal(p)
	}
	for _, n := range caution.Of(cfg, []string{"policy.yaml"}) {
		said = append(said, n.Text.EN)
	}
	return said
}

// wantNotes checks that what is said has these words, in any order, and nothing
// else is said.
func wantNotes(t *testing.T, what string, said []string, want ...string) {
	t.Helper()
	if len(said) != len(want) {
		t.Errorf("%s: %d notes, want %d:\n%s", what, len(said), len(want), strings.Join(said, "\n"))
	}
	all := strings.Join(said, "\n")
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("%s: %q is missing in\n%s", what, w, all)
		}
	}
}

const secrets = `state_dir: state
server:
  doh: ["127.0.0.1:8443"]
  tls: {cert: cert.pem, key: key.pem, ticket_keys: tickets}
  cookies: {secret_file: cookies}
  page: {a: 10.0.0.1, https: ["127.0.0.1:8444"], cert: cert.pem, key: key.pem}
  rpz_out: {listen: ["127.0.0.1:5354"], zones: [{zone: g.example, categories: [gambling], tsig: {name: k, secret_file: tsig.key}}]}
http: {token_file: token}
metrics: {write_url: "http://a:b@127.0.0.1:9090/api/v1/write"}
feeds:
- {name: z, url: "axfr://192.0.2.1/rpz.example", category: gambling, tsig: {name: k, secret_file: tsig.key}}
`

func TestSecretsThatOthersCanReadAreTold(t *testing.T) {
	wantNotes(t, "0640", notes(t, secrets, 0o640))
	wantNotes(t, "0644", notes(t, secrets, 0o644),
		"server.tls.key: everybody", "server.tls.ticket_keys: everybody", "server.cookies.secret_file: everybody",
		"server.page.key: everybody", "server.rpz_out.zones.tsig.secret_file: everybody", "http.token_file: everybody",
		"feeds.tsig.secret_file: everybody", "metrics.write_url: everybody", "in policy.yaml; type: chmod o-rwx policy.yaml")
}

func TestAStateThatIsOpenIsTold(t *testing.T) {
	dir := t.TempDir()
	f := func(mode os.FileMode, want bool) {
		t.Helper()
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if got := caution.OpenToOthers(dir); got != want {
			t.Errorf("%o: %v", mode, got)
		}
	}
	f(0o700, false)
	f(0o750, false)
	f(0o755, true)
	f(0o701, true)
	if caution.OpenToOthers(filepath.Join(dir, "none")) {
		t.Error("one that is not there is open")
	}
}

func TestListsThatAnybodyOnTheWayCanChangeAreTold(t *testing.T) {
	const key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
	f := func(feed string, want ...string) {
		t.Helper()
		said := notes(t, "state_dir: state\nfeeds: [{name: f, category: gambling, "+feed+"}]\n", 0o600)
		wantNotes(t, feed, said, want...)
	}
	f(`url: "https://a.example/l"`)
	f(`url: "http://a.example/l"`, "comes over http:// without a signature")
	f(`url: "http://127.0.0.1:8000/l"`)
	f(`url: "http://a.example/l", verify: {minisign: ` + key + `}`)
	f(`url: "http://a.example/l", verify: {sha256_url: "https://a.example/l.sha256"}`)
	f(`url: "http://a.example/l", verify: {sha256_url: "http://a.example/l.sha256"}`, "comes over http://")
	f(`url: "http://a.example/l", locked_by: x`, "DANGER: feed \"f\" is locked")
	f(`url: "http://a.example/l", authority: {name: A}`, "DANGER: feed \"f\" is locked or an authority's order")
	f(`url: "axfr://192.0.2.1/rpz.example"`, "without a TSIG key")
	f(`url: "axfr://192.0.2.1/rpz.example", locked_by: x`, "DANGER: the zone of feed")
	f(`url: "axfr://127.0.0.1/rpz.example"`)
	f(`url: "https://a.example/l", locked_by: x`)
	f(`url: "https://a.example/l", locked_by: x, verify: {sha256_url: "https://a.example/l.sha256"}`, "digest from the same host a.example")
	f(`url: list.txt, locked_by: x`)
}

// A zone of an unmarked publisher may redirect any name, and check tells of it.
func TestAZoneThatAnswersAsItLikesIsTold(t *testing.T) {
	f := func(keys string, told bool) {
		t.Helper()
		path := t.TempDir() + "/lachan.yaml"
		text := "policy: \"\"\nfeeds:\n- {name: zone, url: \"https://lists.example/zone\", format: rpz, category: gambling" + keys + "}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, problems := config.Load(path, nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		is := false
		for _, note := range caution.Of(cfg, nil) {
			is = is || strings.Contains(note.Error(), "rpz.policy: given")
		}
		if is != told {
			t.Errorf("%q: told %v, want %v", keys, is, told)
		}
	}
	f("", true)
	f(", rpz: {policy: nxdomain}", false)
	f(", trusted: true", false)
	f(", authority: {name: A05}", false)
}

func TestAnAddressThatTheMachineHasNotGotIsToldOf(t *testing.T) {
	const here = "server: {listen: [%q]}\nhttp: {listen: %q}\n"
	for _, at := range []string{"127.0.0.1:5353", "127.9.9.9:5353", "0.0.0.0:5353", "[::]:5353", "[::1]:5353"} {
		wantNotes(t, at, notes(t, fmt.Sprintf(here, at, "127.0.0.1:8053"), 0o600))
	}
	wantNotes(t, "an address of documents", notes(t, fmt.Sprintf(here, "203.0.113.77:5353", "127.0.0.1:8053"), 0o600), "no address 203.0.113.77:5353")
	text := "server: {listen: [\"127.0.0.1:5353\", \"203.0.113.77:53\", \"[2001:db8::77]:53\"]}\nhttp: {listen: \"127.0.0.1:8053\"}\n"
	wantNotes(t, "one of three is there", notes(t, text, 0o600), "no address 203.0.113.77:53, [2001:db8::77]:53 at")
}

// Nodes take 200 lists of their hub: one that has more is told which they do not get.
func TestAHubWithMoreListsThanNodesTakeIsTold(t *testing.T) {
	text := func(fleet string, lists int) string {
		feeds := "feeds:\n"
		for i := range lists {
			feeds += fmt.Sprintf("- {name: list-%d, url: \"https://lists.example/%d\", category: ads}\n", i, i)
		}
		return fleet + feeds
	}
	const isHub = "fleet: {listen: \"0.0.0.0:4443\"}\n"
	wantNotes(t, "as many as they take", notes(t, text(isHub, 200), 0o600))
	wantNotes(t, "one more", notes(t, text(isHub, 201), 0o600), `from "list-200" on they do not get them`)
	wantNotes(t, "one more, without nodes", notes(t, text("", 201), 0o600))
}

// What goes to a NATS cluster without encryption is told, but on this machine.
func TestAClusterThatIsNotEncryptedIsTold(t *testing.T) {
	const at = "fleet: {listen: \"0.0.0.0:4443\", url: %q}\n"
	for _, url := range []string{"tls://nats.example", "nats://127.0.0.1:4222,nats://[::1]:4222", "nats://localhost"} {
		wantNotes(t, url, notes(t, fmt.Sprintf(at, url), 0o600))
	}
	wantNotes(t, "plain", notes(t, fmt.Sprintf(at, "nats://127.0.0.1,nats://nats.example"), 0o600), "is not encrypted")
}
