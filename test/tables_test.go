package test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/miekg/dns"
)

// TestARowWithAMistakeKeepsItsSchoolAsItWas while the others are loaded, across a
// restart too; strict units refuse the reload instead.
func TestARowWithAMistakeKeepsItsSchoolAsItWas(t *testing.T) {
	up := startStandIn(t)
	const head = "Mã đơn vị;Tên trường;Cấp học;Dải mạng;Hồ sơ lọc\n"
	const a, b = "a;Trường A;THCS;127.1.0.0/16;p\n", "b;Trường B;THCS;127.2.0.0/16;p\n"
	p := newProcess(t, "", "profiles: {p: {block: [], rules: [{during: luon, block: [x.example]}]}}\n"+
		"timetables: {luon: {days: all, on: any}}\nunits_csv: [u.csv]\n", up.addr)
	p.write("u.csv", head+a)
	p.start()
	const stranger = dns.RcodeSuccess // this machine itself is served, whoever asks there
	f := func(when, client string, want int) {
		t.Helper()
		if m := p.from(client, "x.example"); m.Rcode != want {
			t.Errorf("%s: of %s %s, want %s", when, client, dns.RcodeToString[m.Rcode], dns.RcodeToString[want])
		}
	}
	f("at first", "127.1.0.1", dns.RcodeNameError)
	f("at first", "127.2.0.1", stranger)

	p.write("u.csv", head+"a;Trường A;Đại học;127.9.0.0/16;p\n"+b)
	p.signal(syscall.SIGHUP)
	p.logged(`msg=reloaded serial=2`)
	p.metric(`lachan_condition{name="units"}`, "1")
	f("with a mistake", "127.1.0.1", dns.RcodeNameError)
	f("with a mistake", "127.2.0.1", dns.RcodeNameError)
	f("with a mistake", "127.9.0.1", stranger)
	p.kill()
	p.start()
	p.metric(`lachan_condition{name="units"}`, "1")
	f("after a restart", "127.1.0.1", dns.RcodeNameError)
	f("after a restart", "127.2.0.1", dns.RcodeNameError)

	p.writeConfig("units: strict\n", up.addr)
	p.write("u.csv", head+"a;Trường A;Đại học;127.9.0.0/16;p\n")
	p.signal(syscall.SIGHUP)
	p.logged(`msg="reload refused, what was in force stays" mistake=".*no school level`)
	f("strict", "127.1.0.1", dns.RcodeNameError)
	f("strict", "127.2.0.1", dns.RcodeNameError)

	p.write("u.csv", head+a)
	p.signal(syscall.SIGHUP)
	p.logged(`msg=reloaded serial=2`)
	p.until("the condition ends", func() bool {
		_, body := p.get("/metrics")
		return !strings.Contains(body, `lachan_condition{name="units"} 1`)
	})
	f("mended", "127.1.0.1", dns.RcodeNameError)
	f("mended", "127.2.0.1", stranger)
}

// TestOnlyWhatIsListedResolvesInAnExamination, over the wire, with what machines and
// this server need.
func TestOnlyWhatIsListedResolvesInAnExamination(t *testing.T) {
	up := startStandIn(t)
	p := serveProcess(t, "", `
timetables: {thi: {days: all, on: any}}
units:
  - id: a
    kind: school
    level: THCS
    networks: [127.0.0.0/8]
    allow: [own.example]
    rules: [{during: thi, only: ["service:google-classroom", baithi.example]}]
`, up.addr)
	for name, want := range map[string]bool{
		"baithi.example": true, "classroom.google.com": true, "accounts.google.com": true,
		"time.windows.com": true, "captive.apple.com": true, "ocsp.digicert.com": true, "x-dnsotls-ds.metric.gstatic.com": true,
		"own.example": false, "olm.vn": false, "moet.gov.vn": false, "vnexpress.net": false, "www.google.com": false,
	} {
		if m := p.ask(name); blocked(m) == want {
			t.Errorf("%s: %s", name, dns.RcodeToString[m.Rcode])
		}
	}
}
