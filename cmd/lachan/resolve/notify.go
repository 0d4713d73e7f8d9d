package resolve

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/transfer"
	"lachan/cmd/lachan/config"
	"lachan/internal/message"
)

// noticeEvery is the least time between two messages that zones have changed:
// NOTIFY can be sent, or forged, faster than anybody can look.
const noticeEvery = 100 * time.Millisecond

// notices are the feeds whose primaries say that their zones have changed, and
// of which manage has not been told: each once, however often it is said.
type notices struct {
	wake chan struct{} // holds one when some are due

	mu    sync.Mutex
	feeds map[string]bool // mu
	due   bool            // mu; wake is about to be sent to
	last  time.Time       // mu; when they were taken last
}

// note has manage told of a feed, soon.
func (n *notices) note(feed string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.feeds[feed] = true
	if !n.due {
		n.due = true
		time.AfterFunc(noticeEvery-time.Since(n.last), func() { n.wake <- struct{}{} })
	}
}

// tell sends what was noted since it was called last.
func (n *notices) tell(send func(message.Message)) {
	n.mu.Lock()
	noted := n.feeds
	n.due, n.last, n.feeds = false, time.Now(), map[string]bool{}
	n.mu.Unlock()
	for feed := range noted {
		send(message.Message{Kind: message.Notified, Body: []byte(feed)})
	}
}

// A watched zone is one that a feed is transferred from.
type watched struct {
	feed    string
	zone    domain.Name
	primary netip.Addr // invalid when the feed names it by host name
}

// notify tells manage that the primary of a zone says that it changed, and
// reports whether that word is to be heeded (RFC 1996).
func (p *process) notify(cfg *config.Config) func(zone *domain.Name, from netip.Addr) bool {
	zones := watchedZones(cfg)
	return func(zone *domain.Name, from netip.Addr) bool {
		from = from.Unmap()
		trusted := slices.ContainsFunc(cfg.Server.Notify, func(n netip.Prefix) bool { return n.Contains(from) })
		heeded := false
		for i := range zones {
			w := &zones[i]
			if !sameName(&w.zone, zone) || !trusted && w.primary != from {
				continue
			}
			heeded = true
			p.notices.note(w.feed)
		}
		return heeded
	}
}

func watchedZones(cfg *config.Config) (zones []watched) {
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		z, err := transfer.Parse(f.URL)
		if err != nil {
			continue // a feed of another kind
		}
		w := watched{feed: f.Name}
		w.primary, _ = z.Addr()
		if w.zone.SetText(strings.TrimSuffix(z.Name, ".")) == nil {
			zones = append(zones, w)
		}
	}
	return zones
}

func sameName(a, b *domain.Name) bool {
	return string(a.Suffix(a.Labels())) == string(b.Suffix(b.Labels()))
}
