package fleet_test

import (
	"strings"
	"testing"

	"lachan/fleet"
)

// FuzzInvitation: a code is read the same however it is written, and what is none is told.
func FuzzInvitation(f *testing.F) {
	f.Add("h7kd-93mp-x2aa-q8ct-0v5n-6b4e-zr8w-27ps")
	f.Add("H7KD 93MP x2aaq8ct 0v5n6b4ezr8w27ps")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		code, err := fleet.ParseInvitation(text)
		if err != nil {
			return
		}
		again, err := fleet.ParseInvitation(code.String())
		if err != nil || again != code || len(code.Secret) != 19 || len(code.Root) != 19 {
			t.Errorf("%q is %+v, then %+v, %v", text, code, again, err)
		}
	})
}

// FuzzSignedTrust: what no root key has signed is never believed.
func FuzzSignedTrust(f *testing.F) {
	f.Add("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", `{"serial":1,"hubs":[]}`, "untrusted comment: x\nRUQ\n")
	f.Fuzz(func(t *testing.T, root, text, signature string) {
		signed := fleet.SignedTrust{Root: root, Text: text, Signature: signature}
		fingerprint, err := signed.Fingerprint()
		if err != nil {
			fingerprint = strings.Repeat("a", 19)
		}
		if trust, err := signed.Open(fingerprint); err == nil {
			t.Errorf("%+v is believed", trust)
		}
	})
}
