package radius_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	layeh "layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2866"
	"layeh.com/radius/rfc2869"

	"lachan/metrics"
	"lachan/radius"
	"lachan/resolver/sessions"
)

const secret = "between-us-two"

// A desk is a server with one socket, and the table that follows it.
type desk struct {
	t          *testing.T
	file       string
	address    string
	conditions metrics.Conditions
	table      sessions.Table
	server     *radius.Server
	end        func()
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, file: filepath.Join(t.TempDir(), "sessions.jsonl")}
	d.start()
	t.Cleanup(func() { d.end() })
	return d
}

func (d *desk) start() {
	d.t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	d.address = socket.LocalAddr().String()
	d.table.Replace(nil)
	begun := make(chan struct{}, 1)
	d.server = radius.New(d.file, radius.Sinks{
		Unit: func(line string) string {
			return strings.TrimPrefix(strings.TrimSuffix(line, "@isp.example"), "nobody")
		},
		Send: func(c []sessions.Change) func() { d.table.Apply(c); return func() {} },
		Replace: func(all []sessions.Change) {
			d.table.Replace(all)
			select {
			case begun <- struct{}{}:
			default:
			}
		},
		Failed:     func(err error) { d.t.Error(err) },
		Conditions: &d.conditions, Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.server.Serve(ctx, radius.Settings{
			Clients: []radius.Client{
				{Network: netip.MustParsePrefix("127.0.0.0/8"), Secret: []byte("of all others")},
				{Network: netip.MustParsePrefix("127.0.0.1/32"), Secret: []byte(secret)},
			},
			Attribute: "User-Name", Interim: time.Hour, Most: 1000,
		}, []net.PacketConn{socket})
	}()
	<-begun
	d.end = func() { cancel(); <-ended; socket.Close() }
}

// request is an accounting request of a session.
func request(what rfc2866.AcctStatusType, session, line, address string) *layeh.Packet {
	p := layeh.New(layeh.CodeAccountingRequest, []byte(secret))
	_ = rfc2866.AcctStatusType_Set(p, what)
	_ = rfc2865.NASIdentifier_SetString(p, "bras")
	_ = rfc2866.AcctSessionID_SetString(p, session)
	_ = rfc2865.UserName_SetString(p, line)
	if address != "" {
		_ = rfc2865.FramedIPAddress_Set(p, net.ParseIP(address))
	}
	return p
}

// sends sends a request and reports whether it is answered.
func (d *desk) sends(p *layeh.Packet) bool {
	d.t.Helper()
	raw, err := p.Encode()
	if err != nil {
		d.t.Fatal(err)
	}
	reply := d.exchange(raw)
	if reply != nil && !layeh.IsAuthenticResponse(reply, raw, p.Secret) {
		d.t.Error("the answer is not signed with the secret")
	}
	return reply != nil
}

// exchange sends bytes, and after them a request that is answered: what was not answered
// before never will be.
func (d *desk) exchange(raw []byte) (reply []byte) {
	d.t.Helper()
	conn, err := net.Dial("udp", d.address)
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close()
	mark, err := request(99, "", "", "").Encode()
	if err != nil {
		d.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	for _, text := range [][]byte{raw, mark} {
		if _, err := conn.Write(text); err != nil {
			d.t.Fatal(err)
		}
	}
	for buffer := make([]byte, layeh.MaxPacketLength); ; {
		n, err := conn.Read(buffer)
		if err != nil {
			d.t.Fatal(err)
		}
		if layeh.IsAuthenticResponse(buffer[:n], mark, []byte(secret)) {
			return reply
		}
		reply = append([]byte(nil), buffer[:n]...)
	}
}

func (d *desk) of(address, want string) {
	d.t.Helper()
	if unit, _ := d.table.UnitOf(netip.MustParseAddr(address)); unit != want {
		d.t.Errorf("%s is of %q, want %q", address, unit, want)
	}
}

func (d *desk) told(name string) bool {
	for _, c := range d.conditions.List() {
		if c.Name == name {
			return true
		}
	}
	return false
}

// Whoever has the answer is known by the address; after a start anew too.
func TestWhatIsAnsweredIsInForceAndOutlivesTheServer(t *testing.T) {
	d := newDesk(t)
	if !d.sends(request(rfc2866.AcctStatusType_Value_Start, "1", "th-mot@isp.example", "198.51.100.7")) {
		t.Fatal("a request has no answer")
	}
	d.of("198.51.100.7", "th-mot")
	d.sends(request(rfc2866.AcctStatusType_Value_Start, "2", "th-hai@isp.example", "198.51.100.8"))
	d.sends(request(rfc2866.AcctStatusType_Value_Stop, "2", "th-hai@isp.example", "198.51.100.8"))
	d.sends(request(rfc2866.AcctStatusType_Value_Start, "3", "nobody", "198.51.100.9"))
	text, err := os.ReadFile(d.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"isp.example", "nobody", "198.51.100.9", "bras"} {
		if strings.Contains(string(text), private) {
			t.Errorf("the file has %s: %s", private, text)
		}
	}
	d.end()
	if err := os.WriteFile(d.file, append(append([]byte("{damaged\n"), text...), `{"n":"cut`...), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start()
	d.of("198.51.100.7", "th-mot")
	d.of("198.51.100.8", "")
	if !d.told("radius-damaged") {
		t.Error("nobody is told of the damage")
	}
	d.sends(request(rfc2866.AcctStatusType_Value_InterimUpdate, "2", "th-hai@isp.example", "198.51.100.8"))
	d.of("198.51.100.8", "")
	d.sends(request(rfc2866.AcctStatusType_Value_AccountingOff, "", "", ""))
	d.of("198.51.100.7", "")
}

// Strangers, other secrets and garbage get no answer and change nothing.
func TestWhoHasNotTheSecretHearsNothing(t *testing.T) {
	d := newDesk(t)
	forged := request(rfc2866.AcctStatusType_Value_Start, "1", "th-mot", "198.51.100.7")
	forged.Secret = []byte("of all others") // those of other addresses have it
	if d.sends(forged) {
		t.Error("another secret is answered")
	}
	if !d.told("radius-secret") {
		t.Error("nobody is told of the other secret")
	}
	right, _ := request(rfc2866.AcctStatusType_Value_Start, "1", "th-mot", "198.51.100.7").Encode()
	for at := range right {
		wrong := append([]byte(nil), right...)
		wrong[at] ^= 0x40
		if d.exchange(wrong) != nil {
			t.Errorf("a request with byte %d changed is answered", at)
		}
	}
	access := layeh.New(layeh.CodeAccessRequest, []byte(secret))
	if d.sends(access) || d.exchange([]byte("GET / HTTP/1.1")) != nil || d.exchange(right[:19]) != nil {
		t.Error("what is no accounting is answered")
	}
	d.of("198.51.100.7", "")
	if d.exchange(append(right, 0, 0, 0)) == nil {
		t.Error("padding is not ignored")
	}
	d.of("198.51.100.7", "th-mot")
	if r := d.server.Reading(); r.Sessions != 1 || r.Dropped["secret"] == 0 || r.Dropped["invalid"] < 2 {
		t.Errorf("%+v", r)
	}
}

// An access server that asks whether this one is there hears so, if it signs (RFC 5997).
func TestWhoAsksWhetherItIsThereHearsSo(t *testing.T) {
	d := newDesk(t)
	p := layeh.New(layeh.CodeStatusServer, []byte(secret))
	if d.sends(p) {
		t.Error("one without a signature is answered")
	}
	_ = rfc2869.MessageAuthenticator_Set(p, make([]byte, 16))
	if d.sends(p) {
		t.Error("one with a wrong signature is answered")
	}
	sign(p)
	if !d.sends(p) {
		t.Error("one that is signed has no answer")
	}
}

// A disk that takes nothing costs no session: those that are known stay known, and people
// are told.
func TestWithoutADiskSessionsGoOn(t *testing.T) {
	d := newDesk(t)
	d.end()
	if err := errors.Join(os.Remove(d.file), os.Mkdir(d.file, 0o700), os.Mkdir(filepath.Join(d.file, "x"), 0o700)); err != nil {
		t.Fatal(err)
	}
	d.start()
	for range 3 {
		if !d.sends(request(rfc2866.AcctStatusType_Value_Start, "1", "th-mot", "198.51.100.7")) {
			t.Error("a request has no answer")
		}
	}
	if d.of("198.51.100.7", "th-mot"); !d.told("radius-file") {
		t.Error("nobody is told of the disk")
	}
}
