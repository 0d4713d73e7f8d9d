package hub

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"lachan/fleet"
)

// What nodes tell: so often on average, and so often at once. NATS has no such bound.
const (
	upEvery  = time.Second / 5
	upAtOnce = 50
)

// A pace is how often a node has told something: what it may still tell at once is counted
// down, and counted up with time.
type pace struct {
	left int
	at   time.Time
}

// ErrPace is the error of a node that tells more than it may; its connection ends.
var ErrPace = errors.New("a node tells more than 5 times a second")

// upQueue has one of the hubs hear what a node tells: the one that it is connected to.
const upQueue = "lachan"

// Hear has answer answer what nodes tell of a kind, until Close. It is asked for one at a
// time; what it says goes to the node.
func (h *Hub) Hear(kind string, answer func(node string, told []byte) ([]byte, error)) error {
	paces := map[string]*pace{} // of nodes that have connected once
	var mu sync.Mutex
	_, err := h.conn.QueueSubscribe(fleet.UpSubject("*", kind), upQueue, func(m *nats.Msg) {
		node := strings.Split(m.Subject, ".")[3] // permissions see to it that it is that one
		mu.Lock()
		defer mu.Unlock()
		text, err := paced(paces, node, time.Now(), func() ([]byte, error) { return answer(node, m.Data) })
		reply := nats.NewMsg(m.Reply)
		if reply.Data = text; err != nil {
			reply.Header.Set(fleet.ErrorHeader, strconv.QuoteToASCII(err.Error())) // a header is one line
		}
		if errors.Is(err, ErrPace) {
			h.Revoke(node)
		}
		if m.Reply != "" {
			_ = h.conn.PublishMsg(reply) // who does not hear it asks again
		}
	})
	if err == nil {
		err = h.conn.Flush() // from now on
	}
	if err != nil {
		return fmt.Errorf("hear what nodes tell: %w", err)
	}
	return nil
}

// paced answers, unless the node has told too much lately.
func paced(
	paces map[string]*pace, node string, now time.Time, answer func() ([]byte, error),
) ([]byte, error) {
	p := paces[node]
	if p == nil {
		p = &pace{left: upAtOnce, at: now}
		paces[node] = p
	}
	if n := int(now.Sub(p.at) / upEvery); n > 0 {
		p.left, p.at = min(upAtOnce, p.left+n), now
	}
	if p.left == 0 {
		return nil, ErrPace
	}
	p.left--
	return answer()
}
