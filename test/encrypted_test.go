package test

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/internal/testserver"
)

// servedAs is the name of the tests' server in its certificate.
const servedAs = "dns.example"

// encryptedDoors are the addresses of a process's.
type encryptedDoors struct {
	dot, doh, doq string
	trust         *x509.CertPool
}

// everyDoor is a process with all doors open, and a school whose link id is
// link.
func everyDoor(t *testing.T) (*process, encryptedDoors) {
	t.Helper()
	return everyDoorWith(t, "", func(*process) {})
}

// everyDoorWith has more keys of server.tls, and files that they name.
func everyDoorWith(t *testing.T, keys string, prepare func(*process)) (*process, encryptedDoors) {
	t.Helper()
	p := newProcess(t, "", `
units:
  - {id: truong, profile: hs, links: [`+link+`]}
profiles:
  hs: {block: [social]}
`)
	p.writeConfig("", startStandIn(t).addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `server: {listen: ["127.0.0.1:0"]}`, `server:
  listen: ["127.0.0.1:0"]
  dot: ["127.0.0.1:0"]
  doh: ["127.0.0.1:0"]
  doq: ["127.0.0.1:0"]
  tls: {cert: cert.pem, key: key.pem, name: `+servedAs+`, `+keys+`}
`, 1))
	d := encryptedDoors{trust: x509.NewCertPool()}
	d.trust.AppendCertsFromPEM(p.certify())
	prepare(p)
	p.start()
	door := func(protocol string) string {
		return p.logged(`msg="serving encrypted" protocol=` + protocol + ` address=(\S+)`)
	}
	d.dot, d.doh, d.doq = door("dot"), door("doh"), door("doq")
	return p, d
}

const link = "link-of-the-school-1"

// certify puts a new certificate in place.
func (p *process) certify() (cert []byte) {
	p.t.Helper()
	cert, key, err := testserver.PEM(servedAs, "*."+servedAs, "127.0.0.1")
	if err != nil {
		p.t.Fatal(err)
	}
	p.write("cert.pem", string(cert))
	p.write("key.pem", string(key))
	return cert
}

// read is what a file of the process's holds.
func (p *process) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// tool is what a program of others prints.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed; run make tools", name)
	}
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// TestRealClientsComeInByEveryDoor: what people have on their machines.
func TestRealClientsComeInByEveryDoor(t *testing.T) {
	p, d := everyDoor(t)
	ca := filepath.Join(p.dir, "cert.pem")
	port := func(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }
	answers := func(name string, args ...string) {
		t.Helper()
		if out := tool(t, name, args...); !strings.Contains(out, "NOERROR") || !strings.Contains(out, "192.0.2.") {
			t.Errorf("%s %v:\n%s", name, args, out)
		}
	}
	blocks := func(name string, args ...string) {
		t.Helper()
		if out := tool(t, name, args...); !strings.Contains(out, "NXDOMAIN") || !strings.Contains(out, "Filtered") {
			t.Errorf("%s %v:\n%s", name, args, out)
		}
	}
	const open, denied = "lesson.example", "www.facebook.com"
	kdigTLS := []string{"@127.0.0.1", "-p", port(d.dot), "+tls", "+tls-ca=" + ca, "+padding"}
	answers("kdig", append(kdigTLS, "+tls-hostname="+servedAs, open)...)
	blocks("kdig", append(kdigTLS, "+tls-sni="+link+"."+servedAs, "+tls-hostname="+servedAs, denied)...)
	for _, get := range []string{"+https-get", "+nohttps-get"} {
		kdig := []string{"@127.0.0.1", "-p", port(d.doh), "+tls-ca=" + ca, "+tls-hostname=" + servedAs, get}
		answers("kdig", append(kdig, "+https=/dns-query", open)...)
		blocks("kdig", append(kdig, "+https=/dns-query/"+link, denied)...)
	}
	for _, form := range []string{"+https", "+https-get"} {
		dig := []string{"@127.0.0.1", "-p", port(d.doh), "+tls-ca=" + ca, "+tls-hostname=" + servedAs, "+time=5"}
		answers("dig", append(dig, form+"=/dns-query", open)...)
		blocks("dig", append(dig, form+"=/dns-query/"+link, denied)...)
	}
	answers("dig", "@127.0.0.1", "-p", port(d.dot), "+tls", "+tls-ca="+ca, "+tls-hostname="+servedAs, open)
	// curl looks the name up over HTTPS; at the address it finds there is nobody.
	curl, err := exec.CommandContext(t.Context(), "curl", "--verbose", "--silent", "--cacert", ca, "--connect-timeout", "1",
		"--doh-url", "https://"+d.doh+"/dns-query", "http://"+open).CombinedOutput()
	if err == nil || !strings.Contains(string(curl), "A: 192.0.2.") {
		t.Errorf("curl: %v\n%s", err, curl)
	}
	json := tool(t, "curl", "--silent", "--show-error", "--cacert", ca, "https://"+d.doh+"/dns-query/"+link+"?name="+denied)
	if !strings.Contains(json, `"Status":3`) || !strings.Contains(json, "EDE 17") {
		t.Errorf("JSON: %s", json)
	}
}

// A new certificate is taken up by itself; one that is broken is told of, and
// the old one stays.
func TestTheCertificateIsTakenUpWhenItChanges(t *testing.T) {
	t.Parallel()
	p, d := everyDoor(t)
	works := func() bool {
		out, _ := exec.CommandContext(t.Context(), "kdig", "@127.0.0.1", "-p", d.dot[strings.LastIndexByte(d.dot, ':')+1:],
			"+tls-ca="+filepath.Join(p.dir, "trusted.pem"), "+tls-hostname="+servedAs, "lesson.example").CombinedOutput() // an error is an answer, too
		return strings.Contains(string(out), "NOERROR")
	}
	p.write("trusted.pem", p.read("cert.pem"))
	if !works() {
		t.Fatal("the first certificate is not shown")
	}
	good := p.read("cert.pem")
	p.write("cert.pem", good[:len(good)/2])
	p.metric(`lachan_condition{name="certificate"}`, "1")
	if !works() {
		t.Error("a broken certificate took the place of the old one")
	}
	p.write("trusted.pem", string(p.certify()))
	p.until("the new certificate is shown", works)
	p.until("the condition ends", func() bool {
		_, body := p.get("/metrics")
		return !strings.Contains(body, `lachan_condition{name="certificate`)
	})
}
