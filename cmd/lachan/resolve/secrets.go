package resolve

import (
	"crypto/tls"
	"fmt"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
	"lachan/internal/message"
	"lachan/resolver/certificate"
	"lachan/resolver/cookie"
	"lachan/resolver/standin"
)

// secrets are what manage has read from files that this process does not see.
type secrets struct {
	cookies cookie.Secrets
	standIn standin.Key
	store   certificate.Store
	plain   *tls.Config // of the encrypted transports
	acme    *tls.Config // the same, which also proves names to an authority
}

// tls is what the encrypted transports of a configuration take; nil if it has no
// certificate.
func (s *secrets) tls(cfg *config.Config) *tls.Config {
	switch t := &cfg.Server.TLS; {
	case len(t.ACME.Names) > 0:
		return s.acme
	case t.Cert != "":
		return s.plain
	}
	return nil
}

// takeSecrets takes new secrets up. Those that cannot be read leave the ones in
// force as they are.
func (p *process) takeSecrets(m *message.Message) {
	var given inforce.Secrets
	err := m.Decode(&given)
	if err == nil {
		err = p.secrets.take(&given)
	}
	if err != nil {
		p.log.Error("take new secrets, those in force stay", "error", err)
		return
	}
	p.putInForce()
}

func (s *secrets) take(given *inforce.Secrets) error {
	if len(given.Cookies) > 0 {
		cookies, err := cookie.Parse(given.Cookies)
		if err != nil {
			return fmt.Errorf("read the secrets of cookies: %w", err)
		}
		s.cookies = cookies
	}
	if len(given.StandIn) == len(s.standIn) {
		s.standIn = standin.Key(given.StandIn)
	}
	return s.store.Use(given.Certificates)
}

// takeChallenges shows an authority that asks for them the proofs of names, and
// tells manage when it does.
func (p *process) takeChallenges(m *message.Message) {
	var challenges certificate.Challenges
	err := m.Decode(&challenges)
	if err == nil {
		err = p.secrets.store.Prove(challenges)
	}
	var refusal message.Refusal
	if err != nil {
		refusal.Error = err.Error()
	}
	p.tell(message.Proven, refusal)
}
