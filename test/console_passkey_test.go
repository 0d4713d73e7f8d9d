package test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"lachan/internal/testserver"
)

// A key of a device is made on the page of the own account and lets its owner in. In the
// gate the questions are asked and bad answers refused; with TEST_PROOF=1 a real browser
// has a device that is made for the test.
func TestAPasskeyIsMadeAndLetsIn(t *testing.T) {
	t.Parallel()
	cert, key, err := testserver.PEM("localhost")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(cert)
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	at := fmt.Sprintf("https://localhost:%d", port)
	config := fmt.Sprintf("console: {listen: \"127.0.0.1:%d\", url: %q, cert: c.pem, key: k.pem}\n", port, at)
	p := newProcess(t, config, country, startStandIn(t).addr)
	p.write("c.pem", string(cert))
	p.write("k.pem", string(key))
	code := p.invites("viewer@th-kim-dong")["viewer@th-kim-dong"]
	p.start()
	p.logged(`msg="serving the console" url=(\S+)`)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	trusting := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	u := &person{t, at, &http.Client{Jar: jar, Timeout: oneReply, Transport: trusting}}
	u.sends("/login/new", "name", nameOf["viewer"], "code", code, "password", "bon con meo ngu")
	if page, _ := u.sends("/account/passkey", "do", "ask"); !strings.Contains(page, `data-kind="create"`) || !strings.Contains(page, "challenge") {
		t.Errorf("the question for a device:\n%s", page)
	}
	for _, path := range []string{"/account/passkey", "/login/passkey"} {
		if status, _, _ := u.do("POST", path, values("do", "answer", "kept", "x", "response", "{}")); status < 400 || status >= 500 {
			t.Errorf("an answer that is none, to %s: %d", path, status)
		}
	}
	if !proving() {
		return
	}
	sum := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
	b := startBrowser(t, "--ignore-certificate-errors-spki-list="+base64.StdEncoding.EncodeToString(sum[:]))
	b.call("Page.enable", map[string]any{}, &struct{}{})
	b.call("WebAuthn.enable", map[string]any{}, &struct{}{})
	b.call("WebAuthn.addVirtualAuthenticator", map[string]any{"options": map[string]any{
		"protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true,
		"automaticPresenceSimulation": true,
	}}, &struct{}{})
	click := func(selector string) { b.run(fmt.Sprintf(`document.querySelector(%q).click(); ""`, selector)) }
	b.opens(at + "/login")
	b.run(fmt.Sprintf(`for (const [k, v] of [["name", %q], ["password", "bon con meo ngu"]]) document.getElementById(k).value = v; ""`, nameOf["viewer"]))
	click("main form button")
	b.shows("Tổng quan")
	b.opens(at + "/account")
	click(`form[action="/account/passkey"] button[value=ask]`)
	b.shows("Tạo passkey")
	b.run(`document.getElementById("name").value = "máy thử"; ""`)
	click("form[data-passkey] button")
	b.shows("Mã khôi phục: chép lại ngay")
	b.shows("máy thử")
	click(`form[action="/logout"] button`)
	b.shows("Đăng nhập bằng passkey")
	click(`form[action="/login/passkey"] button`)
	b.shows("Dùng passkey")
	click("form[data-passkey] button")
	b.shows("Việc cần làm")
	b.opens(at + "/account")
	click(`form[action="/account/passkey"] button[value=remove]`)
	b.shows("Chưa có passkey nào")
}
