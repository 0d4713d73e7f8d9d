package radius

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"time"

	"layeh.com/radius"
	"layeh.com/radius/rfc2865"
	"layeh.com/radius/rfc2866"
	"layeh.com/radius/rfc2869"
	"layeh.com/radius/rfc3162"
	"layeh.com/radius/rfc4679"
	"layeh.com/radius/rfc4818"
	"layeh.com/radius/rfc6911"
)

// An accounting is what happened to a session, or to all of an access server.
type accounting uint8

const (
	other    accounting = iota // answered, and of no meaning here
	goesOn                     // Start and Interim-Update: both say what holds
	ended                      // Stop
	serverOn                   // Accounting-On and Accounting-Off: no session of before is left
)

// A report is what is read of a request.
type report struct {
	what accounting
	key  key
	line string // the customer's, as the access server calls it
	// prefixes are the session's, a family that is not named is unchanged.
	prefixes []netip.Prefix
	at       time.Time // when it happened: before it was sent, where it waited
	began    time.Time // the session; zero if the access server does not say
}

// A key tells sessions apart. It is made of digests: what people are called stands in no
// table and in no file.
type key struct{ server, session id }

// An id is a digest, in a file in hexadecimal.
type id [16]byte

func (d id) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads what MarshalText writes.
func (d *id) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(d) {
		return errors.New("no digest")
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// leastPrefix is the widest prefix that a session has, in bits of IPv6.
const leastPrefix = 32

// mostPrefixes is how many prefixes a session has.
const mostPrefixes = 8

// Attributes are those that can name a line.
func Attributes() (names []string) {
	for _, a := range attributes {
		names = append(names, a.name)
	}
	return names
}

var attributes = []struct {
	name  string
	value func(*radius.Packet) string
}{
	{"User-Name", func(p *radius.Packet) string { return rfc2865.UserName_GetString(p) }},
	{"Class", func(p *radius.Packet) string { return string(rfc2865.Class_Get(p)) }},
	{"Calling-Station-Id", func(p *radius.Packet) string { return rfc2865.CallingStationID_GetString(p) }},
	{"NAS-Port-Id", func(p *radius.Packet) string { return rfc2869.NASPortID_GetString(p) }},
	{"Connect-Info", func(p *radius.Packet) string { return rfc2869.ConnectInfo_GetString(p) }},
	{"ADSL-Agent-Circuit-Id", func(p *radius.Packet) string { return string(rfc4679.ADSLAgentCircuitID_Get(p)) }},
	{"ADSL-Agent-Remote-Id", func(p *radius.Packet) string { return string(rfc4679.ADSLAgentRemoteID_Get(p)) }},
}

// isAuthentic reports whether a request was made by somebody who has the secret. The
// authenticator of Status-Server proves nothing, so that has to be signed (RFC 5997, 3).
func isAuthentic(p *radius.Packet, raw []byte) bool {
	if p.Code != radius.CodeStatusServer {
		return p.Code == radius.CodeAccountingRequest && radius.IsAuthenticRequest(raw, p.Secret)
	}
	signature, err := rfc2869.MessageAuthenticator_Lookup(p)
	if err != nil || len(signature) != md5.Size {
		return false
	}
	unsigned, err := radius.Parse(raw, p.Secret)
	if err != nil || rfc2869.MessageAuthenticator_Set(unsigned, make([]byte, md5.Size)) != nil {
		return false
	}
	text, err := unsigned.MarshalBinary()
	if err != nil {
		return false
	}
	mac := hmac.New(md5.New, p.Secret)
	mac.Write(text)
	return hmac.Equal(mac.Sum(nil), signature)
}

var errNoSession = errors.New("no Acct-Session-Id")

// read is what a request reports, from a client whose key in lachan.yaml is of.
func read(p *radius.Packet, of netip.Prefix, from netip.Addr, attribute string, now time.Time) (report, error) {
	r := report{at: now.Add(-time.Duration(rfc2866.AcctDelayTime_Get(p)) * time.Second)}
	r.began = r.at
	switch rfc2866.AcctStatusType_Get(p) {
	case rfc2866.AcctStatusType_Value_Start:
		r.what = goesOn
	case rfc2866.AcctStatusType_Value_InterimUpdate:
		r.what, r.began = goesOn, time.Time{}
		if lasted, err := rfc2866.AcctSessionTime_Lookup(p); err == nil {
			r.began = r.at.Add(-time.Duration(lasted) * time.Second)
		}
	case rfc2866.AcctStatusType_Value_Stop:
		r.what = ended
	case rfc2866.AcctStatusType_Value_AccountingOn, rfc2866.AcctStatusType_Value_AccountingOff:
		r.what = serverOn
	default:
		return r, nil
	}
	r.key.server = digest(of.String(), server(p, from))
	if r.what == serverOn {
		return r, nil
	}
	id := rfc2866.AcctSessionID_Get(p)
	if len(id) == 0 {
		return r, errNoSession
	}
	r.key.session = digest(string(id))
	for _, a := range attributes {
		if a.name == attribute {
			r.line = a.value(p)
		}
	}
	r.prefixes = prefixes(p)
	return r, nil
}

// server is what an access server calls itself, or else its address.
func server(p *radius.Packet, from netip.Addr) string {
	if name := rfc2865.NASIdentifier_GetString(p); name != "" {
		return name
	}
	if a := rfc2865.NASIPAddress_Get(p); a != nil {
		return a.String()
	}
	if a := rfc3162.NASIPv6Address_Get(p); a != nil {
		return a.String()
	}
	return from.String()
}

func digest(parts ...string) (d id) {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	copy(d[:], h.Sum(nil))
	return d
}

// prefixes are the addresses of a session that can be those of questions.
func prefixes(p *radius.Packet) (list []netip.Prefix) {
	add := func(a netip.Addr, bits int) {
		prefix := netip.PrefixFrom(a.Unmap(), bits).Masked()
		usable := prefix.IsValid() && !a.IsUnspecified() && !a.IsMulticast() && !a.IsLinkLocalUnicast() &&
			(a.Is4() && a.As4()[0] < 240 || !a.Is4() && bits >= leastPrefix) // 255.255.255.254: to be chosen
		if usable && len(list) < mostPrefixes {
			list = append(list, prefix)
		}
	}
	one := func(ip net.IP, bits int) {
		if a, ok := netip.AddrFromSlice(ip); ok {
			add(a, bits)
		}
	}
	one(rfc2865.FramedIPAddress_Get(p), 32)
	one(rfc6911.FramedIPv6Address_Get(p), 128)
	for _, network := range []*net.IPNet{rfc3162.FramedIPv6Prefix_Get(p), rfc4818.DelegatedIPv6Prefix_Get(p)} {
		if network != nil {
			bits, _ := network.Mask.Size()
			one(network.IP.To16(), bits)
		}
	}
	return list
}
