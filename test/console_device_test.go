package test

import (
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// turnedFile makes a watch of five minutes one of two seconds, where the environment says so.
const turnedFile = `package watch

import (
	"os"
	"time"
)

func turned(during time.Duration) time.Duration {
	if os.Getenv("TURNED_CLOCK") != "" {
		return min(during, 2*time.Second)
	}
	return during
}
`

// turnedClock is where the clock of watches is turned.
var turnedClock = forced{
	kind: "clock", file: "resolver/watch/watch.go", at: "during = max(0, min(during, Longest))", call: "during = turned(during)",
}

// TestSomebodySeesWhatTheOwnDeviceAsks: the names that the browser's own address asks are
// shown to the session that wants it, for five minutes, and to nobody else; elsewhere it is
// said why not. Nothing is written but that somebody looked. With TEST_PROOF=1 the five
// minutes go by as well.
func TestSomebodySeesWhatTheOwnDeviceAsks(t *testing.T) { inNamespace(t, watchesDevices) }

// sitsAt is somebody at an address.
func (u *person) sitsAt(address string) *person {
	dialer := &net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(address), 0))}
	return &person{u.t, u.at, &http.Client{Jar: u.http.Jar, Timeout: oneReply, Transport: &http.Transport{DialContext: dialer.DialContext}}}
}

