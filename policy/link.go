package policy

import (
	"crypto/sha256"
	"strings"

	"lachan/internal/wording"
)

// A link id is a secret that its holders show in the path of DNS over HTTPS or
// in the server name of TLS; it tells which unit they belong to wherever they
// are. A link token is one that binds an address to the unit. Both are looked
// up by digest, so that the time it takes does not tell how much of a guess was
// right, and stand in no message.
const (
	leastSecret = 16 // characters; 80 bits as `openssl rand -hex 10` writes them
	mostSecret  = 63 // of a label
)

// digest is how a secret is kept.
type digest [sha256.Size]byte

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

// IdentifyLink returns the unit that a link id, in lower case, belongs to.
func (r *Rules) IdentifyLink(id string) (g GroupID, known bool) {
	g, known = r.policy.links[digestOf(id)]
	return g, known
}

// IdentifyToken returns the unit that a link token belongs to.
func (r *Rules) IdentifyToken(token string) (g GroupID, known bool) {
	g, known = r.policy.tokens[digestOf(token)]
	return g, known
}

// IdentifyName returns the unit with an id of that name, "school" or
// "school/group". Anybody can guess one, so a unit that has link ids is not
// known by its name.
func (r *Rules) IdentifyName(id string) (g GroupID, known bool) {
	g, known = r.policy.byID[id]
	if _, linked := r.policy.linked[g]; !known || linked {
		return 0, false
	}
	return g, true
}

// Link is the first link id of a unit, for who sets up its devices; "" when it
// has none.
func (p *Policy) Link(g GroupID) string { return p.linked[g] }

// claimLinks notes the secrets of a unit and reports those that are too easy to
// guess, no label of a name, or used twice.
func (l *loader) claimLinks(u uint32, text *unitText) {
	p := l.policy
	if p.links == nil {
		p.links, p.tokens, p.linked = map[digest]GroupID{}, map[digest]GroupID{}, map[GroupID]string{}
	}
	for _, id := range text.Links {
		if l.claimSecret(p.links, u, text.file, id.V, id.Line) {
			p.linked[GroupID(u)] = text.Links[0].V
		}
	}
	for _, token := range text.LinkTokens {
		l.claimSecret(p.tokens, u, text.file, token.V, token.Line)
	}
}

func (l *loader) claimSecret(among map[digest]GroupID, u uint32, file, secret string, line int) bool {
	outside := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' }
	if len(secret) < leastSecret || len(secret) > mostSecret || strings.ContainsFunc(secret, outside) || secret[0] == '-' {
		l.fail(file, line, wording.PolicyLink)
		return false
	}
	key := digestOf(secret)
	_, isLink := l.policy.links[key]
	_, isToken := l.policy.tokens[key]
	if isLink || isToken {
		l.fail(file, line, wording.PolicyLinkTaken)
		return false
	}
	among[key] = GroupID(u)
	return true
}
