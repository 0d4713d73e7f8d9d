package config

import (
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/transfer"
)

// An RPZOut serves categories as response policy zones to the DNS servers
// of others.
type RPZOut struct {
	// Listen has the addresses of zone transfers, UDP and TCP. Default none.
	Listen []netip.AddrPort `yaml:"listen"`
	// Zones are those that are served. Default none.
	Zones []RPZOutZone `yaml:"zones"`
}

// An RPZOutZone is one zone. It needs tsig or allow, or both: then both must
// fit.
type RPZOutZone struct {
	Zone       string           `yaml:"zone"`       // its name; no default
	Categories []string         `yaml:"categories"` // whose names are in it; no default
	TSIG       TSIG             `yaml:"tsig"`       // key of the secondaries
	Allow      []netip.Prefix   `yaml:"allow"`      // addresses of the secondaries; default any that has the key
	Notify     []netip.AddrPort `yaml:"notify"`     // secondaries to tell of changes; default none
}

// SetDefaults sets what a zone is when its keys are left out.
func (z *RPZOutZone) SetDefaults() { z.TSIG.Algorithm = "hmac-sha256" }

func (o *RPZOut) check(k *checker) {
	if (len(o.Listen) > 0) != (len(o.Zones) > 0) {
		k.wrong("server.rpz_out", textRPZOutBoth)
	}
	seen := map[string]bool{}
	for i := range o.Zones {
		z, at := &o.Zones[i], Item("server.rpz_out.zones", i)
		name := dns.CanonicalName(z.Zone)
		if _, ok := dns.IsDomainName(z.Zone); !ok || strings.Trim(z.Zone, ".") == "" || seen[name] {
			k.wrong(at+".zone", textRPZOutZone.With(z.Zone))
		}
		seen[name] = true
		if len(z.Categories) == 0 {
			k.wrong(at, textRPZOutCategories)
		}
		hasKey := z.TSIG.Name != "" || z.TSIG.SecretFile != ""
		if !hasKey && len(z.Allow) == 0 {
			k.wrong(at, textRPZOutOpen)
		}
		if hasKey {
			if _, err := transfer.ReadKey(z.TSIG.Name, string(z.TSIG.Algorithm), z.TSIG.SecretFile); err != nil {
				k.wrong(at+".tsig", textTSIGFile.With(err))
			}
		}
	}
}
