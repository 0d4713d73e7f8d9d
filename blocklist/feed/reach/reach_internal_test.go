package reach

import (
	"errors"
	"net"
	"net/netip"
	"testing"
)

// TestTheAddressThatIsDialledIsJudged: a name says nothing of where it leads, and
// no connection is made to where it must not.
func TestTheAddressThatIsDialledIsJudged(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	r := &Reach{}
	conn, err := r.Connect(t.Context(), "tcp4", net.JoinHostPort("localhost", port))
	if err != nil {
		t.Fatalf("what the operator wrote: %v", err)
	}
	conn.Close()
	if err := r.judge("8.8.8.8:443"); err != nil {
		t.Fatal(err)
	}
	r.Redirected()
	var inner *Inner
	if conn, err := r.Connect(t.Context(), "tcp4", net.JoinHostPort("localhost", port)); !errors.As(err, &inner) {
		t.Errorf("a redirect to loopback by a name: %v %v", conn, err)
	}
}

func TestAProxyIsAskedWhereverItIs(t *testing.T) {
	r := &Reach{public: true, redirected: true, proxies: []string{"127.0.0.1:9"}}
	var inner *Inner
	if _, err := r.Connect(t.Context(), "tcp4", "127.0.0.1:9"); errors.As(err, &inner) {
		t.Error("the proxy is refused")
	}
	if _, err := r.Connect(t.Context(), "tcp4", "127.0.0.1:8"); !errors.As(err, &inner) {
		t.Errorf("past the proxy to loopback: %v", err)
	}
}

func TestWhichAddressesAreInner(t *testing.T) {
	f := func(address string, want bool) {
		t.Helper()
		if got := isInner(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	for _, a := range []string{
		"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3",
		"224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1",
		"2002:7f00:1::", "::10.0.0.1", "ff02::1", "fec0::1",
	} {
		f(a, true)
	}
	for _, a := range []string{"8.8.8.8", "100.128.0.1", "172.32.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"} {
		f(a, false)
	}
}
