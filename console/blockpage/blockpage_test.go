package blockpage_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"lachan/console/blockpage"
	"lachan/internal/wording"
)

// A reader is somebody in front of a site on which bet.example is gambling,
// help.example self-harm, and check.example the name to check with.
type reader struct {
	t     *testing.T
	site  *blockpage.Site
	asked []string // "name: reason"
	full  bool

	waiting          bool
	answered, answer string
}

func newReader(t *testing.T) *reader {
	r := &reader{t: t}
	r.site = blockpage.New(func(host string, _ netip.Addr) blockpage.Finding {
		school := blockpage.Finding{Unit: "kim-dong/hs", School: "Trường <Kim Đồng>", Contact: []string{"mailto:it@kim-dong.example", "tel:+84214"}}
		switch name, _, _ := strings.Cut(host, ":"); name {
		case "bet.example", "xn--la-o-2ua4356bkoa.example":
			school.Kind, school.Category, school.Label = blockpage.Blocked, "gambling", wording.Text{VI: "Cờ bạc", EN: "Gambling"}
			school.Reason = wording.Text{VI: "không dùng ở đây vào lúc này", EN: "not for use here at this time"}
			school.Document = `12/CV "x" <b>`
			school.Asked, school.Answered, school.Answer = r.waiting, r.answered, r.answer
		case "help.example":
			school.Kind, school.Category, school.Label = blockpage.Blocked, "self-harm", wording.Text{VI: "Tự hại", EN: "Self-harm"}
		case "check.example":
			school.Kind = blockpage.Check
		default:
			return blockpage.Finding{}
		}
		school.Name = host
		return school
	}, func(f blockpage.Finding, reason string) error {
		if r.full {
			return errors.New("full")
		}
		r.asked = append(r.asked, f.Name+": "+reason)
		return nil
	})
	return r
}

// send is the answer to a request, by a browser from 192.0.2.1.
func (r *reader) send(method, address, body string, header ...string) *http.Response {
	r.t.Helper()
	req := httptest.NewRequest(method, address, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, req)
	return w.Result()
}

// wants checks the status of a page and what it has, or with - before it has not.
func (r *reader) wants(reply *http.Response, status int, texts ...string) {
	r.t.Helper()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if reply.StatusCode != status {
		r.t.Errorf("status %d, want %d", reply.StatusCode, status)
	}
	for _, text := range texts {
		not, absent := strings.CutPrefix(text, "-")
		if absent && strings.Contains(string(body), not) || !absent && !strings.Contains(string(body), text) {
			r.t.Errorf("want %q in\n%s", text, body)
		}
	}
}

func TestThePageSaysWhy(t *testing.T) {
	r := newReader(t)
	r.wants(r.send("GET", "http://bet.example/any/path?why=other", ""), 403,
		`<html lang="vi">`, "Trang này không mở được ở đây", `<span lang="en">This page cannot be opened here</span>`,
		"bet.example", "Cờ bạc", "Gambling", "không dùng ở đây vào lúc này", "12/CV &#34;x&#34; &lt;b&gt;",
		"Trường &lt;Kim Đồng&gt;", `<a href="mailto:it@kim-dong.example">it@kim-dong.example</a>`, `<a href="tel:&#43;84214">&#43;84214</a>`,
		"111", "<form", "-<script", "-other")
	r.wants(r.send("GET", "http://open.example/", ""), 404, "Ở đây không có trang nào", "-open.example", "-Kim Đồng", "-<form")
	r.wants(r.send("GET", "http://check.example/", ""), 200, "Bộ lọc đang hoạt động", "kim-dong/hs", "-<form")
	for _, method := range []string{"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"} {
		r.wants(r.send(method, "http://bet.example/api", ""), 403) // an app's request fails as it should
	}
}

// Help comes first, and nothing says what was looked for.
func TestAChildInNeedIsToldWhereHelpIs(t *testing.T) {
	r := newReader(t)
	reply := r.send("GET", "http://help.example/", "")
	body, _ := io.ReadAll(reply.Body)
	call, lead := strings.Index(string(body), `href="tel:111"`), strings.Index(string(body), "Bạn không làm gì sai")
	if call < 0 || lead < call {
		t.Errorf("the hotline does not come first:\n%s", body)
	}
	for _, not := range []string{"help.example", "Tự hại", "Self-harm", "<form", "chặn"} {
		if strings.Contains(string(body), not) {
			t.Errorf("the page says %q", not)
		}
	}
	r.wants(r.send("POST", "http://help.example/lachan-request", "reason=x"), 403)
	if r.asked != nil {
		t.Errorf("asked: %q", r.asked)
	}
}

