package test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const pagePolicy = `
profiles:
  hs: {block: [gambling, self-harm, games], reply: page, replies: {games: nxdomain}}
units:
  - {id: so, name: Sở Ví Dụ, kind: province, contact: ["mailto:so@vi-du.example"]}
  - id: truong
    parent: so
    name: Trường THCS Ví Dụ
    profile: hs
    networks: [127.0.0.0/8]
    groups: [{id: gv, networks: [127.0.9.0/24], profile: giao-vien}]
`

// pageLists are feeds of names that the school blocks.
const pageLists = `
feeds:
  - {name: bets, url: bets.hosts, category: gambling, authority: {name: Sở Ví Dụ, document: 12/CV-SVD}}
  - {name: harm, url: harm.hosts, category: self-harm}
  - {name: play, url: play.hosts, category: games}
`

// newPage is a process that is to show the block page.
func newPage(t *testing.T, page string) *process {
	t.Helper()
	p := newProcess(t, "", pagePolicy)
	p.writeConfig(pageLists, startStandIn(t).addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `listen: ["127.0.0.1:0"]}`, `listen: ["127.0.0.1:0"], page: `+page+`}`, 1))
	p.write("bets.hosts", "0.0.0.0 bet.example\n")
	p.write("harm.hosts", "0.0.0.0 harm.example\n")
	p.write("play.hosts", "0.0.0.0 play.example\n")
	return p
}

// A visit is what a browser is shown that takes host for the page's address.
func visit(t *testing.T, client *http.Client, url, addr, from string) (status int, body string) {
	t.Helper()
	client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		return d.DialContext(ctx, network, addr)
	}
	client.Transport.(*http.Transport).DisableKeepAlives = true
	reply, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}

func TestTheBlockPageSaysWhatExplainSays(t *testing.T) {
	p := newPage(t, `{a: 127.0.0.1, http: ["127.0.0.1:0"]}`)
	p.start()
	addr := p.logged(`msg="serving the block page" address=(\S+)`)
	p.until("the lists are in force", func() bool { return blocked(p.ask("play.example")) && len(p.ask("bet.example").Answer) == 1 })
	f := func(from, host string, status int, want ...string) {
		t.Helper()
		got, body := visit(t, &http.Client{Transport: &http.Transport{}}, "http://"+host+"/?x", addr, from)
		if got != status {
			t.Errorf("%s from %s: status %d, want %d", host, from, got, status)
		}
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s from %s lacks %q:\n%s", host, from, text, body)
			}
		}
	}
	f("127.0.0.1", "bet.example", 403, "Cờ bạc", "Trường THCS Ví Dụ", "theo yêu cầu của cơ quan có thẩm quyền", "12/CV-SVD, Sở Ví Dụ", "mailto:so@vi-du.example")
	f("127.0.0.1", "WWW.Bet.Example.:8080", 403, "www.bet.example")
	f("127.0.0.1", "harm.example", 403, "tel:111", "Trường THCS Ví Dụ")
	const nothing = "Ở đây không có trang nào"
	f("127.0.0.1", "play.example", 404, nothing) // blocked, but nobody is sent here for it
	f("127.0.0.1", "lesson.example", 404, nothing)
	f("127.0.0.1", "127.0.0.1", 404, nothing)
	f("127.0.0.1", "[::1]:80", 404, nothing)
	f("127.0.9.1", "bet.example", 404, nothing) // what teachers get is not for pupils, and the other way round
}

// The page over HTTPS, for devices that trust the operator's own authority.
func TestTheBlockPageSpeaksTLS(t *testing.T) {
	p := newPage(t, `{a: 127.0.0.1, https: ["127.0.0.1:0"], cert: cert.pem, key: key.pem}`)
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(p.certify())
	p.start()
	addr := p.logged(`msg="serving the block page" address=(\S+)`)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}}}
	if status, body := visit(t, client, "https://"+servedAs+"/", addr, "127.0.0.1"); status != 404 || !strings.Contains(body, "Ở đây không có trang nào") {
		t.Errorf("status %d\n%s", status, body)
	}
	trust.AppendCertsFromPEM(p.certify())
	p.until("the new certificate is shown", func() bool {
		conn, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		good, err := x509.ParseCertificate(firstPEM(t, p.read("cert.pem")))
		return err == nil && conn.ConnectionState().PeerCertificates[0].Equal(good)
	})
}

// TestChromiumShowsTheBlockPage lets a real browser look a blocked name up, see
// the page and send its form. With TEST_SCREENSHOTS the pages are kept there.
func TestChromiumShowsTheBlockPage(t *testing.T) {
	inNamespace(t, func(t *testing.T) {
		ownResolver(t)
		p := newPage(t, `{a: 127.0.0.1, http: ["127.0.0.1:80"]}`)
		p.listenOn("127.0.0.1:53")
		p.start()
		p.until("the list is in force", func() bool { return len(p.ask("bet.example").Answer) == 1 })
		for _, host := range []string{"bet.example", "harm.example", "check.lachan.test"} {
			if dir := os.Getenv("TEST_SCREENSHOTS"); dir != "" {
				picture(t, filepath.Join(dir, host+".png"), "http://"+host+"/")
			}
		}
		b := startBrowser(t)
		b.visit("http://bet.example/some/page")
		b.shows("Trang này không mở được ở đây")
		b.shows("Trường THCS Ví Dụ")
		if style := b.run("getComputedStyle(document.querySelector('h1')).margin"); style != "0px" {
			t.Errorf("the browser does not take the style: margin %q", style)
		}
		if script := b.run("var s = document.createElement('script'); s.textContent = 'document.title = \"run\"'; document.body.append(s); document.title"); script == "run" {
			t.Error("the browser runs a script in the page")
		}
		b.run("document.getElementById('reason').value = 'bài tập toán'; document.forms[0].querySelector('button').click()")
		b.shows("Đã gửi yêu cầu")
		if kept := p.requests(); !strings.Contains(kept, "bet.example") || !strings.Contains(kept, "bài tập toán") || !strings.Contains(kept, `"truong"`) {
			t.Errorf("requests: %s", kept)
		}
		// Another site makes the browser send the form.
		b.visit("http://harm.example/")
		b.shows("Bạn không một mình")
		b.run("var f = document.createElement('form'); f.method = 'post'; f.action = 'http://bet.example/lachan-request'; document.body.append(f); f.submit()")
		b.visit("http://bet.example/")
		b.shows("Trang này không mở được ở đây")
		if kept := p.requests(); !strings.Contains(kept, `"times": 1`) {
			t.Errorf("another site has asked: %s", kept)
		}
	})
}

func picture(t *testing.T, file, url string) {
	t.Helper()
	if out, err := chromium(t.Context(), t.TempDir(), "--window-size=800,1000", "--screenshot="+file, url).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// requests are the files of those that are kept.
func (p *process) requests() (text string) {
	p.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "state/requests/*.json"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			p.t.Fatal(err)
		}
		text += string(content)
	}
	return text
}

func firstPEM(t *testing.T, text string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatal("no PEM")
	}
	return block.Bytes
}
