package test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aead.dev/minisign"

	"lachan/blocklist/release"
)

// A misbehaviour is what a publisher does once its first list is in force. Its
// name is that of the feed.
type misbehaviour struct {
	name   string
	does   http.HandlerFunc
	extra  string // keys of the feed
	says   string // in Vietnamese, part of it
	slow   bool   // it takes until nothing has come for half a minute
	served http.HandlerFunc
}

const publishedNames = 1000

// firstList is the list of a feed, with its extra lines.
func firstList(feed string, more ...string) string {
	return numbered(feed, publishedNames) + strings.Join(more, "\n")
}

func text(body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		_, _ = io.WriteString(w, body) // who has asked may have gone
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func packed(body string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, body) // to memory
	_ = z.Close()
	return b.String()
}

// drip sends a word and then a little now and then, until who asks has gone.
func drip(word string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, word)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			if word != "" {
				_ = http.NewResponseController(w).Flush()
			}
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
				_, _ = io.WriteString(w, word)
			}
		}
	}
}

// misbehaviours are those of one publisher, whose address is base.
func misbehaviours(t *testing.T, base string) []misbehaviour {
	t.Helper()
	const gz = "Content-Encoding"
	list := firstList("x")
	bomb := strings.Repeat("0.example\n", 1<<20)
	key, signature := signed(t, firstList("signature"))
	digest := sha256.Sum256([]byte(firstList("digest")))
	return []misbehaviour{
		{name: "error", does: status(500), says: "500"},
		{name: "gone", does: status(404), says: "404"},
		{name: "unasked", does: status(304), says: "304"}, // there is no ETag to compare
		{name: "refused", does: http.RedirectHandler("http://127.0.0.1:9/", http.StatusFound).ServeHTTP, says: "không tải được"}, // a port without a listener
		{name: "hangup", does: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, says: "không tải được"},
		{name: "truncated", does: text(list, "Content-Length", fmt.Sprint(2*len(list))), says: "cắt giữa chừng"},
		{name: "cutgzip", does: text(packed(list)[:200], gz, "gzip"), says: "cắt giữa chừng"},
		{name: "nogzip", does: text(list, gz, "gzip"), says: "nén"},
		{name: "bomb", does: text(packed(bomb), gz, "gzip"), says: "max_bytes"},
		{name: "large", does: text(bomb), says: "max_bytes"},
		{name: "page", does: text("<!DOCTYPE html><html>Xin đăng nhập</html>"), says: "trang web"},
		{name: "circle", does: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, says: "chuyển hướng"},
		{name: "tofile", does: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/hosts", http.StatusFound)
		}, says: "chuyển hướng"},
		{name: "rubbish", does: text("192.0.2.1\n192.0.2.2\n"), says: "2 dòng"},
		{name: "empty", does: text("# hết\n"), says: fmt.Sprint(publishedNames + 1)},
		{name: "shrunk", does: text("edition-other.example\n"), says: "giảm quá"},
		{name: "grown", does: text(numbered("other", 20*publishedNames)), extra: "max_growth: 10", says: "tăng"},
		{name: "digest", does: text(firstList("digest", "more.example\n")), extra: "verify: {sha256_url: " + base + "/digest.sha256}", says: "SHA-256",
			served: text(hex.EncodeToString(digest[:]) + "\n")},
		{name: "signature", does: text(firstList("signature", "more.example\n")), extra: "verify: {minisign: " + key + "}", says: "chữ ký",
			served: text(signature)},
		{name: "silent", does: drip(""), says: "chậm", slow: true},
		{name: "drip", does: drip("a"), says: "chậm", slow: true},
	}
}

// signed is a new key and its signature of a list, for minisign.
func signed(t *testing.T, list string) (key, signature string) {
	t.Helper()
	_, secret, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := release.Sign(secret, strings.NewReader(list), "seq:1")
	if err != nil {
		t.Fatal(err)
	}
	public, err := release.PublicKey(secret).MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	return string(public), string(s)
}

// A badPublisher serves a good list to every feed until it turns.
type badPublisher struct {
	*httptest.Server
	all    []misbehaviour
	turned atomic.Bool

	mu    sync.Mutex
	asked map[string]int // mu; since it has turned
}

