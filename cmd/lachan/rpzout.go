package main

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/rpzout"
	"lachan/blocklist/transfer"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
)

// An RPZOutConfig serves categories as response policy zones to the DNS servers
// of others.
type RPZOutConfig struct {
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
	TSIG       TSIGConfig       `yaml:"tsig"`       // key of the secondaries
	Allow      []netip.Prefix   `yaml:"allow"`      // addresses of the secondaries; default any that has the key
	Notify     []netip.AddrPort `yaml:"notify"`     // secondaries to tell of changes; default none
}

// SetDefaults sets what a zone is when its keys are left out.
func (z *RPZOutZone) SetDefaults() { z.TSIG.Algorithm = "hmac-sha256" }

// rpzOut checks the zones that are served.
func (k *configCheck) rpzOut() {
	o := &k.Server.RPZOut
	if (len(o.Listen) > 0) != (len(o.Zones) > 0) {
		k.wrong("server.rpz_out", wording.RPZOutBoth)
	}
	seen := map[string]bool{}
	for i := range o.Zones {
		z, at := &o.Zones[i], item("server.rpz_out.zones", i)
		name := dns.CanonicalName(z.Zone)
		if _, ok := dns.IsDomainName(z.Zone); !ok || strings.Trim(z.Zone, ".") == "" || seen[name] {
			k.wrong(at+".zone", wording.RPZOutZone.With(z.Zone))
		}
		seen[name] = true
		if len(z.Categories) == 0 {
			k.wrong(at, wording.RPZOutCategories)
		}
		hasKey := z.TSIG.Name != "" || z.TSIG.SecretFile != ""
		if !hasKey && len(z.Allow) == 0 {
			k.wrong(at, wording.RPZOutOpen)
		}
		if hasKey {
			if _, err := transfer.ReadKey(z.TSIG.Name, string(z.TSIG.Algorithm), z.TSIG.SecretFile); err != nil {
				k.wrong(at+".tsig", wording.ConfigTSIGFile.With(err))
			}
		}
	}
}

// checkRPZOut reports categories of zones that the policy does not know.
func checkRPZOut(cfg *Config, p *policy.Policy) (problems yamlfile.Problems) {
	for i := range cfg.Server.RPZOut.Zones {
		for _, code := range cfg.Server.RPZOut.Zones[i].Categories {
			if strings.HasPrefix(code, "service:") || p.Tags(builtinPrefix, code).Empty() {
				problems.Add(cfg.file, cfg.lineOf(item("server.rpz_out.zones", i)+".categories"), wording.RPZOutCategory.With(code))
			}
		}
	}
	return problems
}

// startRPZOut serves the zones of the configuration from now on.
func (n *node) startRPZOut(ctx context.Context) {
	n.children.stop("rpz-out")
	n.rpzOut = nil
	n.conditions.Clear("rpz-out")
	o := &n.cfg.Server.RPZOut
	if len(o.Listen) == 0 {
		return
	}
	server, err := n.openRPZOut(o)
	if err != nil {
		n.log.Error("serve zones", "error", err)
		n.conditions.Set("rpz-out", err.Error())
		return
	}
	for _, addr := range server.Addresses() {
		n.log.Info("serving zones", "address", addr)
	}
	n.rpzOut = server
	n.children.start(ctx, "rpz-out", func(ctx context.Context) {
		if err := server.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			n.log.Error("serve zones", "error", err)
		}
	})
	n.publishZones(time.Now())
}

func (n *node) openRPZOut(o *RPZOutConfig) (*rpzout.Server, error) {
	var zones []rpzout.Zone
	for i := range o.Zones {
		z := &o.Zones[i]
		zone := rpzout.Zone{Name: z.Zone, Allow: z.Allow, Notify: z.Notify}
		if z.TSIG.Name != "" {
			var err error
			if zone.Key, err = transfer.ReadKey(z.TSIG.Name, string(z.TSIG.Algorithm), z.TSIG.SecretFile); err != nil {
				return nil, err
			}
		}
		zones = append(zones, zone)
	}
	server := rpzout.New(nodeName(n.cfg), zones, n.log)
	return server, server.Listen(o.Listen)
}

// publishZones makes the lists in force what the served zones have.
func (n *node) publishZones(now time.Time) {
	if n.rpzOut == nil {
		return
	}
	var tags []blocklist.Set
	for _, z := range n.cfg.Server.RPZOut.Zones {
		var set blocklist.Set
		for _, code := range slices.Compact(z.Categories) {
			set = set.Or(n.policy.Tags(builtinPrefix, code))
		}
		tags = append(tags, set)
	}
	n.rpzOut.Publish(n.list, tags, now)
}
