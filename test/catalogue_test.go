package test

import (
	"testing"

	"github.com/miekg/dns"
)

// What is built in works as schools mean it: an examination that allows a service
// allows what signs in to it, the search of a phone for its private DNS comes
// through a list of advertisements, and ways around the filter are shut by their
// second names too.
func TestTheCatalogueIsMeantForUse(t *testing.T) {
	up := startStandIn(t)
	exam := serveProcess(t, "", `
profiles: {exam: {default: deny, allow: ["service:google-classroom", "service:google-meet", "service:microsoft-teams", "service:zoom", "service:olm", "service:vnedu", "service:k12online", "service:azota", "service:quizizz", "service:kahoot"]}}
units: [{id: a, name: A, kind: school, level: upper-secondary, profile: exam, networks: [127.0.0.0/8]}]
`, up.addr)
	for _, name := range []string{
		"classroom.google.com", "docs.google.com", "accounts.google.com", "ssl.gstatic.com", "apis.google.com",
		"fonts.gstatic.com", "lh3.googleusercontent.com", "login.microsoftonline.com", "teams.microsoft.com", "quizizz.com",
		"meetings.googleapis.com", "clients6.google.com", "api.flightproxy.skype.com", "x.officeapps.live.com", "us02web.zoom.us",
		"rs.olm.vn", "lms.vnedu.vn", "static.k12online.vn", "azota.vn", "create.kahoot.it", "cdn.jsdelivr.net", "cdnjs.cloudflare.com",
		"www.msftconnecttest.com", "captive.apple.com", "0.pool.ntp.org", "ocsp.digicert.com", "download.windowsupdate.com",
	} {
		if m := exam.ask(name); m.Rcode != dns.RcodeSuccess {
			t.Errorf("in an examination %s: %s", name, dns.RcodeToString[m.Rcode])
		}
	}
	for _, name := range []string{"www.tiktok.com", "www.google.com", "mail.google.com", "web.telegram.org", "play.google.com", "chatgpt.com", "onedrive.live.com"} {
		if !blocked(exam.ask(name)) {
			t.Errorf("in an examination %s is open", name)
		}
	}
	own := serveProcess(t, "", `
profiles: {exam: {default: deny}}
units: [{id: a, name: A, kind: school, level: upper-secondary, profile: exam, networks: [127.0.0.0/8], allow: ["service:google-meet"], block: ["service:google-docs"]}]
`, up.addr)
	if m := own.ask("accounts.google.com"); m.Rcode != dns.RcodeSuccess {
		t.Errorf("a school's own allow: %s", m)
	}
	if !blocked(own.ask("docs.google.com")) {
		t.Error("what a school blocks is open")
	}

	p := newProcess(t, "feeds: [{name: ads, url: ads.txt, category: ads}]\n",
		"units: [{id: a, name: A, kind: school, level: lower-secondary, networks: [127.0.0.0/8]}]\n", up.addr)
	p.write("ads.txt", "metric.gstatic.com\nads.example\n")
	p.start()
	if m := p.ask("b0980c3e-dnsotls-ds.metric.gstatic.com"); m.Rcode != dns.RcodeSuccess {
		t.Errorf("a probe of private DNS: %s", m)
	}
	for _, name := range []string{
		"ads.example", "www-xvideos-com.translate.goog", "dns.opendns.com", "family-filter-dns.cleanbrowsing.org",
		"doh.xfinity.com", "dns.levonet.sk", "doh.quickline.ch", "snowflake-broker.torproject.net", "chromium.dns.nextdns.io",
		"dns11.quad9.net", "1098762253.rsc.cdn77.org", "translated.turbopages.org",
	} {
		if !blocked(p.ask(name)) {
			t.Errorf("%s is open", name)
		}
	}
	if m := p.ask("translate.google.com"); m.Rcode != dns.RcodeSuccess {
		t.Errorf("translations: %s", m)
	}
}