func newBadPublisher(t *testing.T) *badPublisher {
	t.Helper()
	p := &badPublisher{asked: map[string]int{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Server.Close)
	p.all = misbehaviours(t, p.URL)
	return p
}

// ServeHTTP plays its part to one feed.
func (p *badPublisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSuffix(path.Base(r.URL.Path), ".txt")
	for _, m := range p.all {
		switch {
		case m.served != nil && strings.HasPrefix(name, m.name+"."):
			m.served(w, r)
		case m.served != nil && r.URL.Path == "/"+m.name+".txt.minisig":
			m.served(w, r)
		case m.name != name:
			continue
		case p.turned.Load():
			p.mu.Lock()
			p.asked[name]++
			p.mu.Unlock()
			m.does(w, r)
		default:
			text(firstList(name))(w, r)
		}
		return
	}
	http.NotFound(w, r)
}

func (p *badPublisher) times(feed string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[feed]
}

// quick are the names of the feeds whose misbehaviour shows at once.
func (p *badPublisher) quick() (names []string) {
	for _, m := range p.all {
		if !m.slow {
			names = append(names, m.name)
		}
	}
	return names
}

// feeds is the configuration; the slow ones turn with their address.
func (p *badPublisher) feeds(slowAt string) string {
	var b strings.Builder
	b.WriteString("feeds:\n")
	for _, m := range p.all {
		at := ""
		if m.slow {
			at = slowAt
		}
		fmt.Fprintf(&b, "- {name: %s, url: %q, format: domains, category: gambling, max_bytes: 1MiB, refresh: 1h, %s}\n", m.name, p.URL+at+"/"+m.name+".txt", m.extra)
	}
	return b.String()
}

func TestWhateverPublishersDoTheListsBeforeStayAndAnswersFlow(t *testing.T) {
	t.Parallel()
	up := startStandIn(t)
	bad := newBadPublisher(t)
	p := newProcess(t, bad.feeds(""), zonePolicy, up.addr)
	p.start()
	filters := func(name string) bool { return blocked(p.ask("edition-" + name + ".example")) }
	for _, m := range bad.all {
		p.until("the first list of "+m.name+" is in force", func() bool { return filters(m.name) })
	}
	flow := startLoad(t, "127.0.0.1", p.dns, func(i int) string { return fmt.Sprintf("lesson-%d.example", i%500) })
	flowed := make(chan error, 1)
	length := time.Duration(sized(12, 8)) * time.Second // 65,536 questions at most
	go func() { flowed <- flow.run(5000, length) }()

	bad.turned.Store(true)
	// A feed that has just been fetched is not due; the command asks at once, and
	// what fails is due when the server reads its configuration.
	out, err := exec.Command(binary, append([]string{"lists", "update", "--config", p.dir + "/lachan.yaml"}, bad.quick()...)...).CombinedOutput()
	if err == nil {
		t.Errorf("the command says that nothing is wrong: %s", out)
	}
	before := map[string]int{}
	for _, m := range bad.all {
		before[m.name] = bad.times(m.name)
	}
	p.writeConfig(bad.feeds("/slow"), up.addr)
	p.signal(syscall.SIGHUP)
	patience := time.Duration(sized(120, 20)) * time.Second // the slow ones come one after the other
	for _, m := range bad.all {
		if m.slow && m.name != "silent" && !proving() {
			continue // it is their turn half a minute later
		}
		p.within(patience, "the server has asked for "+m.name, func() bool { return bad.times(m.name) > before[m.name] })
	}
	for _, m := range bad.all {
		if m.slow && !proving() {
			continue
		}
		p.within(patience, "the failure of "+m.name+" is told", func() bool { return strings.Contains(p.failure(m.name).VI, m.says) })
		if f := p.failure(m.name); f.EN == "" || f.EN == f.VI || !strings.Contains(f.VI, ";") && !strings.Contains(f.VI, ":") {
			t.Errorf("%s: the message does not say what and what to do in both languages: %+v", m.name, f)
		}
	}
	for _, m := range bad.all {
		if !filters(m.name) {
			t.Errorf("%s: the list before is not in force", m.name)
		}
	}
	if blocked(p.ask("edition-other.example")) || blocked(p.ask("more.example")) {
		t.Error("a list that was refused is in force")
	}
	if err := <-flowed; err != nil {
		t.Fatal(err)
	}
	p.until("every question has its answer", func() bool { return flow.answers() == flow.sent })
	t.Logf("%d misbehaviours, %d questions at 5,000 a second, none lost", len(bad.all), flow.sent)
}

// failure is why the last update of a feed failed, as `lists status` tells it.
func (p *process) failure(feed string) (f struct{ VI, EN string }) {
	p.t.Helper()
	out, err := exec.Command(binary, "lists", "status", "--json", "--config", p.dir+"/lachan.yaml").Output()
	if err != nil {
		p.t.Fatalf("lists status: %v", err)
	}
	var state struct {
		Feeds []struct {
			Name    string
			Failure struct{ VI, EN string }
		}
	}
	if err := json.Unmarshal(out, &state); err != nil {
		p.t.Fatal(err)
	}
	for _, s := range state.Feeds {
		if s.Name == feed {
			return s.Failure
		}
	}
	return f
}
