package explain

import (
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/policy"
	"lachan/resolver/ddr"
	"lachan/resolver/inside"
	"lachan/resolver/own"
)

// A Server is what a configuration has the server do with a question beside policy.
type Server struct {
	cfg       *config.Config
	discovery *ddr.Records
	zones     inside.Domains // that have servers of their own
	allowed   inside.Domains // that may lead to private addresses
}

// NewServer is the server of a configuration that was checked.
func NewServer(cfg *config.Config) *Server {
	s := &Server{cfg: cfg, discovery: ddr.New(ddr.Discovery{Name: cfg.ServerName()}, false, "", nil)}
	var zones []string
	for zone := range cfg.Upstream.Zones {
		zones = append(zones, strings.TrimSpace(zone))
	}
	s.zones, _ = inside.NewDomains(zones...)                      // it was checked
	s.allowed, _ = inside.NewDomains(cfg.Server.RebindAllowed...) // likewise
	return s
}

// explain adds what the server does to what policy says of a name. client may not be
// valid.
func (s *Server) explain(
	rules *policy.Rules, client netip.Addr, g policy.GroupID, name string, qtype uint16,
) (policy.Explanation, error) {
	e, err := rules.ExplainFor(client, g, name, qtype)
	var n domain.Name
	if err != nil || n.SetText(e.Name) != nil {
		return e, err
	}
	switch {
	case own.IsCheck(s.cfg.CheckName(), &n, rules.Policy().Counted):
		e.AnsweredHere(textCheck)
	case s.discovery.Claims(&n, qtype):
		e.AnsweredHere(textDiscovery)
	case e.Action == policy.Pass.String():
		s.explainPassed(&e, &n, qtype)
	}
	s.explainLimits(&e)
	return e, nil
}

// explainPassed says what becomes of a name that policy leaves to upstreams.
func (s *Server) explainPassed(e *policy.Explanation, n *domain.Name, qtype uint16) {
	switch kind, _ := own.Special(n, qtype, s.zones.Hold); kind {
	case own.Any:
		e.AnsweredHere(textAny)
		return
	case own.Loopback, own.Inside:
		e.AnsweredHere(textInside)
		return
	}
	zoned := s.zones.Hold(n)
	if zoned {
		e.Note("upstream", textZone)
	}
	if qtype != dns.TypeA && qtype != dns.TypeAAAA && qtype != dns.TypeHTTPS && qtype != dns.TypeSVCB {
		return
	}
	switch {
	case zoned || !s.cfg.Server.RebindProtection || e.LeadsInside || s.allowed.Hold(n):
		e.Private = policy.PrivateAllowed
	default:
		e.Private = policy.PrivateRefused
		e.Note("answer", textRebinding)
	}
}

// explainLimits says what else may keep an answer from being given.
func (s *Server) explainLimits(e *policy.Explanation) {
	if limit := s.cfg.Server.RateLimit; limit.PerClient > 0 || limit.PerUnit > 0 {
		e.Note("limits", limitText(limit))
	}
}

func limitText(limit config.RateLimit) (text wording.Text) {
	switch {
	case limit.PerUnit == 0:
		return textPerClient.With(limit.PerClient)
	case limit.PerClient == 0:
		return textPerUnit.With(limit.PerUnit)
	}
	return textPerBoth.With(limit.PerClient, limit.PerUnit)
}
