package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"lachan/blocklist/format"
	"lachan/blocklist/release"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// writeConfig puts a configuration and an empty policy in a directory of its
// own, which becomes the working directory, and returns the file's name.
func writeConfig(t *testing.T, text string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{"lachan.yaml": text, "policy.yaml": ""} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "lachan.yaml"
}

// TestConfigMistakes has mistakes that people make in a configuration, each
// with all that they are told.
func TestConfigMistakes(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		_, problems := Load(writeConfig(t, text), nil)
		var got []string
		for _, p := range problems {
			got = append(got, p.Error())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot\n%s\nwant\n%s", text, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	// A tab, as an editor for programs puts it.
	f("cache:\n\tentries: 5\n",
		`lachan.yaml:2: đầu dòng có phím Tab; YAML chỉ nhận dấu cách, hãy thay mỗi Tab bằng hai dấu cách | this line is indented with a tab; YAML takes only spaces, so replace each tab by two spaces`)

	// A key misspelt.
	f("cache:\n  entires: 5\n",
		`lachan.yaml:2: cache: không có mục "entires" ở đây; có phải ý bạn là "entries"? | cache: there is no key "entires" here; did you mean "entries"?`)

	// A space forgotten after a colon.
	f("log:\n  level:debug\n  format: json\n",
		`lachan.yaml:2: thiếu dấu cách sau dấu hai chấm trong "level:debug"; hãy viết "mục: giá trị" | a space is missing after the colon in "level:debug"; write "key: value"`)

	// A port alone.
	f("server:\n  listen: 53\n",
		`lachan.yaml:2: server.listen: cần một danh sách, ví dụ ["53"], nhưng ở đây là giá trị "53" | server.listen: wants a list, such as ["53"], but here is the value "53"`)

	// An address without quotes.
	f("server:\n  listen: [[::]:53]\n",
		`lachan.yaml:2: dấu phẩy hoặc dấu ngoặc [ ] { } ở dòng này không đúng chỗ; giá trị có chứa các dấu ấy phải đặt trong ngoặc kép, ví dụ ["[::]:53"] | a comma or one of [ ] { } is out of place on this line; a value that contains one must be in quotes, such as ["[::]:53"]`)

	// An address that means every address.
	f("server:\n  discovery: {addresses: [\"0.0.0.0\", 10.0.0.2]}\n",
		`lachan.yaml:2: server.discovery.addresses: máy khác không thể kết nối đến 0.0.0.0; hãy ghi địa chỉ mà máy trong trường dùng để tới máy chủ này | server.discovery.addresses: devices cannot connect to 0.0.0.0; write the address at which devices reach this server`)

	// Secrets that are not there.
	f("server:\n  cookies: {secret_file: none.key}\n",
		`lachan.yaml:2: server.cookies.secret_file: không dùng được khoá của DNS cookie: read secrets of cookies: open none.key: no such file or directory | server.cookies.secret_file: cannot use the secrets of DNS cookies: read secrets of cookies: open none.key: no such file or directory`)

	// A page that anybody on the way can change.
	f("server:\n  discovery: {info_url: \"http://a.example/\"}\n",
		`lachan.yaml:2: server.discovery.info_url: "http://a.example/" phải là một địa chỉ https:// dài không quá 247 ký tự, ví dụ https://dns.example.vn/huong-dan | server.discovery.info_url: "http://a.example/" must be an https:// address of at most 247 bytes, such as https://dns.example.vn/help`)

	// A port without an address, as other programs take it.
	f("server:\n  listen: [\":53\"]\n",
		`lachan.yaml:2: server.listen: giá trị ":53" phải là địa chỉ IP và cổng, ví dụ 10.20.0.1:53 hoặc [2001:db8:20::1]:53 | server.listen: the value ":53" must be an IP address and a port, such as 10.20.0.1:53 or [2001:db8:20::1]:53`)

	// An address that the first one covers.
	f("server:\n  listen: [\"0.0.0.0:53\", \"192.0.2.1:53\"]\n",
		`lachan.yaml:2: server.listen: địa chỉ 192.0.2.1:53 đụng với 0.0.0.0:53 ở server.listen; trên một địa chỉ, mỗi cổng chỉ dùng được một lần (0.0.0.0 và [::] là mọi địa chỉ) | server.listen: address 192.0.2.1:53 collides with 0.0.0.0:53 in server.listen; a port can be used once on an address (0.0.0.0 and [::] are every address)`)

	// The server as its own upstream.
	f("server:\n  listen: [\"127.0.0.1:53\"]\nupstream:\n  servers: [\"127.0.0.1\"]\n",
		`lachan.yaml:4: upstream.servers: 127.0.0.1:53 là địa chỉ của chính máy chủ này nên câu hỏi sẽ chạy vòng mãi; hãy ghi máy chủ DNS khác | upstream.servers: 127.0.0.1:53 is an address of this server itself, so queries would loop; write another DNS server`)

	// The word of a server for which anybody on the way can speak; of one that is not asked.
	f("upstream:\n  servers: [192.0.2.1, \"tls://192.0.2.2\"]\n  trust_ad: true\n",
		`lachan.yaml:3: upstream.trust_ad: không thể tin bit AD của 192.0.2.1:53: ai ở giữa đường cũng sửa được câu trả lời; hãy hỏi qua tls:// hoặc https://, hoặc đặt bộ phân giải kiểm tra DNSSEC trên chính máy này (127.0.0.1) | upstream.trust_ad: the AD bit of 192.0.2.1:53 cannot be trusted: anybody on the way can change what it says; ask it by tls:// or https://, or put a validating resolver on this machine (127.0.0.1)`)
	f("upstream:\n  servers: [192.0.2.1, \"127.0.0.9:5335\"]\n  trust_ad: [\"127.0.0.8:5335\"]\n",
		`lachan.yaml:3: upstream.trust_ad: 127.0.0.8:5335 không có trong upstream.servers hay upstream.zones; hãy ghi giống hệt như ở đó | upstream.trust_ad: 127.0.0.8:5335 is in neither upstream.servers nor upstream.zones; write it as it is there`)
	f("upstream:\n  servers: [192.0.2.1]\n  dnssec: require\n",
		`lachan.yaml:3: upstream.dnssec: require cần ít nhất một máy chủ của upstream.servers có trong upstream.trust_ad; nếu không thì mọi câu trả lời đều bị bỏ | upstream.dnssec: require needs a server of upstream.servers that is in upstream.trust_ad; without one every answer is refused`)

	// An upstream by name, a time without a unit.
	f("upstream:\n  servers: [dns.example]\n  timeout: 2\n",
		`lachan.yaml:2: upstream.servers: máy chủ DNS cấp trên "dns.example" không phải là địa chỉ IP; hãy ghi địa chỉ như 1.1.1.1, 1.1.1.1:5353 hoặc [2606:4700::1111]:53 (không ghi tên máy), hoặc system | upstream.servers: upstream server "dns.example" is not an IP address; write one such as 1.1.1.1, 1.1.1.1:5353 or [2606:4700::1111]:53 (not a host name), or system`,
		`lachan.yaml:3: upstream.timeout: giá trị "2" phải là một khoảng thời gian có đơn vị, ví dụ 500ms, 5s, 30m, 12h, 7d | upstream.timeout: the value "2" must be a length of time with its unit, such as 500ms, 5s, 30m, 12h, 7d`)

	// Bounds that cross.
	f("cache: {min_ttl: 2d, max_ttl: 1d}\n",
		`lachan.yaml:1: cache.min_ttl: min_ttl (2d) lớn hơn max_ttl (1d); hãy giảm min_ttl hoặc tăng max_ttl | cache.min_ttl: min_ttl (2d) is larger than max_ttl (1d); lower min_ttl or raise max_ttl`)

	// Bounds that are passed.
	f("cache: {entries: 0, stale_for: 365d}\nmetrics: {history: 12h}\n",
		`lachan.yaml:1: cache.entries: giá trị phải từ 1 đến 100000000 | cache.entries: the value must be from 1 to 100000000`,
		`lachan.yaml:1: cache.stale_for: giá trị phải từ 0s đến 7d | cache.stale_for: the value must be from 0s to 7d`,
		`lachan.yaml:2: metrics.history: giá trị phải từ 1d đến 3660d | metrics.history: the value must be from 1d to 3660d`)

	// A time zone that is none.
	f("timezone: Asia/Hanoi\n",
		`lachan.yaml:1: timezone: không có múi giờ "Asia/Hanoi"; hãy ghi như Asia/Ho_Chi_Minh | timezone: there is no time zone "Asia/Hanoi"; write one such as Asia/Ho_Chi_Minh`)

	// A file where a directory should be made.
	f("state_dir: lachan.yaml/state\n",
		`lachan.yaml:1: state_dir: lachan.yaml không phải là thư mục nên không thể tạo thư mục trạng thái ở đó; hãy chọn nơi khác | state_dir: lachan.yaml is not a directory, so the state directory cannot be made there; choose another place`)

	// A certificate without its key.
	f("server:\n  tls: {cert: a.pem}\n",
		`lachan.yaml:2: server.tls: cert và key phải đi cùng nhau; hãy ghi cả hai hoặc bỏ cả hai | server.tls: cert and key belong together; give both or neither`)

	// DNS over TLS and over HTTPS on the same port, without a certificate.
	f("server:\n  dot: [\"0.0.0.0:853\"]\n  doq: [\"0.0.0.0:853\"]\n  doh: [\"192.0.2.1:853\"]\n",
		`lachan.yaml:2: server.dot: cần có chứng chỉ; hãy ghi server.tls: {cert: tệp.pem, key: tệp.pem} | server.dot: a certificate is needed; write server.tls: {cert: file.pem, key: file.pem}`,
		`lachan.yaml:3: server.doq: cần có chứng chỉ; hãy ghi server.tls: {cert: tệp.pem, key: tệp.pem} | server.doq: a certificate is needed; write server.tls: {cert: file.pem, key: file.pem}`,
		`lachan.yaml:4: server.doh: cần có chứng chỉ; hãy ghi server.tls: {cert: tệp.pem, key: tệp.pem} | server.doh: a certificate is needed; write server.tls: {cert: file.pem, key: file.pem}`,
		`lachan.yaml:4: server.doh: địa chỉ 192.0.2.1:853 đụng với 0.0.0.0:853 ở server.dot; trên một địa chỉ, mỗi cổng chỉ dùng được một lần (0.0.0.0 và [::] là mọi địa chỉ) | server.doh: address 192.0.2.1:853 collides with 0.0.0.0:853 in server.dot; a port can be used once on an address (0.0.0.0 and [::] are every address)`)

	// A list without a category, its name not a name.
	f("feeds:\n- name: Cờ bạc\n  url: https://lists.example/gambling.hosts\n",
		`lachan.yaml:2: feeds.name: tên "Cờ bạc" của danh sách chỉ được gồm chữ thường không dấu a-z, chữ số và dấu gạch ngang, dài 1 đến 40 ký tự, ví dụ hostsvn-co-bac | feeds.name: feed name "Cờ bạc" must be 1 to 40 of the letters a-z, digits and hyphens, such as hostsvn-co-bac`,
		`lachan.yaml:2: feeds: danh sách chặn "Cờ bạc" cần category, ví dụ "gambling" (cờ bạc) hoặc "phishing" (lừa đảo) | feeds: blocking feed "Cờ bạc" needs a category, such as "gambling" or "phishing"`)

	// Wrong units.
	f("feeds:\n- name: a\n  url: https://lists.example/a\n  category: gambling\n  max_bytes: 64 megs\n  max_shrink: 30\n  refresh: 1s\n",
		`lachan.yaml:5: feeds.max_bytes: giá trị "64 megs" phải là một dung lượng có đơn vị, ví dụ 512KiB, 64MiB, 1GiB | feeds.max_bytes: the value "64 megs" must be a size with its unit, such as 512KiB, 64MiB, 1GiB`,
		`lachan.yaml:6: feeds.max_shrink: giá trị "30" phải là một tỷ lệ từ 0% đến 100%, ví dụ 30% | feeds.max_shrink: the value "30" must be a share from 0% to 100%, such as 30%`,
		`lachan.yaml:7: feeds.refresh: giá trị phải từ 1m đến 30d | feeds.refresh: the value must be from 1m to 30d`)

	// A second list of the same name, with much else wrong.
	f("feeds:\n- {name: a, url: a.hosts, category: gambling}\n- name: a\n  url: ftp://lists.example/a\n  format: host\n  action: allow\n  locked_by: lao-cai\n  authority: {effective: 2026-12-01, expires: 2026-11-01}\n",
		`lachan.yaml:3: feeds.name: tên danh sách "a" đã dùng ở dòng 2; hãy đặt tên khác | feeds.name: feed name "a" is already used on line 2; choose another`,
		`lachan.yaml:4: feeds.url: không tải được danh sách từ "ftp://lists.example/a"; hãy dùng https://, http://, axfr:// hoặc đường dẫn tệp | feeds.url: cannot fetch lists from "ftp://lists.example/a"; use https://, http://, axfr:// or the path of a file`,
		`lachan.yaml:5: feeds.format: không có định dạng danh sách "host"; có phải là "hosts"? Các định dạng: auto, hosts, domains, wildcard, adblock, regex, dnsmasq, unbound, rpz, csv, addresses, xlsx, manifest | feeds.format: no list format "host"; did you mean "hosts"? The formats: auto, hosts, domains, wildcard, adblock, regex, dnsmasq, unbound, rpz, csv, addresses, xlsx, manifest`,
		`lachan.yaml:7: feeds.locked_by: danh sách cho phép "a" không thể khoá; hãy bỏ locked_by hoặc ghi action: block | feeds.locked_by: feed "a" allows, so it cannot be locked; leave out locked_by or write action: block`,
		`lachan.yaml:8: feeds.authority.expires: expires (2026-11-01) phải sau effective (2026-12-01) | feeds.authority.expires: expires (2026-11-01) must be after effective (2026-12-01)`)

	// A key's name without its file.
	f("feeds:\n- name: a\n  category: gambling\n  url: axfr://ns.example/rpz.example\n  tsig: {name: k.example}\n",
		`lachan.yaml:5: feeds.tsig: tsig cần cả name và secret_file, và chỉ dùng cho url axfr:// | feeds.tsig: tsig needs both name and secret_file, and a url axfr://`)

	// A choice misspelt.
	f("log: {level: warning}\nupstream: {strategy: fast}\n",
		`lachan.yaml:1: log.level: không có giá trị "warning"; các giá trị được dùng: debug, info, warn, error | log.level: there is no value "warning"; the values are: debug, info, warn, error`,
		`lachan.yaml:2: upstream.strategy: cách chọn máy chủ DNS cấp trên "fast" không có; hãy ghi fastest (nhanh nhất), ordered (theo thứ tự) hoặc parallel (hỏi cùng lúc) | upstream.strategy: there is no upstream strategy "fast"; write fastest, ordered or parallel`)
}

func TestVariablesAreStrongerThanTheFileAndFlagsThanBoth(t *testing.T) {
	f := func(file, variable, flag, want string) {
		t.Helper()
		text := ""
		if file != "" {
			text = "cache: {max_ttl: " + file + "}"
		}
		name := writeConfig(t, text)
		if variable != "" {
			t.Setenv("LACHAN_CACHE_MAX_TTL", variable)
			defer os.Unsetenv("LACHAN_CACHE_MAX_TTL")
		}
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		AddFlags(flags, wording.Both)
		if flag != "" {
			if err := flags.Parse([]string{"--cache.max_ttl=" + flag}); err != nil {
				t.Fatal(err)
			}
		}
		c, problems := Load(name, flags)
		if got := c.Cache.MaxTTL.String(); got != want || len(problems) > 0 {
			t.Errorf("file %q, variable %q, flag %q: got %s, want %s; %v", file, variable, flag, got, want, problems)
		}
	}
	f("", "", "", "24h0m0s")
	f("1h", "", "", "1h0m0s")
	f("", "2h", "", "2h0m0s")
	f("1h", "2h", "", "2h0m0s")
	f("1h", "", "3h", "3h0m0s")
	f("1h", "2h", "3h", "3h0m0s")
}

func TestVariables(t *testing.T) {
	f := func(name, value string, got func(*Config) any, want any) {
		t.Helper()
		file := writeConfig(t, "")
		t.Setenv(name, value)
		defer os.Unsetenv(name)
		c, problems := Load(file, nil)
		if g := got(c); !reflect.DeepEqual(g, want) || len(problems) > 0 {
			t.Errorf("%s=%s: got %v, want %v; %v", name, value, g, want, problems)
		}
	}
	listen := func(c *Config) any { return c.Server.Listen }
	two := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53"), netip.MustParseAddrPort("[::1]:53")}
	f("LACHAN_SERVER_LISTEN", "127.0.0.1:53,[::1]:53", listen, two)
	f("LACHAN_SERVER_LISTEN", `["127.0.0.1:53", "[::1]:53"]`, listen, two)
	f("LACHAN_HTTP_LISTEN", "", func(c *Config) any { return c.HTTP.Listen.IsValid() }, false) // an empty variable is a value
	f("LACHAN_SERVER_RATE_LIMIT_PER_CLIENT", "20", func(c *Config) any { return c.Server.RateLimit.PerClient }, 20)
	f("LACHAN_UPSTREAM_ZONES", "{truong.lan: [10.0.0.1]}", func(c *Config) any { return c.Upstream.Zones["truong.lan"][0].String() }, "10.0.0.1:53")
	f("LACHAN_FEEDS", "[{name: a, url: /a.hosts, category: ads}]", func(c *Config) any { return c.Feeds[0].Refresh }, time.Hour)
	f("LACHAN_POLICY", "policy.yaml", func(c *Config) any { return c.Policy }, "policy.yaml")
	f("LACHAN_CONFIG", "elsewhere.yaml", func(*Config) any { return nil }, nil) // known, read by the command line
}

func TestEveryKeyHasAVariableOfItsOwn(t *testing.T) {
	keys := map[string][]string{EnvFile: nil, EnvLanguage: nil}
	for _, k := range yamlfile.Keys(&Config{}) {
		name := envName(k.Path)
		if other, taken := keys[name]; taken {
			t.Errorf("%s sets %v and %v", name, other, k.Path)
		}
		keys[name] = k.Path
	}
}

func TestMistakesInVariablesAndFlagsAreNamed(t *testing.T) {
	f := func(name, value, want string) {
		t.Helper()
		file := writeConfig(t, "cache: {max_ttl: 1h}")
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		AddFlags(flags, wording.Both)
		if strings.HasPrefix(name, "--") {
			if err := flags.Parse([]string{name + "=" + value}); err != nil {
				t.Fatal(err)
			}
		} else {
			t.Setenv(name, value)
			defer os.Unsetenv(name)
		}
		_, problems := Load(file, flags)
		if len(problems) != 1 {
			t.Fatalf("%s=%s: want one problem: %v", name, value, problems)
		}
		place, english := problems[0].File, problems[0].Text.EN
		if got := place + ": " + english; got != want {
			t.Errorf("%s=%s:\ngot  %s\nwant %s", name, value, got, want)
		}
	}
	f("LACHAN_CACHE_MAX_TTL", "1", `LACHAN_CACHE_MAX_TTL: the value "1" must be a length of time with its unit, such as 500ms, 5s, 30m, 12h, 7d`)
	f("LACHAN_CACHE_MIN_TTL", "2h", "LACHAN_CACHE_MIN_TTL: cache.min_ttl: min_ttl (2h) is larger than max_ttl (1h); lower min_ttl or raise max_ttl")
	f("LACHAN_CACHE_MAXTTL", "2h", "LACHAN_CACHE_MAXTTL: the configuration has no such variable; did you mean LACHAN_CACHE_MAX_TTL?")
	f("LACHAN_PASSWORD", "x", "LACHAN_PASSWORD: the configuration has no such variable; remove it")
	f("--cache.entries", "0", "--cache.entries: cache.entries: the value must be from 1 to 100000000")
	f("--log.level", "loud", `--log.level: there is no value "loud"; the values are: debug, info, warn, error`)
}

func TestPathsInTheFileAreTakenFromItsDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	text := `
state_dir: ../state
policy: rules.yaml
feeds:
- {name: a, url: lists/a.hosts, category: ads, verify: {sha256_url: lists/a.sha256}}
- {name: b, url: /b.hosts, category: ads}
- {name: c, url: "https://lists.example/c", category: ads}
- {name: d, url: "file:///d.hosts", category: ads}
`
	if err := errors.Join(os.Mkdir("etc", 0o700), os.WriteFile("etc/lachan.yaml", []byte(text), 0o600),
		os.WriteFile("etc/rules.yaml", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	c, problems := Load("etc/lachan.yaml", nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := []string{c.StateDir, c.Policy, c.Feeds[0].URL, c.Feeds[0].Verify.SHA256URL, c.Feeds[1].URL, c.Feeds[2].URL, c.Feeds[3].URL}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	lists := filepath.Join(here, "etc", "lists") // the same wherever the server is started
	want := []string{"state", "etc/rules.yaml", lists + "/a.hosts", lists + "/a.sha256", "/b.hosts", "https://lists.example/c", "file:///d.hosts"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestEveryPathOfTheFileIsTakenFromItsDirectory, whatever it leads to.
func TestEveryPathOfTheFileIsTakenFromItsDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	text := `state_dir: x
policy: x
http: {token_file: x}
fleet: {ca: x}
console: {cert: x, key: x, oidc: {secret_file: x}, mail: {password_file: x}}
server:
  tls: {cert: x, key: x, ticket_keys: x}
  cookies: {secret_file: x}
  page: {cert: x, key: x}
  rpz_out: {zones: [{zone: a.example, tsig: {secret_file: x}}, {zone: b.example, tsig: {secret_file: x}}]}
feeds: [{name: a, tsig: {secret_file: x}}, {name: b, tsig: {secret_file: x}}]
reports: [{unit: all, dir: x}, {unit: all, dir: x}]
`
	if err := errors.Join(os.Mkdir("etc", 0o700), os.WriteFile("etc/lachan.yaml", []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	c, _ := Load("etc/lachan.yaml", nil) // what is wrong is that none of the files is there
	got := []string{
		c.StateDir, c.Policy, c.HTTP.TokenFile, c.Fleet.CA, c.Console.Cert, c.Console.Key, c.Console.OIDC.SecretFile,
		c.Console.Mail.PasswordFile, c.Server.TLS.Cert, c.Server.TLS.Key, c.Server.TLS.TicketKeys, c.Server.Cookies.SecretFile,
		c.Server.Page.Cert, c.Server.Page.Key, c.Server.RPZOut.Zones[0].TSIG.SecretFile, c.Server.RPZOut.Zones[1].TSIG.SecretFile,
		c.Feeds[0].TSIG.SecretFile, c.Feeds[1].TSIG.SecretFile, c.Reports.Schedule[0].Dir, c.Reports.Schedule[1].Dir,
	}
	for i, path := range got {
		if path != "etc/x" {
			t.Errorf("path %d is %q", i, path)
		}
	}
	c.StateDir = "state"
	for path, want := range map[string]string{
		c.ListsDir(): "state/lists", c.PolicyDir(): "state/policy", LedgerDir(c): "state/ledger", FleetDir(c): "state/fleet",
		c.FeedsDir(): "state/feeds", c.HistoryDir(): "state/history", c.DaysDir(): "state/history/days",
		c.RequestsDir(): "state/requests", c.OrdersFile(): "state/orders.jsonl", TablesDir(c): "state/tables",
	} {
		if path != want {
			t.Errorf("%q lies at %q", want, path)
		}
	}
}

func TestWithoutAFileTheDefaultsHold(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("LACHAN_POLICY", "")
	c, problems := Load("", nil)
	if len(problems) > 0 || c.StateDir != "/var/lib/lachan" || c.Policy != "" {
		t.Errorf("%+v, problems %v", c, problems)
	}
	if c, problems := Load("missing.yaml", nil); len(problems) != 1 || problems[0].File != "missing.yaml" || c.Policy != "" {
		t.Errorf("a file that was named must be there: %v", problems)
	}
}

// reference is the file that shows every key with its default.
const reference = "../../../configs/lachan.yaml"

func TestReferenceHasEveryKeyWithItsDefault(t *testing.T) {
	c, problems := Load(reference, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, k := range yamlfile.Keys(c) {
		if path := strings.Join(k.Path, "."); c.Lines[path] == 0 {
			t.Errorf("%s is not in %s", path, reference)
		}
	}
	want := &Config{}
	want.SetDefaults()
	want.Lines, want.file, want.origin = c.Lines, c.file, c.origin
	want.resolvePaths()
	for i, k := range yamlfile.Keys(want) {
		got := reflect.ValueOf(yamlfile.Keys(c)[i].Value).Elem()
		if w := reflect.ValueOf(k.Value).Elem(); got.Kind() == reflect.Slice && got.Len() == 0 && w.Len() == 0 ||
			got.Kind() == reflect.Map && got.Len() == 0 && w.Len() == 0 {
			continue
		} else if !reflect.DeepEqual(got.Interface(), w.Interface()) {
			t.Errorf("%s: %s says %v, the default is %v", strings.Join(k.Path, "."), reference, got, w)
		}
	}
}

func TestReferenceHasEveryKeyOfAFeedWithItsDefault(t *testing.T) {
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(text), "feeds: []\n")
	example, _, ends := strings.Cut(example, "\n\n")
	if !found || !ends {
		t.Fatalf("%s has no example of a feed", reference)
	}
	example = strings.ReplaceAll("\n"+example, "\n#", "\n")
	var got struct {
		Lines yamlfile.Lines
		Feeds []Feed `yaml:"feeds"`
	}
	if problems := yamlfile.Decode(reference, []byte("feeds:"+example), &got); len(problems) > 0 || len(got.Feeds) != 1 {
		t.Fatalf("%d feeds, %v", len(got.Feeds), problems)
	}
	var want Feed
	want.SetDefaults()
	want.Name, want.URL, want.Category = got.Feeds[0].Name, got.Feeds[0].URL, got.Feeds[0].Category
	if got, want := fmt.Sprintf("%+v", got.Feeds[0]), fmt.Sprintf("%+v", want); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, k := range yamlfile.Keys(&want) {
		if path := strings.Join(k.Path, "."); got.Lines["feeds[0]."+path] == 0 {
			t.Errorf("feeds.%s is not in %s", path, reference)
		}
	}
}

// TestSignedTransfersHaveNoShrinkGuard: what a primary signs is whole; the guard is
// for downloads that may break off.
func TestSignedTransfersHaveNoShrinkGuard(t *testing.T) {
	f := func(url, key string, part yamlfile.Percent, want float64) {
		t.Helper()
		var feed Feed
		feed.SetDefaults()
		feed.URL, feed.TSIG.Name = url, key
		if part > 0 {
			feed.MaxShrink = part
		}
		if got := feed.Source(time.UTC).MaxShrink; got != want {
			t.Errorf("%s with key %q and max_shrink %v: %v, want %v", url, key, part, got, want)
		}
	}
	f("axfr://192.0.2.1/rpz.example", "k.example", 0, 1)
	f("axfr://192.0.2.1/rpz.example", "k.example", 0.1, 0.1)
	f("axfr://192.0.2.1/rpz.example", "", 0, 0.3)
	f("https://lists.example/a.txt", "", 0, 0.3)
}

// TestAnOpenListenerSaysWhoMayAsk: by address, or by a token.
func TestAnOpenListenerSaysWhoMayAsk(t *testing.T) {
	f := func(http string, want bool) {
		t.Helper()
		if _, problems := Load(writeConfig(t, "policy: \"\"\nhttp: "+http+"\n"), nil); (len(problems) == 0) != want {
			t.Errorf("%s: %v", http, problems)
		}
	}
	f(`{listen: "127.0.0.1:8053"}`, true)
	f(`{listen: "0.0.0.0:8053"}`, false)
	f(`{listen: "10.20.0.2:8053", allow: ["127.0.0.0/8", "::1/128"]}`, false)
	f(`{listen: "10.20.0.2:8053", allow: ["127.0.0.0/8", "10.20.9.4/32"]}`, true)
}

func TestConnectionsOfAClient(t *testing.T) {
	f := func(written string, client, shared int) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "lachan.yaml")
		if err := os.WriteFile(file, []byte("server: {tcp: {"+written+"}}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, problems := Load(file, nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if a, b := c.Server.TCP.OfClient(800), c.Server.TCP.OfShared(800); a != client || b != shared {
			t.Errorf("%s: %d and %d, want %d and %d", written, a, b, client, shared)
		}
	}
	f("", 50, 200)
	if few := (&TCP{PerClient: autoCount}); few.OfClient(1) != 1 || few.OfShared(1) != 1 || few.OfClient(15) != 1 || few.OfClient(32) != 2 || few.OfShared(8) != 2 {
		t.Error("of few connections a client has another part than a sixteenth or a quarter, and one at least")
	}
	f("per_client: auto", 50, 200)
	f("per_client: 30", 30, 30)
	f("per_client: 0", 0, 0)
}

// Only what the operator says, or somebody answers for, lets a feed fill any category.
func TestWhichFeedsAreMarked(t *testing.T) {
	f := func(what string, want bool, change func(*Feed)) {
		t.Helper()
		var of Feed
		change(&of)
		if of.Marked() != want {
			t.Errorf("%s: marked %v", what, of.Marked())
		}
	}
	f("a feed", false, func(*Feed) {})
	f("one with a digest", false, func(f *Feed) { f.Verify.SHA256URL = "https://a.example/sum" })
	f("a trusted one", true, func(f *Feed) { f.Trusted = true })
	f("a locked one", true, func(f *Feed) { f.LockedBy = "tinh" })
	f("an authority's", true, func(f *Feed) { f.Authority.Name = "A05" })
	f("a signed one", true, func(f *Feed) { f.Verify.Minisign = make(release.Keys, 1) })
}

// Bounds hold at both of their ends.
func TestWhatIsWithinItsBounds(t *testing.T) {
	f := func(text string, right bool) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "lachan.yaml")
		if err := os.WriteFile(file, []byte("policy: \"\"\n"+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, problems := Load(file, nil); (len(problems) == 0) != right {
			t.Errorf("%s: %v", text, problems)
		}
	}
	of := func(bytes string) string {
		return "feeds: [{name: a, url: a.txt, category: ads, max_bytes: " + bytes + "}]"
	}
	f(of("1KiB"), true)
	f(of("1023"), false)
	f(of("4GiB"), true)
	f(of("5GiB"), false)
	f("server: {tcp: {lifetime: 0s}}", true)
	f("server: {tcp: {lifetime: 1m}}", true)
	f("server: {tcp: {lifetime: 59s}}", false)
	f("server: {tcp: {lifetime: 7d}}", true)
	f("server: {tcp: {lifetime: 8d}}", false)
	f("server: {tcp: {connections: 1}}", true)
	f("server: {tcp: {connections: 0}}", false)
	f("server: {rate_limit: {per_client: 1000000}}", true)
	f("server: {rate_limit: {per_client: 1000001}}", false)
	f("cache: {max_ttl: 1s, min_ttl: 0s}", true)
	f("cache: {max_ttl: 8d}", false)
	f("cache: {entries: 1}", true)
	f("cache: {entries: 0}", false)
}

// Lists that were chosen by decisions may what a list of strangers may. A name that begins
// as those of tables that were handed over, and one of the file, is not theirs; what lies
// below state_dir gives no lock, no zone and no file of this machine.
func TestAChosenListGainsNoPower(t *testing.T) {
	dir := t.TempDir()
	ledger := filepath.Join(dir, "state", "ledger")
	if err := os.MkdirAll(ledger, 0o700); err != nil {
		t.Fatal(err)
	}
	lines := `# head
lists:
- {"name":"tot","url":"https://lists.example/x","format":"auto","category":"games","number":7,"locked_by":"tinh","trusted":true,"authority":{"name":"A05"}}
- {"name":"cua-tep","url":"https://lists.example/y","format":"auto","category":"games","number":8}
- {"name":"handed-over-a05-1","url":"https://lists.example/z","format":"auto","category":"games","number":9}
- {"name":"vung","url":"https://lists.example/rpz","format":"rpz","category":"games","number":10}
- {"name":"tep","url":"/etc/passwd","format":"auto","category":"games","number":11}
- {"name":"ky","url":"https://lists.example/manifest.json","format":"auto","category":"games","number":12}
- {"name":"../../x","url":"https://lists.example/x","format":"auto","category":"games","number":13}
- not JSON
units:
- {"name":"khong-phai","url":"https://lists.example/x","format":"auto","category":"games","number":14}
`
	if err := os.WriteFile(filepath.Join(ledger, "console.yaml"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "lachan.yaml")
	text := "state_dir: state\nfeeds:\n- {name: cua-tep, url: https://lists.example/theirs, category: malware, locked_by: tinh}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems := Load(file, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(c.Feeds) != 2 || c.Feeds[0].URL != "https://lists.example/theirs" || c.Feeds[0].LockedBy != "tinh" {
		t.Fatalf("feeds are %+v", c.Feeds)
	}
	got := c.Feeds[1]
	want := Feed{}
	want.SetDefaults()
	want.Name, want.URL, want.Category, want.Chosen = "tot", "https://lists.example/x", "games", 7
	if !reflect.DeepEqual(got, want) {
		t.Errorf("it is %+v, want %+v", got, want)
	}
	if got.Marked() || got.First() || got.Answers() {
		t.Error("it has power")
	}
	TakeChosen(c)
	if len(c.Feeds) != 2 {
		t.Errorf("taken twice: %+v", c.Feeds)
	}
	if err := os.Remove(filepath.Join(ledger, "console.yaml")); err != nil {
		t.Fatal(err)
	}
	if TakeChosen(c); len(c.Feeds) != 1 || c.Feeds[0].Name != "cua-tep" {
		t.Errorf("what is no longer chosen stays: %+v", c.Feeds)
	}
}

// TestOnlyTheFirstSectionHasChosenLists: what is below another is none, whatever it says.
func TestOnlyTheFirstSectionHasChosenLists(t *testing.T) {
	c := &Config{StateDir: t.TempDir()}
	if err := os.MkdirAll(LedgerDir(c), 0o700); err != nil {
		t.Fatal(err)
	}
	const item = `- {"name":"a","url":"https://lists.example/x","format":"auto","category":"games","number":1}` + "\n"
	for text, want := range map[string]int{
		"lists:\n" + item: 1, "# head\n# more\nlists:\n" + item: 1, "units:\n" + item + "lists:\n" + item: 0,
		"lists:\n" + item + "units:\n" + item: 1, "lists:\nlists:\n" + item: 0, item: 0,
	} {
		if err := os.WriteFile(ConsoleFile(c), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := len(Chosen(c)); got != want {
			t.Errorf("%q: %d chosen, want %d", text, got, want)
		}
	}
}

// TestTablesThatWereHandedOverAreFeeds of the authority whose feed the file has, with its
// powers. A folder without a table, of nobody who is known, or of a name that is taken, is
// none.
func TestTablesThatWereHandedOverAreFeeds(t *testing.T) {
	dir := t.TempDir()
	tables := filepath.Join(dir, "state", "tables")
	for _, name := range []string{"so-gddt.01/a.csv", "so-gddt.02/b.txt", "khac.01/a.csv", "so-gddt.03/a.csv", "allows.01/a.csv"} {
		path := filepath.Join(tables, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "lachan.yaml")
	text := `policy: ""
state_dir: state
feeds:
- {name: order, url: a.txt, category: authority-order, categories: [games], trusted: true, locked_by: tinh, authority: {name: Sở GDĐT, document: 1/A, date: 2026-01-02, urgent: true}}
- {name: lets, url: a.txt, action: allow, authority: {name: Allows}}
- {name: handed-over-so-gddt-03, url: a.txt, category: ads}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems := Load(file, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(c.Feeds) != 4 {
		t.Fatalf("feeds are %+v", c.Feeds)
	}
	got, want := c.Feeds[3], Feed{}
	want.SetDefaults()
	want.Name, want.URL, want.Format, want.MaxBytes = "handed-over-so-gddt-01", filepath.Join(tables, "so-gddt.01"), format.CSV, 1<<30
	want.MaxShrink, want.MaxGrowth = 1, 0
	want.Category, want.Categories, want.Trusted, want.LockedBy = "authority-order", []string{"games"}, true, "tinh"
	want.Authority = Authority{Name: "Sở GDĐT", Urgent: true}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("it is %+v\nwant %+v", got, want)
	}
	for i, is := range []bool{false, false, false, true} {
		if IsHandedOver(c, &c.Feeds[i]) != is {
			t.Errorf("%s at %s: handed over %v", c.Feeds[i].Name, c.Feeds[i].URL, !is)
		}
	}
	if IsHandedOver(c, &Feed{Name: "order", URL: got.URL}) {
		t.Error("a feed of the file that reads the same folder was handed over")
	}
	for id, want := range map[string]string{"so-gddt": "order", "allows": "", "khac": ""} {
		if f := AuthorityFeed(c, id); (f != nil) != (want != "") || f != nil && f.Name != want {
			t.Errorf("%s: %+v", id, f)
		}
	}
}

// TestANodeTakesWhatItsHubDecides in place of its own file, once it is here.
func TestANodeTakesWhatItsHubDecides(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("lachan.yaml", []byte("policy: own.yaml\nstate_dir: state\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func() *Config {
		c, _ := Load("lachan.yaml", nil) // own.yaml may be missing
		return c
	}
	if c := load(); c.Policy != "own.yaml" || ConsoleFile(c) != "state/ledger/console.yaml" {
		t.Errorf("alone: %s, %s", c.Policy, ConsoleFile(c))
	}
	for _, name := range []string{"state/fleet/current/policy.yaml", "state/fleet/console.yaml"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if c := load(); c.Policy != "state/fleet/current/policy.yaml" || ConsoleFile(c) != "state/fleet/console.yaml" {
		t.Errorf("of a fleet: %s, %s", c.Policy, ConsoleFile(c))
	}
}

// TestAChosenListIsFetchedFromOutside, or from a server that the file has a list of; one of
// the file is fetched from anywhere.
func TestAChosenListIsFetchedFromOutside(t *testing.T) {
	var at [2]string // two servers of this machine
	for i := range at {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		at[i] = l.Addr().String()
	}
	c := &Config{}
	c.SetDefaults()
	c.Feeds = []Feed{choose("file", "http://"+at[0]+"/x", "games", format.Auto), choose("one", "http://"+at[1]+"/x", "games", format.Auto), choose("two", "http://"+at[0]+"/y", "games", format.Auto)}
	c.Feeds[1].Chosen, c.Feeds[2].Chosen = 1, 2
	sources := c.Sources(nil, nil)
	if sources[0].Dial != nil || sources[1].Dial == nil || sources[2].Dial == nil {
		t.Fatal("which lists are fetched from outside alone is another matter")
	}
	dial := func(address string) error {
		conn, err := sources[1].Dial(t.Context(), "tcp", address)
		if err == nil {
			conn.Close()
		}
		return err
	}
	if err := dial(at[1]); err == nil {
		t.Error("a server of this machine is reached that a decision alone names")
	}
	if err := dial(at[0]); err != nil {
		t.Errorf("a server of this machine that the file names: %v", err)
	}
}

// TestWhichListsMayBeChosen: what comes over the web as a list alone, from a server that is
// named and with no password.
func TestWhichListsMayBeChosen(t *testing.T) {
	f := func(address string, as format.Format, want bool) {
		t.Helper()
		if one := choose("a", address, "games", as); one.Choosable() != want {
			t.Errorf("%s as %s: %v", address, as, !want)
		}
	}
	f("https://lists.example/x", format.Auto, true)
	f("http://lists.example/x", format.Hosts, true)
	f("ftp://lists.example/x", format.Auto, false)
	f("https:///x", format.Auto, false)
	f("https://:443/x", format.Auto, false)
	f("https://me@lists.example/x", format.Auto, false)
	f("https://%zz", format.Auto, false)
	f("https://lists.example/x", format.RPZ, false)
	f("https://lists.example/x", format.Directory, false)
	f("https://lists.example/manifest.json", format.Auto, false)
	for _, one := range []Feed{choose("handed-over-a", "https://lists.example/x", "games", format.Auto), choose("", "https://lists.example/x", "games", format.Auto), choose("a", "https://lists.example/x", "", format.Auto)} {
		if one.Choosable() {
			t.Errorf("%q of category %q may be chosen", one.Name, one.Category)
		}
	}
}
