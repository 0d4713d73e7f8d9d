package resolver_test

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/listen"
)

// TestEveryWayInIsAnswered: the same question is answered the same, and blocked
// the same, whatever carries it.
func TestEveryWayInIsAnswered(t *testing.T) {
	f := newFrontage(t, newNode(t, badLists, newSource(t, lesson).addr), listen.DoT, listen.DoH, listen.DoQ)
	for _, w := range ways() {
		ask, end := w.open(t, f, asPupil)
		for name, want := range map[string]string{"lesson.example.": "192.0.2.10", "bet.example.": "NXDOMAIN"} {
			m := new(dns.Msg).SetQuestion(name, dns.TypeA).SetEdns0(1232, false)
			r := ask(m)
			if got := tell(r); got != want {
				t.Errorf("%s: %s: %q, want %q", w.name, name, got, want)
			}
			if want == "NXDOMAIN" && ede(r) != 17 {
				t.Errorf("%s: %s: EDE %d", w.name, name, ede(r))
			}
		}
		end()
	}
}

func TestHTTPSaysWhatIsWrongWithARequest(t *testing.T) {
	f := newFrontage(t, newNode(t, badLists, newSource(t, lesson).addr), listen.DoH)
	packed, err := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	query := "?dns=" + base64.RawURLEncoding.EncodeToString(packed)
	response := bytes.Clone(packed)
	response[2] |= 0x80
	for _, version := range []string{"1.1", "2", "3"} {
		client, end := f.browser(t, version, asPupil)
		defer end()
		ask := func(method, path, kind, body string, want int) {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), method, "https://"+f.addrs[listen.DoH]+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if kind != "" {
				req.Header.Set("Content-Type", kind)
			}
			reply, err := client.Do(req)
			if err != nil {
				t.Errorf("HTTP/%s %s %s: %v", version, method, path, err)
				return
			}
			defer reply.Body.Close()
			if _, err := io.Copy(io.Discard, reply.Body); err != nil || reply.StatusCode != want {
				t.Errorf("HTTP/%s %s %.40s: status %d, %v, want %d", version, method, path, reply.StatusCode, err, want)
			}
		}
		const message = "application/dns-message"
		ask("GET", "/dns-query"+query, "", "", 200)
		ask("HEAD", "/dns-query"+query, "", "", 200)
		ask("GET", "/dns-query"+query+"==", "", "", 200) // padding is wrong, and common
		ask("POST", "/dns-query", message, string(packed), 200)
		ask("POST", "/dns-query/an-id-that-is-nobodys", message, string(packed), 200)
		ask("POST", "/dns-query/truong/gv", message, string(packed), 404)
		ask("GET", "/dns-query/truong/gv/x"+query, "", "", 404)
		ask("GET", "/dns-query/truong%2Fgv"+query, "", "", 404)
		ask("GET", "/dns-query/truong/"+query, "", "", 404)
		ask("GET", "/dns-query", "", "", 400)
		ask("GET", "/dns-query?dns=", "", "", 400)
		ask("GET", "/dns-query?dns=!!", "", "", 400)
		ask("GET", "/dns-query?dns=AAAA", "", "", 400)
		ask("GET", "/dns-query?dns="+base64.RawURLEncoding.EncodeToString(response), "", "", 400)
		ask("GET", "/dns-query?name=lesson.example&type=NOSUCH", "", "", 400)
		ask("GET", "/dns-query?name=lesson.example&type=65536", "", "", 400)
		ask("POST", "/dns-query", message, "", 400)
		ask("GET", "/", "", "", 404)
		ask("GET", "/dns-queries"+query, "", "", 404)
		ask("GET", "/dns-query/"+query, "", "", 200) // no id
		ask("POST", "/dns-query/", message, string(packed), 200)
		ask("GET", "/dns-query//"+query, "", "", 404)
		ask("POST", "/metrics", message, string(packed), 404)
		ask("PUT", "/dns-query", message, string(packed), 405)
		ask("DELETE", "/dns-query"+query, "", "", 405)
		ask("POST", "/dns-query", message, strings.Repeat("x", 1<<16), 413)
		ask("POST", "/dns-query", "", string(packed), 415)
		ask("POST", "/dns-query", "text/plain", string(packed), 415)
		if version == "1.1" { // the others tell clients how long a header may be
			ask("GET", "/dns-query?dns="+strings.Repeat("A", 20000), "", "", 431)
		}
	}
}

func TestHTTPTellsHowLongAnAnswerMayBeKept(t *testing.T) {
	f := newFrontage(t, newNode(t, badLists, newSource(t, lesson).addr), listen.DoH)
	client, end := f.browser(t, "2", asPupil)
	defer end()
	ask := func(name, want string) {
		t.Helper()
		reply, err := client.Get(f.base(asPupil) + "?name=" + name)
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
		if got := reply.Header.Get("Cache-Control"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if alt := reply.Header.Get("Alt-Svc"); !strings.HasPrefix(alt, `h3=":`) {
			t.Errorf("Alt-Svc %q", alt)
		}
	}
	ask("lesson.example", "private, max-age=300")
	ask("bet.example", "private, max-age=60")
	ask("nowhere.example", "private, max-age=60")
}

// A proxy would carry requests elsewhere; this server answers questions or
// nothing.
func TestHTTPIsNoProxy(t *testing.T) {
	f := newFrontage(t, newNode(t, nil, newSource(t, lesson).addr), listen.DoH)
	for _, line := range []string{"CONNECT other.example:443 HTTP/1.1", "GET http://other.example/ HTTP/1.1", "GET https://other.example/x HTTP/1.1"} {
		c, err := tls.Dial("tcp", f.addrs[listen.DoH], f.greeting(house, "http/1.1"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, line+"\r\nHost: other.example\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		reply, err := io.ReadAll(c)
		if err != nil || !bytes.HasPrefix(reply, []byte("HTTP/1.1 404 ")) {
			t.Errorf("%s: %q, %v", line, reply, err)
		}
		c.Close()
	}
}

// TestABodyThatNeverEndsIsNotWaitedFor over any version, though others are asked and
// answered over the same connection meanwhile: a stream that is waited for holds memory.
func TestABodyThatNeverEndsIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFrontage(t, newNode(t, badLists, newSource(t, lesson).addr), listen.DoH)
	packed, err := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"1.1", "2", "3"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			client, end := f.browser(t, version, asPupil)
			defer end()
			f.endsABody(t, client, packed)
		})
	}
}

// endsABody posts the beginning of a message, asks other questions, and waits for the
// server to end the post.
func (f *frontage) endsABody(t *testing.T, client *http.Client, packed []byte) {
	query := f.base(asPupil) + "?dns=" + base64.RawURLEncoding.EncodeToString(packed)
	ended := make(chan string, 1)
	body, rest := io.Pipe()
	defer rest.Close()
	go func() {
		reply, err := client.Post(f.base(asPupil), "application/dns-message", body)
		if err != nil {
			ended <- err.Error()
			return
		}
		reply.Body.Close()
		ended <- reply.Status
	}()
	if _, err := rest.Write(packed[:12]); err != nil {
		t.Fatal(err)
	}
	late := time.After(deadline - time.Second) // before the client gives up itself
	for {
		select {
		case what := <-ended:
			t.Log(what)
			return
		case <-late:
			t.Fatal("it is waited for")
		case <-time.After(time.Second):
			reply, err := client.Get(query)
			if err != nil {
				t.Fatal(err)
			}
			reply.Body.Close()
		}
	}
}
