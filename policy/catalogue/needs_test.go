package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"lachan/policy/catalogue"
)

// covered reports whether one of names is the given one or above it.
func covered(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return name == n || strings.HasSuffix(name, "."+n) })
}

// What a device asks before it believes that there is a network, to set its clock,
// to check a certificate and to update itself is never blocked, whichever system
// it has.
func TestDevicesReachWhatTheyNeed(t *testing.T) {
	core := map[string][]catalogue.CoreEntry{}
	for _, e := range load(t).Core {
		core[e.Section] = append(core[e.Section], e)
	}
	f := func(section string, names ...string) {
		t.Helper()
		for _, name := range names {
			if !slices.ContainsFunc(core[section], func(e catalogue.CoreEntry) bool {
				return name == e.Name || !e.Exact && strings.HasSuffix(name, "."+e.Name)
			}) {
				t.Errorf("%s is not in %s", name, section)
			}
		}
	}
	f("private-dns", "b0980c3e-dnsotls-ds.metric.gstatic.com")
	f("connectivity", "www.msftconnecttest.com", "ipv6.msftconnecttest.com", "dns.msftncsi.com", "edge-http.microsoft.com",
		"captive.apple.com", "connectivitycheck.gstatic.com", "connectivitycheck.android.com", "clients3.google.com",
		"www.gstatic.com", "play.googleapis.com", "detectportal.firefox.com", "nmcheck.gnome.org", "connectivity-check.ubuntu.com",
		"fedoraproject.org", "ping.archlinux.org", "network-test.debian.org", "networkcheck.kde.org", "conncheck.opensuse.org",
		"connectivity.samsung.com.cn", "connectivitycheck.platform.hicloud.com", "connectivitycheck.cbg-app.huawei.com",
		"connect.rom.miui.com", "conn1.oppomobile.com", "wifi.vivo.com.cn", "spectrum.s3.amazonaws.com", "ctest.cdn.nintendo.net",
		"get.net.playstation.net", "ipv4only.arpa")
	f("time", "0.pool.ntp.org", "2.android.pool.ntp.org", "vn.pool.ntp.org", "0.openwrt.pool.ntp.org", "time.windows.com",
		"time.apple.com", "time.google.com", "time1.google.com", "time.android.com", "ntp.ubuntu.com", "time.cloudflare.com",
		"time.nist.gov", "time.aws.com", "ntp.aliyun.com")
	f("certificates", "ocsp.digicert.com", "crl3.digicert.com", "cacerts.digicert.com", "ocsp.sectigo.com", "crl.usertrust.com",
		"r10.o.lencr.org", "o.pki.goog", "c.pki.goog", "ocsp.globalsign.com", "ocsp.godaddy.com", "ocsp.entrust.net",
		"commercial.ocsp.identrust.com", "ocsp.rootca1.amazontrust.com", "mscrl.microsoft.com", "ocsp2.apple.com",
		"subca.ocsp-certum.com", "ocsp.swisssign.net", "ocsp.harica.gr", "ocsp.vnpt-ca.vn", "ocsp.viettel-ca.vn", "ocsp.bkavca.vn")
	f("vendor-sites", "www.apple.com", "www.microsoft.com")
	f("updates", "download.windowsupdate.com", "ctldl.windowsupdate.com", "fe2.update.microsoft.com", "slscr.update.microsoft.com",
		"tlu.dl.delivery.mp.microsoft.com", "swscan.apple.com", "mesu.apple.com", "gdmf.apple.com", "updates.cdn-apple.com",
		"update.googleapis.com", "redirector.gvt1.com", "ota.googlezip.net", "aus5.mozilla.org", "security.ubuntu.com",
		"vn.archive.ubuntu.com", "deb.debian.org", "security.debian.org")
}

// What opens the way around the filter, or is a site of its own, is not below a name
// that nobody can block.
func TestTheCoreIsAsNarrowAsItsUse(t *testing.T) {
	c := load(t)
	for _, name := range []string{
		"www.google.com", "google.com", "gstatic.com", "fonts.gstatic.com", "apple.com", "apps.apple.com", "microsoft.com",
		"copilot.microsoft.com", "games.s3.amazonaws.com", "s3.amazonaws.com", "amazon.com", "nintendo.net", "playstation.net",
		"store.playstation.com", "doh.dns.apple.com", "mask.icloud.com", "dns-tunnel-check.googlezip.net", "proxy.googlezip.net",
		"android.clients.google.com", "mozilla.org", "addons.mozilla.org", "cloudflare.com", "in-addr.arpa", "samsung.com",
	} {
		for _, e := range c.Core {
			if name == e.Name || !e.Exact && strings.HasSuffix(name, "."+e.Name) {
				t.Errorf("%s is never blocked, by %s of %s", name, e.Name, e.Section)
			}
		}
	}
}

