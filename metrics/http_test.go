package metrics_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"lachan/metrics"
)

// listen serves h on loopback with the server of the package until the test
// ends, and returns its URL.
func listen(t *testing.T, h http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := metrics.NewServer(h)
	done := make(chan error)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return "http://" + listener.Addr().String()
}

// busy is the URL of a node with something to tell in every metric.
func busy(t *testing.T) string {
	t.Helper()
	c := twoSchools()
	for e := range traffic(c.Group("th-kim-dong", "hoc-sinh"), c.Category("games"), 900) {
		c.Shard().Record(&e)
	}
	var conditions metrics.Conditions
	conditions.Set("feed_late", "nguồn trễ | feed is late")
	return listen(t, handler(c, &conditions, readings(time.Now())))
}

func TestBothEndpointsAreLintedByPromlint(t *testing.T) {
	url := busy(t)
	f := func(path string) {
		t.Helper()
		_, body := get(t, url+path)
		problems, err := promlint.New(strings.NewReader(body)).Lint()
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s: %s", path, p.Metric, p.Text)
		}
	}
	f("/metrics")
	f("/metrics/compliance")
}

func TestBothEndpointsPassPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed (Debian package prometheus)")
	}
	url := busy(t)
	f := func(path string) {
		t.Helper()
		_, body := get(t, url+path)
		check := exec.Command(promtool, "check", "metrics")
		check.Stdin = strings.NewReader(body)
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", path, err, out)
		}
	}
	f("/metrics")
	f("/metrics/compliance")
}

// A label that is not here could carry a client or a name that was asked for.
func TestOnlyTheKnownLabelsAreExported(t *testing.T) {
	url := busy(t)
	f := func(path string, labels ...string) {
		t.Helper()
		_, body := get(t, url+path)
		allowed := make(map[string]bool)
		for _, label := range labels {
			allowed[label] = true
		}
		names := parse(t, body).labelNames()
		if len(names) == 0 {
			t.Errorf("%s: no labels found", path)
		}
		for name := range names {
			if !allowed[name] {
				t.Errorf("%s: the label %s is not allowed", path, name)
			}
		}
	}
	f("/metrics/compliance", "node", "school", "group", "decision", "category", "province", "commune", "level", "within")
	f("/metrics", "transport", "action", "source", "rcode", "part", "upstream", "kind", "feed", "limit", "name", "state", "reason", "sure",
		"version", "revision", "goversion", // lachan_build_info, go_info
		"le", "quantile", "cause") // histograms, summaries, promhttp
}

func TestPathsAnswerAsTheyShould(t *testing.T) {
	url := busy(t)
	f := func(method, path string, status int, contentType string) {
		t.Helper()
		request, err := http.NewRequest(method, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != status || !strings.HasPrefix(response.Header.Get("Content-Type"), contentType) {
			t.Errorf("%s %s: %d %s, want %d %s", method, path, response.StatusCode, response.Header.Get("Content-Type"), status, contentType)
		}
		if hasBody := len(body) > 0; hasBody != (method != http.MethodHead) {
			t.Errorf("%s %s: a body of %d bytes", method, path, len(body))
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		f(method, "/metrics", 200, "text/plain; version=0.0.4; charset=utf-8")
		f(method, "/metrics/compliance", 200, "text/plain; version=0.0.4; charset=utf-8")
		f(method, "/healthz", 200, "text/plain")
		f(method, "/readyz", 200, "text/plain")
		f(method, "/api/conditions", 200, "application/json")
		f(method, "/", 404, "text/plain")
		f(method, "/metrics/", 404, "text/plain")
		f(method, "/api/explain", 404, "text/plain")
	}
	f(http.MethodPost, "/metrics", 405, "text/plain")
	f(http.MethodDelete, "/healthz", 405, "text/plain")
}

func TestOthersMayAddTheirPaths(t *testing.T) {
	mux := handler(metrics.New("node-1"), new(metrics.Conditions), metrics.Readings{})
	mux.HandleFunc("GET /api/explain", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "why") })
	if _, body := get(t, listen(t, mux)+"/api/explain"); body != "why" {
		t.Errorf("the answer is %q", body)
	}
}

