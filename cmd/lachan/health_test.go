package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

func TestHealthIsTheAnswer200(t *testing.T) {
	f := func(status int, alive bool) {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		defer server.Close()
		c := healthCommand(wording.Both)
		c.SilenceErrors, c.SilenceUsage = true, true
		c.SetArgs([]string{"--url", server.URL})
		if err := c.ExecuteContext(t.Context()); (err == nil) != alive {
			t.Errorf("status %d: %v", status, err)
		}
	}
	f(http.StatusOK, true)
	f(http.StatusServiceUnavailable, false)

	gone := httptest.NewServer(nil)
	gone.Close()
	if command.AskHealth(t.Context(), gone.URL) == nil {
		t.Error("a server that is not there is alive")
	}
}

// The health check is for the server that reads the same configuration: by
// --config, LACHAN_CONFIG, variables and flags alike, and with HTTP off it asks
// over DNS.
func TestHealthAsksWhereTheConfigurationSays(t *testing.T) {
	alive := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer alive.Close()
	web := strings.TrimPrefix(alive.URL, "http://")
	answering, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer answering.Close()
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := answering.ReadFrom(b)
			if err != nil {
				return
			}
			b[2] |= 0x80
			_, _ = answering.WriteTo(b[:n], from) // a client that is gone asks again
		}
	}()
	plain := answering.LocalAddr().String()
	gone := "127.0.0.1:1"
	dir := t.TempDir()
	file := func(name, http, listen string) string {
		path := filepath.Join(dir, name)
		text := fmt.Sprintf("http: {listen: %q}\nserver: {listen: [%q]}\n", http, listen)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	f := func(name string, alive bool, env map[string]string, args ...string) {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir()) // no lachan.yaml here
			for k, v := range env {
				t.Setenv(k, v)
			}
			c := healthCommand(wording.Both)
			c.SilenceErrors, c.SilenceUsage = true, true
			c.SetErr(io.Discard)
			c.SetArgs(args)
			if err := c.ExecuteContext(t.Context()); (err == nil) != alive {
				t.Errorf("alive: %t, said %v", alive, err)
			}
		})
	}
	f("flag", true, nil, "--config", file("a.yaml", web, gone))
	f("variable", true, map[string]string{"LACHAN_CONFIG": file("b.yaml", web, gone)})
	f("address variable", true, map[string]string{"LACHAN_HTTP_LISTEN": web})
	f("address flag", true, map[string]string{"LACHAN_HTTP_LISTEN": gone}, "--http.listen", web)
	f("http off", true, nil, "--config", file("c.yaml", "", plain))
	f("http off, nobody there", false, nil, "--config", file("d.yaml", "", gone))
	f("elsewhere", false, nil, "--config", file("e.yaml", gone, plain))
	f("mistakes elsewhere in the file", true, map[string]string{"LACHAN_CACHE_ENTRIES": "none"}, "--config", file("f.yaml", web, gone))
}
