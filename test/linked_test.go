package test

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
)

// A link outlives the program; a file that is damaged is set aside and told of.
func TestLinkedAddressesOutliveTheProgram(t *testing.T) {
	p, d := everyDoor(t)
	p.write("policy.yaml", `
units:
  - {id: truong, profile: hs, link_tokens: [token-of-the-school-1]}
profiles:
  hs: {block: [social]}
`)
	p.kill()
	p.start()
	d.doh = p.logged(`msg="serving encrypted" protocol=doh address=(\S+)`)
	asked := func() bool { return blocked(p.ask("www.facebook.com")) }
	if asked() {
		t.Error("an address that nobody has linked is the school's")
	}
	client := http.Client{Timeout: oneReply, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: d.trust, ServerName: servedAs}}}
	reply, err := client.Post("https://"+d.doh+"/link/token-of-the-school-1", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	if reply.StatusCode != http.StatusNoContent || !asked() {
		t.Errorf("status %s; the school's: %v", reply.Status, asked())
	}
	if strings.Contains(p.log.String(), "127.0.0.1 ") || !strings.Contains(p.log.String(), `msg="address linked" unit=truong`) {
		t.Error("the log does not tell of the link, or tells the address")
	}
	p.kill()
	p.start()
	if !asked() {
		t.Error("the link is forgotten")
	}
	p.kill()
	p.write("state/links.json", "[{")
	p.start()
	if asked() {
		t.Error("what is damaged is trusted")
	}
	p.metric(`lachan_condition{name="links-damaged"}`, "1")
}