func TestComplianceIsCompressedForWhoAcceptsIt(t *testing.T) {
	h := handler(twoSchools(), new(metrics.Conditions), metrics.Readings{})
	want, _ := compliance(t, twoSchools())
	f := func(accept, encoding string) {
		t.Helper()
		request := httptest.NewRequest(http.MethodGet, "/metrics/compliance", nil)
		request.Header.Set("Accept-Encoding", accept)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, request)
		if got := answer.Header().Get("Content-Encoding"); got != encoding {
			t.Errorf("Accept-Encoding %q: encoded as %q, want %q", accept, got, encoding)
			return
		}
		body := io.Reader(answer.Body)
		if encoding == "gzip" {
			unpacked, err := gzip.NewReader(body)
			if err != nil {
				t.Fatal(err)
			}
			body = unpacked
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != want {
			t.Errorf("Accept-Encoding %q: %v, %q", accept, err, got)
		}
	}
	f("", "")
	f("identity", "")
	f("gzip", "gzip")
	f("GZIP", "gzip")
	f("br, gzip;q=0.5, zstd", "gzip")
	f("gzip; q=1.000", "gzip")
	f("gzip;q=0", "")
	f("gzip; q=0.000", "")
	f("xgzip", "")
}

func TestReadyzSaysWhyNot(t *testing.T) {
	var conditions metrics.Conditions
	var reasons []string
	url := listen(t, metrics.Handler(metrics.NewAggregator("node-1", build), &conditions,
		func() metrics.Readings { return metrics.Readings{} }, func() []string { return reasons },
		func(context.Context) (*metrics.Totals, error) { return nil, errors.New("not restored yet") }))
	f := func(path string, status int, want string) {
		t.Helper()
		response, body := get(t, url+path)
		if response.StatusCode != status || body != want+"\n" {
			t.Errorf("%s: %d %q, want %d %q", path, response.StatusCode, body, status, want)
		}
	}
	f("/readyz", 200, "ok")
	f("/readyz?verbose", 200, `{"ready":true,"reasons":[],"conditions":[]}`)
	reasons = []string{"chưa có danh sách | no list in force", "no upstream answered"}
	f("/readyz", 503, "chưa có danh sách | no list in force\nno upstream answered")
	f("/readyz?verbose", 503, `{"ready":false,"reasons":["chưa có danh sách | no list in force","no upstream answered"],"conditions":[]}`)
	f("/healthz", 200, "ok") // alive all the same
	f("/metrics/compliance", 503, "not restored yet")
}

func TestConditionsAreServedAsJSON(t *testing.T) {
	url := busy(t)
	f := func(path string, into any, conditions *[]metrics.Condition) {
		t.Helper()
		_, body := get(t, url+path)
		if err := json.Unmarshal([]byte(body), into); err != nil {
			t.Fatalf("%s: %v: %s", path, err, body)
		}
		if len(*conditions) != 1 || (*conditions)[0].Name != "feed_late" || (*conditions)[0].Since.IsZero() ||
			(*conditions)[0].Text != "nguồn trễ | feed is late" {
			t.Errorf("%s: %s", path, body)
		}
	}
	var list []metrics.Condition
	f("/api/conditions", &list, &list)
	var verbose struct{ Conditions []metrics.Condition }
	f("/readyz?verbose", &verbose, &verbose.Conditions)
}

func TestAClientThatSendsNothingIsLetGo(t *testing.T) {
	server := metrics.NewServer(http.NotFoundHandler())
	for name, timeout := range map[string]time.Duration{
		"header": server.ReadHeaderTimeout, "read": server.ReadTimeout, "write": server.WriteTimeout, "idle": server.IdleTimeout,
	} {
		if timeout <= 0 || timeout > 5*time.Minute {
			t.Errorf("the %s timeout is %v", name, timeout)
		}
	}
}
