package resolver_test

import (
	"errors"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"lachan/resolver/links"
	"lachan/resolver/listen"
)

const routers = `
profiles:
  hs: {block: [gambling]}
  gv: {block: [malware]}
units:
  - {id: a, profile: gv, networks: [127.1.0.0/16], link_tokens: [token-of-school-a-01]}
  - {id: b, profile: gv, link_tokens: [token-of-school-b-01]}
  - {id: c, profile: hs, link_tokens: [token-of-school-c-01]}
`

// A router on a changing address says whose it is; nobody gets out of a network
// that way, and nobody without the token gets in.
func TestRoutersLinkTheirAddress(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson+"bet.example. A 192.0.2.66\n").addr)
	n.load(routers)
	var saved []links.Link
	var broken error
	n.settings.Clients.Linked = links.New(nil, func(links []links.Link) error { saved = links; return broken })
	f := newFrontage(t, n, listen.DoH)
	headers := map[string]string{}
	post := func(from, method, token string, want int) {
		t.Helper()
		client, end := f.browser(t, "1.1", caller{from: from, serverName: house})
		defer end()
		req, err := http.NewRequestWithContext(t.Context(), method, "https://"+f.addrs[listen.DoH]+"/link/"+token, nil)
		if err != nil {
			t.Fatal(err)
		}
		for key, value := range headers {
			req.Header.Set(key, value)
		}
		reply, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		reply.Body.Close()
		if reply.StatusCode != want {
			t.Errorf("%s %s from %s: status %d, want %d", method, token, from, reply.StatusCode, want)
		}
	}
	const home, other, forB = "127.50.0.1", "127.51.0.1", "token-of-school-b-01"
	f.wants(home, "bet.example", blocks)
	post(home, "GET", forB, 405)
	post(home, "POST", "", 404)
	post(home, "POST", "token-of-school-b-0", 404)
	post(home, "POST", "b", 404)
	f.wants(home, "bet.example", blocks)
	broken = errors.New("the disk is full")
	post(home, "POST", forB, 500)
	f.wants(home, "bet.example", blocks)
	broken = nil
	post(home, "POST", forB, 204)
	post(home, "POST", forB, 204) // again, as routers do
	f.wants(home, "bet.example", passes)
	post(other, "POST", forB, 429) // too soon
	f.wants(other, "bet.example", blocks)
	post("127.1.0.1", "POST", forB, 409) // that is school a's
	post("127.1.0.1", "POST", "token-of-school-a-01", 204)
	post(home, "POST", "token-of-school-c-01", 409) // an address is one school's
	f.wants(home, "bet.example", passes)
	for _, headers["Sec-Fetch-Site"] = range []string{"cross-site", "same-site"} { // a page of others has a browser post
		post("127.52.0.1", "POST", "token-of-school-c-01", 403)
	}
	clear(headers)
	if len(saved) != 1 || saved[0].Unit != "b" {
		t.Errorf("saved: %v", saved)
	}
}

func TestLinksEnd(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson+"bet.example. A 192.0.2.66\n").addr)
	n.load(routers)
	linked := func(seen time.Duration, want string) {
		t.Helper()
		at := time.Now().Add(-seen)
		n.settings.Clients.Linked = links.New([]links.Link{{Prefix: prefix32(t, "127.50.0.1"), Unit: "b", Since: at, Seen: at}}, nil)
		n.use()
		n.wants("127.50.0.1", "bet.example", want)
	}
	linked(time.Hour, passes)
	linked(links.Life+time.Minute, blocks)
	n.settings.Clients.Linked = links.New([]links.Link{{Prefix: prefix32(t, "127.50.0.1"), Unit: "gone", Seen: time.Now()}}, nil)
	n.use()
	n.wants("127.50.0.1", "bet.example", blocks)
}

func prefix32(t *testing.T, addr string) netip.Prefix {
	t.Helper()
	p, err := netip.MustParseAddr(addr).Prefix(32)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
