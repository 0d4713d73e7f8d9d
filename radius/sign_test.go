package radius_test

import (
	"crypto/hmac"
	"crypto/md5"
	"testing"

	layeh "layeh.com/radius"
	"layeh.com/radius/rfc2866"
	"layeh.com/radius/rfc2869"
)

// sign signs a request that has room for it.
func sign(p *layeh.Packet) {
	_ = rfc2869.MessageAuthenticator_Set(p, make([]byte, md5.Size))
	text, _ := p.MarshalBinary()
	mac := hmac.New(md5.New, p.Secret)
	mac.Write(text)
	_ = rfc2869.MessageAuthenticator_Set(p, mac.Sum(nil))
}

// Whatever somebody with the secret sends costs no more than that request.
func FuzzRequest(f *testing.F) {
	for _, p := range []*layeh.Packet{
		request(rfc2866.AcctStatusType_Value_Start, "1", "th-mot", "198.51.100.7"),
		request(rfc2866.AcctStatusType_Value_AccountingOn, "", "", ""),
	} {
		raw, _ := p.Encode()
		f.Add(raw[20:])
	}
	f.Add([]byte{97, 4, 0, 200, 97, 20, 0, 64, 0x20, 1, 0xd, 0xb8, 26, 9, 0, 0, 0x0d, 0xe9, 1, 3, 'x', 41, 6, 255, 255, 255, 255, 40, 6, 0, 0, 0, 3, 44, 3, 'a'})
	d := &desk{t: &testing.T{}, file: f.TempDir() + "/sessions.jsonl"}
	d.start()
	f.Cleanup(func() { d.end() })
	f.Fuzz(func(t *testing.T, attributes []byte) {
		d.t = t
		list, err := layeh.ParseAttributes(attributes)
		if err != nil || len(attributes) > 4000 {
			return
		}
		p := layeh.New(layeh.CodeAccountingRequest, []byte(secret))
		p.Attributes = list
		if !d.sends(p) {
			t.Error("a request has no answer")
		}
	})
}
