package resolve

import (
	"crypto/rand"
	"time"

	"lachan/internal/message"
	"lachan/resolver"
	"lachan/resolver/firstseen"
)

// seenEvery is how often manage is told which domains were asked for: what a crash forgets.
const seenEvery = 10 * time.Minute

// A seen is the filter of domains that were asked for. It is there while the policy asks for
// it.
type seen struct {
	filter *firstseen.Filter
	told   time.Time
	added  uint64 // when manage was told
	// crowded says that it was told that more domains come new than there is room for.
	crowded bool
}

// take uses the filter that manage has kept.
func (s *seen) take(p *process, m *message.Message) {
	filter, err := firstseen.Read(m.Body, time.Now())
	if err != nil {
		p.log.Error("take which domains were asked for before", "error", err)
		return
	}
	if s.filter == nil { // what this process has is newer
		s.filter, s.told = filter, time.Now()
		s.use(p)
	}
}

// use gives the resolver the filter, and begins one if the policy asks for it and there is none.
func (s *seen) use(p *process) {
	if p.resolver == nil {
		return
	}
	if s.filter == nil && resolver.WantsFirstSeen(p.resolver) {
		var key [16]byte
		_, _ = rand.Read(key[:]) // never fails
		s.filter, s.told = firstseen.New(key, time.Now()), time.Now()
	}
	resolver.UseFirstSeen(p.resolver, s.filter)
}

// tell tells manage, when it is due or now, if there is something new.
func (s *seen) tell(p *process, now time.Time, last bool) {
	if s.filter != nil && s.filter.Crowded() != s.crowded {
		if s.crowded = !s.crowded; s.crowded {
			p.log.Warn("more domains are asked for the first time than there is room for: somebody may ask for names at random")
		} else {
			p.log.Info("there is room again for domains that are asked for the first time")
		}
	}
	if s.filter == nil || p.manage == nil || !last && now.Sub(s.told) < seenEvery {
		return
	}
	s.told = now
	if s.filter.Added() == s.added {
		return
	}
	var image []byte
	image, s.added = s.filter.Image()
	p.send(message.Message{Kind: message.SeenNow, Body: image})
}
