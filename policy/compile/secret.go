package compile

import (
	"crypto/sha256"
	"strings"

	"lachan/policy/source"
)

// Link ids and tokens are looked up by digest, so that the time of a look-up does
// not show how much of a guess was right. No message contains one.
const (
	leastSecret = 16 // characters; 80 bits as `openssl rand -hex 10` writes them
	mostSecret  = 63 // of a label
)

// claimSecrets adds the link ids and tokens of a unit. It reports those that are
// too easy to guess, not a valid label, or used twice; and what access servers call its lines.
func (c *clients) claimSecrets(u uint32, text *source.Unit) {
	for _, id := range text.Links {
		if c.claimSecret(c.links, u, text.File, id.V, id.Line) {
			c.units[u].link = text.Links[0].V
		}
	}
	for _, token := range text.LinkTokens {
		c.claimSecret(c.tokens, u, text.File, token.V, token.Line)
	}
	for _, id := range text.RADIUSIDs {
		c.claimSession(u, text.File, id.V, id.Line)
	}
}

// mostAttribute is how long the value of an attribute of RADIUS can be, in bytes (RFC 2865, 5).
const mostAttribute = 253

// claimSession adds what an access server calls a line of a unit.
func (c *clients) claimSession(u uint32, file, id string, line int) {
	if id == "" || len(id) > mostAttribute {
		c.fail(file, line, textSession.With(mostAttribute))
		return
	}
	key := sha256.Sum256([]byte(id))
	if of, taken := c.sessions[key]; taken {
		c.fail(file, line, textSessionTaken.With(id, c.units[of].id))
		return
	}
	c.sessions[key] = u
}

func (c *clients) claimSecret(among map[[32]byte]uint32, u uint32, file, secret string, line int) bool {
	outside := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' }
	if len(secret) < leastSecret || len(secret) > mostSecret || strings.ContainsFunc(secret, outside) ||
		secret[0] == '-' {
		c.fail(file, line, textLink)
		return false
	}
	key := sha256.Sum256([]byte(secret))
	_, isLink := c.links[key]
	_, isToken := c.tokens[key]
	if isLink || isToken {
		c.fail(file, line, textLinkTaken)
		return false
	}
	among[key] = u
	return true
}
