package main

import (
	"net/http"
	"net/http/httptest"
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
