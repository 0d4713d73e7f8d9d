package test

import (
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// request is the status and the body of a request with another Host and more
// headers, each "Key: value".
func (p *process) request(method, path, host string, headers ...string) (status int, body string) {
	p.t.Helper()
	r, err := http.NewRequest(method, p.http+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		r.Header.Set(key, value)
	}
	client := http.Client{Timeout: oneReply}
	reply, err := client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}

// TestAPageOfOthersReadsNothingOfTheOperators is what a web page does that has
// its own name lead to loopback, or sends a form there.
func TestAPageOfOthersReadsNothingOfTheOperators(t *testing.T) {
	p := serveProcess(t, "", twoSchools, startStandIn(t).addr)
	paths := []string{
		"/metrics", "/metrics/compliance", "/readyz?verbose", "/api/conditions", "/api/orders",
		"/api/explain?name=a.example&unit=truong-a", "/api/v1/query?query=lachan_school_info", "/api/lists/impact?feed=x",
	}
	for _, path := range paths {
		if status, body := p.request("GET", path, "rebound.example"); status != 421 || !strings.Contains(body, "http.names") {
			t.Errorf("%s as rebound.example: %d %s", path, status, body)
		}
		if status, body := p.request("GET", path, "localhost"); status == 421 || status == 403 {
			t.Errorf("%s as localhost: %d %s", path, status, body)
		}
	}
	for _, path := range []string{"/api/report?unit=all&period=2026", "/api/v1/query?query=up"} {
		if status, _ := p.request("POST", path, "", "Sec-Fetch-Site: cross-site"); status != 403 {
			t.Errorf("a form of another site at %s: %d", path, status)
		}
	}
	t.Logf("%d paths refuse a name that is not the server's own", len(paths))
}

func TestWhereOthersReachItATokenIsNeeded(t *testing.T) {
	p := newProcess(t, "", "", startStandIn(t).addr)
	open := "state_dir: state\nserver: {listen: [\"127.0.0.1:0\"]}\nupstream: {servers: [127.0.0.1:9]}\n"
	p.write("lachan.yaml", open+"http: {listen: \"0.0.0.0:0\"}\n")
	out, err := exec.Command(binary, "check", "--config", p.dir+"/lachan.yaml").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "lachan.yaml:4: http.listen") || !strings.Contains(string(out), "token_file") {
		t.Errorf("check of an open listener: %v\n%s", err, out)
	}
	const token = "a-token-of-twenty-four-x"
	p.write("token", token+"\n")
	p.write("lachan.yaml", open+"http: {listen: \"127.0.0.2:0\", token_file: token, names: [lachan.example]}\n")
	p.start()
	if status, _ := p.get("/healthz"); status != 200 {
		t.Errorf("/healthz: %d", status)
	}
	if status, body := p.get("/metrics"); status != 401 || !strings.Contains(body, "http.token_file") {
		t.Errorf("/metrics without a token: %d %s", status, body)
	}
	if status, _ := p.request("GET", "/metrics", "lachan.example", "Authorization: Bearer "+token); status != 200 {
		t.Errorf("/metrics with the token, by its name: %d", status)
	}
	if status, _ := p.request("GET", "/metrics", "", "Authorization: Bearer "+token+"y"); status != 401 {
		t.Errorf("/metrics with another token: %d", status)
	}
}