// An allow of a service opens all that it does not work without.
func TestServicesOfLessonsHaveWhatTheyNeed(t *testing.T) {
	c := load(t)
	core := []string{}
	for _, e := range c.Core {
		core = append(core, e.Name)
	}
	f := func(id string, names ...string) {
		t.Helper()
		at, ok := c.Service(id)
		if !ok {
			t.Fatalf("no service %s", id)
		}
		open := opened(c, &c.Services[at])
		for _, name := range names {
			if !covered(open, name) && !covered(core, name) {
				t.Errorf("%s does not open %s", id, name)
			}
		}
	}
	signIn := []string{"accounts.google.com", "ssl.gstatic.com", "www.gstatic.com", "apis.google.com", "fonts.gstatic.com",
		"fonts.googleapis.com", "lh3.googleusercontent.com"}
	f("google-classroom", append(signIn, "classroom.google.com", "classroom.googleapis.com", "docs.google.com", "drive.google.com",
		"drive.usercontent.google.com")...)
	f("google-docs", append(signIn, "docs.google.com", "drive.google.com", "drivefrontend-pa.googleapis.com", "forms.gle")...)
	f("google-meet", append(signIn, "meet.google.com", "meetings.googleapis.com", "stream.meet.google.com", "apps.google.com",
		"clients2.google.com", "clients4.google.com", "clients6.google.com", "meetings.clients6.google.com", "workspace.turns.goog")...)
	f("microsoft-teams", "teams.microsoft.com", "teams.cloud.microsoft", "meet.lync.com",
		"login.microsoftonline.com", "login.live.com", "aadcdn.msauth.net", "aadcdn.msftauth.net", "statics.teams.cdn.office.net",
		"api.flightproxy.skype.com", "join.secure.skypeassets.com", "mlccdnprod.azureedge.net", "x.sharepoint.com", "aka.ms",
		"excel.officeapps.live.com", "graph.microsoft.com")
	f("zoom", append(signIn, "zoom.us", "us02web.zoom.us", "zoom.com")...)
	local := []string{"cdn.jsdelivr.net", "cdnjs.cloudflare.com", "code.jquery.com", "use.fontawesome.com", "fonts.googleapis.com"}
	f("olm", append(local, "olm.vn", "rs.olm.vn")...)
	f("vnedu", append(local, "vnedu.vn", "lms.vnedu.vn")...)
	f("k12online", append(local, "k12online.vn", "static.k12online.vn", "truong.k12online.vn")...)
	f("azota", append(append(local, signIn...), "azota.vn")...)
	f("quizizz", append(append(local, signIn...), "quizizz.com", "media.quizizz.com", "wayground.com")...)
	f("kahoot", append(append(local, signIn...), "kahoot.it", "create.kahoot.it", "kahoot.com")...)
}

// Providers of encrypted resolvers have several names, and each way around has its
// meeting points.
func TestWaysAroundAreShutByAllTheirNames(t *testing.T) {
	c := load(t)
	var shut []string
	for i := range c.Services {
		if slices.Contains(c.Services[i].Categories, "circumvention") {
			shut = append(shut, c.Services[i].Domains...)
		}
	}
	f := func(want bool, names ...string) {
		t.Helper()
		for _, name := range names {
			if covered(shut, name) != want {
				t.Errorf("%s is shut: %v", name, !want)
			}
		}
	}
	f(true, "dns.opendns.com", "family-filter-dns.cleanbrowsing.org", "adult-filter-dns.cleanbrowsing.org",
		"security-filter-dns.cleanbrowsing.org", "doh.cleanbrowsing.org", "doh.xfinity.com", "dot.xfinity.com", "dot.cox.net",
		"doh.quickline.ch", "dot.quickline.ch", "doh-01.spectrum.com", "doh-02.spectrum.com", "dns.levonet.sk", "dnsnl.alekberg.net",
		"dnsse.alekberg.net", "schoolwebproxy.com", "dns11.quad9.net", "dns12.quad9.net", "chromium.dns.nextdns.io", "apple.nextdns.io",
		"p2.freedns.controld.com", "security.cloudflare-dns.com", "dns64.dns.google", "google-public-dns-a.google.com",
		"public-dns-a.dns.sb", "jp.tiar.app", "dot.libredns.gr", "dot.360.cn", "blitz.ahadns.com", "private.canadianshield.cira.ca",
		"snowflake-broker.torproject.net", "snowflake-broker.bamsoftware.com", "1098762253.rsc.cdn77.org", "bridges.torproject.org",
		"www-xvideos-com.translate.goog", "translated.turbopages.org", "x.translatoruser.net", "r.jina.ai", "12ft.io", "archive.ph",
		"mask.icloud.com", "mask.apple-dns.net", "engage.cloudflareclient.com", "vpngate.net")
	f(false, "translate.google.com", "www.cloudflare.com", "www.google.com", "web.archive.org", "cdn.ampproject.org", "cdn77.org",
		"azureedge.net", "fastly.net", "www.yandex.net", "www.opendns.com")
}

// Where nothing but a list and what machines need resolves, a site that people read
// is not among what they need.
func TestWhatMachinesNeedIsNoSiteToRead(t *testing.T) {
	for _, e := range load(t).Core {
		if e.Essential() && strings.HasPrefix(e.Name, "www.") && e.Name != "www.gstatic.com" {
			t.Errorf("%s of %s is open in every examination", e.Name, e.Section)
		}
	}
}
