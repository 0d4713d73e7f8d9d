package hub

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzGreeting: what a server says first is read or refused; nodes are told of no other
// server, of no TLS, and the same nonce.
func FuzzGreeting(f *testing.F) {
	f.Add([]byte(`INFO {"server_id":"N","nonce":"abc","tls_required":true,"connect_urls":["192.0.2.1:4222"]} ` + "\r\n"))
	f.Add([]byte("INFO {}\r\n"))
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		is, err := readGreeting(line)
		if err != nil {
			return
		}
		if bytes.Count(is.line, []byte("\n")) != 1 || bytes.Contains(is.line, []byte(`"connect_urls"`)) {
			t.Errorf("%q is %q", line, is.line)
		}
		again, err := readGreeting(is.line)
		if err != nil || again.nonce != is.nonce || again.secure {
			t.Errorf("%q is %q and %q, %v", line, is.line, again.line, err)
		}
	})
}

// FuzzClaim: what a node says first is read or refused; with a token it is one line that has
// that token and no other.
func FuzzClaim(f *testing.F) {
	f.Add([]byte(`CONNECT {"nkey":"U","sig":"S","auth_token":"forged"}` + "\r\n"))
	f.Add([]byte("CONNECT null\r\n"))
	f.Add([]byte("PING\r\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		c, err := readClaim(line)
		if err != nil {
			return
		}
		out, err := c.with("the one")
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		again, err := readClaim(out)
		token := ""
		if err != nil || again.nkey != c.nkey || again.sig != c.sig || bytes.Count(out, []byte("\n")) != 1 ||
			json.Unmarshal(again.says["auth_token"], &token) != nil || token != "the one" {
			t.Errorf("%q is %q, %v", line, out, err)
		}
	})
}

// FuzzKeys: a text has both keys or none.
func FuzzKeys(f *testing.F) {
	text, err := NewKeys()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("# the keys of hubs\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if k, err := ParseKeys(text); (err == nil) != (k.user != nil && k.issuer != nil && k.probe != nil) {
			t.Errorf("%q is %+v, %v", text, k, err)
		}
	})
}

// Versions are compared by their first two numbers.
func TestOldServersAreKnown(t *testing.T) {
	for version, want := range map[string]bool{"2.11.9": true, "1.99": true, "2.12.0": false, "2.12.0-RC.1": false, "2.15.3": false, "3.0.0": false, "": true} {
		if got := older(version, leastVersion); got != want {
			t.Errorf("%q: %v", version, got)
		}
	}
}