func TestARequestIsTaken(t *testing.T) {
	r := newReader(t)
	const at = "http://bet.example/lachan-request"
	form := url.Values{"reason": {"bài tập toán & lý"}, "name": {"other.example"}}.Encode()
	r.wants(r.send("POST", at, form, "Origin", "http://bet.example", "Sec-Fetch-Site", "same-origin"), 200, "Đã gửi yêu cầu")
	r.wants(r.send("POST", at, "", "Origin", "http://bet.example"), 200)
	if len(r.asked) != 2 || r.asked[0] != "bet.example: bài tập toán & lý" {
		t.Errorf("asked: %q", r.asked)
	}
	// What another site makes a browser send, a body without end, what is not blocked.
	r.wants(r.send("POST", at, form, "Sec-Fetch-Site", "cross-site"), 403)
	r.wants(r.send("POST", at, form, "Origin", "http://evil.example"), 403)
	r.wants(r.send("POST", at, form, "Origin", "null"), 403)
	r.wants(r.send("POST", at, "reason="+strings.Repeat("x", 9<<10)), 400)
	r.wants(r.send("GET", at, ""), 403, "Trang này không mở được ở đây")
	r.wants(r.send("POST", "http://open.example/lachan-request", form), 404)
	r.wants(r.send("POST", "http://check.example/lachan-request", form), 200, "Bộ lọc đang hoạt động")
	if len(r.asked) != 2 {
		t.Errorf("asked: %q", r.asked)
	}
	r.full = true
	r.wants(r.send("POST", at, form), 429, "quá nhiều yêu cầu")
}

func TestAnAddressAsksSixtyTimesAnHour(t *testing.T) {
	r := newReader(t)
	for range 60 {
		r.wants(r.send("POST", "http://bet.example/lachan-request", "reason=x"), 200)
	}
	r.wants(r.send("POST", "http://bet.example/lachan-request", "reason=x"), 429)
	if len(r.asked) != 60 {
		t.Errorf("asked %d times", len(r.asked))
	}
}

// The browser is told to run nothing, to send nothing elsewhere, to keep nothing.
func TestThePageTellsNobody(t *testing.T) {
	r := newReader(t)
	for _, host := range []string{"bet.example", "help.example", "check.example", "open.example"} {
		reply := r.send("GET", "http://"+host+"/", "", "Cookie", "session=1", "Referer", "http://secret.example/")
		body, _ := io.ReadAll(reply.Body)
		h := reply.Header
		if h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Set-Cookie") != "" || h.Get("Strict-Transport-Security") != "" || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %v", host, h)
		}
		_, rest, _ := strings.Cut(string(body), "<style>")
		css, _, _ := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(css))
		csp := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy %q is not for the page's style", host, csp)
		}
		for _, not := range []string{"<script", "<img", "<link", "style=", "src=", "http:", "secret", "session"} {
			if strings.Contains(string(body), not) {
				t.Errorf("%s: the page has %q", host, not)
			}
		}
		if len(body) > 8<<10 {
			t.Errorf("%s: %d octets", host, len(body))
		}
	}
}

// TestWhoeverAskedSeesTheAnswer: on the page of the same name, also while it is asked
// again, and never as markup.
func TestWhoeverAskedSeesTheAnswer(t *testing.T) {
	r := newReader(t)
	page := func() string {
		t.Helper()
		text, err := io.ReadAll(r.send("GET", "http://bet.example/", "").Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if text := page(); strings.Contains(text, "Đã trả lời") || strings.Contains(text, "đang chờ") {
		t.Errorf("nothing was asked, but the page says\n%s", text)
	}
	r.waiting = true
	if text := page(); !strings.Contains(text, "đang chờ trả lời") || !strings.Contains(text, "waits for an answer") {
		t.Errorf("the page does not say that a request waits\n%s", text)
	}
	r.waiting, r.answered, r.answer = false, "23/11/2026", "không mở <b>trong giờ</b>"
	if text := page(); !strings.Contains(text, "ngày 23/11/2026: không mở &lt;b&gt;trong giờ") || !strings.Contains(text, "<textarea") {
		t.Errorf("the page does not show the answer, or takes no new request\n%s", text)
	}
	if r.answer = ""; !strings.Contains(page(), "on 23/11/2026: it stays closed") {
		t.Error("the page does not tell of an answer without a word")
	}
}

// A Vietnamese reader cannot tell what the encoded form is, and nobody can tell from
// the other one whether its letters are those they seem.
func TestAnInternationalNameStandsInBothForms(t *testing.T) {
	r := newReader(t)
	r.wants(r.send("GET", "http://xn--la-o-2ua4356bkoa.example/", ""), 403, "xn--la-o-2ua4356bkoa.example (lừa-đảo.example)")
	r.wants(r.send("POST", "http://xn--la-o-2ua4356bkoa.example/lachan-request", "reason=x"), 200, "xn--la-o-2ua4356bkoa.example (lừa-đảo.example)")
	if len(r.asked) != 1 || r.asked[0] != "xn--la-o-2ua4356bkoa.example: x" {
		t.Errorf("asked is %q", r.asked)
	}
}

// TestADeviceThatRemembersTheBlockIsToldThatItIsOpen: and asks nothing.
func TestADeviceThatRemembersTheBlockIsToldThatItIsOpen(t *testing.T) {
	site := blockpage.New(func(string, netip.Addr) blockpage.Finding {
		return blockpage.Finding{
			Kind: blockpage.Opened, Name: "geogebra.example", School: "TH Kim Đồng", At: "09:40 30/11/2026", Answer: "học hình lớp 5A",
		}
	}, func(blockpage.Finding, string) error { t.Error("it is asked for"); return nil })
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(method, "http://geogebra.example/lachan-request", nil))
		page := w.Body.String()
		for _, want := range []string{"đã được mở", "09:40 30/11/2026", "học hình lớp 5A", "TH Kim Đồng"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q:\n%s", want, page)
			}
		}
		if w.Code != http.StatusServiceUnavailable || strings.Contains(page, "<form") {
			t.Errorf("status %d, or it can be asked for", w.Code)
		}
	}
}