func watchesDevices(t *testing.T) {
	for _, command := range []string{
		"lo up", "10.20.3.4/32", "10.20.3.5/32", "10.20.0.1/32", "10.30.3.4/32", "10.40.0.1/32", "10.20.0.9/32", "10.99.0.1/32",
	} {
		args := []string{"addr", "add", command, "dev", "lo"}
		if command == "lo up" {
			args = []string{"link", "set", "lo", "up"}
		}
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v\n%s", args, err, out)
		}
	}
	p := newProcess(t, consoleConfig, strings.NewReplacer("127.10.0.0/16", "10.20.0.0/16", "127.11.0.0/16", "10.30.0.0/16").Replace(country)+
		"  - {id: th-mot, parent: sa-pa, name: Trường Một, kind: school, level: primary, networks: [10.40.0.1/32]}\n", startStandIn(t).addr)
	if proving() {
		program, err := buildFaulty(t.TempDir(), []forced{turnedClock}, map[string]string{"resolver/watch/turned.go": turnedFile})
		if err != nil {
			t.Fatal(err)
		}
		p.program, p.env = program, []string{"TURNED_CLOCK=1"}
	}
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `listen: ["127.0.0.1:0"]}`,
		`listen: ["127.0.0.1:0"], trusted_forwarders: [10.20.0.1/32]}`, 1))
	now := time.Now().UTC().Format(time.RFC3339)
	codes := p.invites("school@th-kim-dong", "commune@sa-pa")
	p.write("state/links.json", fmt.Sprintf(`[{"prefix": "10.20.0.9/32", "unit": "th-kim-dong", "since": %q, "seen": %q}]`, now, now))
	p.start()
	teacher := p.comesIn("school@th-kim-dong", codes["school@th-kim-dong"])
	commune := p.comesIn("commune@sa-pa", codes["commune@sa-pa"])
	const button = `<button name="do" value="begin"`
	look := func(u *person, from string) string {
		t.Helper()
		_, page, _ := u.sitsAt(from).get("/explain")
		return unescaped(page)
	}

	// Where an address is not one device, or not the visitor's to see, the page says why.
	for from, why := range map[string]string{
		"127.0.0.1": "không phải địa chỉ riêng", "10.20.0.1": "bộ chuyển tiếp", "10.20.0.9": "đường truyền của cả một đơn vị",
		"10.99.0.1": "không nằm trong mạng của đơn vị nào", "10.30.3.4": "không được xem",
	} {
		if page := look(teacher, from); strings.Contains(page, button) || !strings.Contains(page, why) {
			t.Errorf("at %s the page does not say %q, or offers it", from, why)
		}
		if status, page, _ := teacher.sitsAt(from).do("POST", "/explain/device", map[string][]string{"do": {"begin"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, why) {
			t.Errorf("at %s the form comes to %d", from, status)
		}
	}
	if page := look(commune, "10.40.0.1"); strings.Contains(page, button) || !strings.Contains(page, "đúng một địa chỉ") {
		t.Error("a network of one address is one device")
	}
	if status, _, _ := teacher.sitsAt("10.20.3.4").do("POST", "/explain/device", map[string][]string{"do": {"begin"}}, "X-Forwarded-For", "10.20.3.4"); status != http.StatusUnprocessableEntity {
		t.Errorf("behind a proxy: %d", status)
	}
	p.metric("lachan_device_checks_total", "0")

	// What the device asks, and nothing of others.
	p.from("10.20.3.4", "truoc.example")
	here := teacher.sitsAt("10.20.3.4")
	page, at := here.sends("/explain/device", "do", "begin")
	if at != "/explain" || !strings.Contains(unescaped(page), "Chưa thấy câu hỏi nào") {
		t.Fatalf("%s\n%s", at, page)
	}
	p.from("10.20.3.4", "cua-may-nay.example")
	p.from("10.20.3.4", "tiktok.com")
	p.from("10.20.3.5", "cua-may-khac.example")
	page = look(teacher, "10.20.3.4")
	for name, want := range map[string]bool{"cua-may-nay.example": true, ">tiktok.com<": true, "cua-may-khac.example": false, "truoc.example": false, "Dừng và xóa ngay": true} {
		if strings.Contains(page, name) != want {
			t.Errorf("%s is on the page: %v\n%s", name, !want, page)
		}
	}
	if !strings.Contains(page[strings.Index(page, ">tiktok.com<"):], "Bị chặn") {
		t.Error("the page does not say that a name was blocked")
	}
	// Another account at the same device, and the same account in another session.
	again := p.person()
	again.sends("/login", "name", nameOf["school"], "password", "bon con meo ngu")
	for _, other := range []*person{commune, again} {
		if page := look(other, "10.20.3.4"); strings.Contains(page, "cua-may-nay.example") || !strings.Contains(page, button) {
			t.Error("another session sees it")
		}
	}
	if status, _, _ := here.do("POST", "/explain/device", map[string][]string{"do": {"begin"}}); status != http.StatusConflict {
		t.Errorf("twice at once: %d", status)
	}
	p.metric("lachan_device_checks_total", "1")
	out, err := p.command(os.Getuid(), "ledger", "show")
	if err != nil || strings.Count(out, "watch-device") != 1 || !strings.Contains(out, "th-kim-dong") || strings.Contains(out, "may-nay") {
		t.Errorf("the ledger: %v\n%s", err, out)
	}

	if proving() { // the time goes by
		p.until("nothing is left", func() bool { return strings.Contains(look(teacher, "10.20.3.4"), button) })
		p.from("10.20.3.4", "sau.example")
		here.sends("/explain/device", "do", "begin")
	}
	here.sends("/explain/device", "do", "end")
	if page := look(teacher, "10.20.3.4"); strings.Contains(page, "cua-may-nay.example") || !strings.Contains(page, button) {
		t.Error("what was stopped is still there")
	}
	here.sends("/explain/device", "do", "begin")
	p.from("10.20.3.4", "truoc-chuyen-tiep.example")
	p.asksAs("10.20.3.4", "sau-may-khac.example", &dns.EDNS0_LOCAL{Code: 65001, Data: []byte{2, 0, 0, 0, 0, 1}})
	if page := look(teacher, "10.20.3.4"); strings.Contains(page, "chuyen-tiep.example") || strings.Contains(page, "sau-may-khac") || !strings.Contains(page, "hỏi thay cho nhiều thiết bị") {
		t.Errorf("an address that tells of devices behind it is shown:\n%s", page)
	}
	if _, body := p.get("/metrics"); strings.Contains(body, "ledger-unknown") {
		t.Error("the server does not know its own record")
	}
	p.kill()
	for _, name := range []string{"may-nay.example", "10.20.3.4"} {
		if strings.Contains(p.log.String(), name) {
			t.Errorf("the log has %s", name)
		}
		err := filepath.WalkDir(filepath.Join(p.dir, "state"), func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), name) {
				t.Errorf("%s has %s (%v)", path, name, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// asksAs asks with an option, as forwarders do.
func (p *process) asksAs(client, name string, o dns.EDNS0) {
	p.t.Helper()
	conn, err := dialFrom(client, p.dns)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close()
	q := question(name)
	if q.IsEdns0() == nil {
		q.SetEdns0(1232, false)
	}
	q.IsEdns0().Option = append(q.IsEdns0().Option, o)
	if _, _, err := (&dns.Client{Timeout: oneReply}).ExchangeWithConn(q, conn); err != nil {
		p.t.Fatal(err)
	}
}
