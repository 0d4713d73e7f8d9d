package member

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"lachan/admin/request"
	"lachan/fleet"
	"lachan/fleet/node"
)

// asked is what people have asked here, on its way to the hub, and what was answered there.
type asked struct {
	*Member
	hub      *node.Node
	told     map[string][sha256.Size]byte // by id, of what the hub has heard and is still so
	open     []string                     // ids of those without an answer
	queue    []string                     // ids of those that are told of next
	revision uint64                       // of the store when it was read
	at       time.Time                    // when the queue was filled last
	all      time.Time                    // when it had those too that are answered
}

// How often a node asks for answers: of what is open, and whether what was answered has
// another answer now.
const (
	askEvery    = 10 * time.Second
	askAllEvery = time.Hour
)

// Bounds of what is told at once, so that the answers fit into a message and a hub is not
// told too much by one node.
const (
	mostInMessage = 40 // requests
	mostMessages  = 8  // each two seconds
)

// exchange tells the hub what was asked since the last time, and hears what was answered. A
// hub that cannot be reached hears of it later.
func (a *asked) exchange(ctx context.Context) {
	if !a.hub.Connected() {
		return
	}
	if len(a.queue) == 0 && !a.fill(time.Now()) {
		return
	}
	for range mostMessages {
		told := a.next()
		if len(told.Requests)+len(told.Known) == 0 {
			return
		}
		if err := a.tell(ctx, told); errors.Is(err, node.ErrDeaf) {
			a.queue = nil
			return
		} else if err != nil {
			a.src.Log.Warn("tell the hub what was asked", "error", err)
			a.queue, a.all = nil, time.Time{} // all of it the next time
			return
		}
	}
}

// fill fills the queue with what the hub has to hear of, if it is time. The store is read
// only if something in it has changed.
func (a *asked) fill(now time.Time) bool {
	revision := a.src.Requests.Revision()
	if revision == a.revision && now.Sub(a.at) < askEvery {
		return false
	}
	everything := now.Sub(a.all) >= askAllEvery
	if revision == a.revision && !everything {
		a.at, a.queue = now, slices.Clone(a.open)
		return len(a.queue) > 0
	}
	list, _, err := a.src.Requests.List() // `lachan requests` names damaged ones
	if err != nil {
		a.src.Log.Warn("read requests", "error", err)
		return false
	}
	before := a.told
	a.told, a.open = map[string][sha256.Size]byte{}, nil
	for i := range list {
		r := &list[i]
		is := digest(r)
		told := before[r.ID] == is
		if told {
			a.told[r.ID] = is
		}
		if r.Answer == nil {
			a.open = append(a.open, r.ID)
		}
		lately := r.Answer != nil && now.Sub(r.Answer.At) < request.AnswerHolds
		if r.Answer == nil || lately && (everything || !told) {
			a.queue = append(a.queue, r.ID)
		}
	}
	if a.at, a.revision = now, revision; everything {
		a.all = now
	}
	return len(a.queue) > 0
}

// next is what the next message tells: whole requests of which the hub has not heard, and of
// the others their ids.
func (a *asked) next() *request.Told {
	told, size := &request.Told{}, 0
	for ; len(a.queue) > 0 && len(told.Requests)+len(told.Known) < mostInMessage; a.queue = a.queue[1:] {
		id := a.queue[0]
		if _, known := a.told[id]; known {
			told.Known = append(told.Known, id)
			continue
		}
		r, err := a.src.Requests.Get(id)
		if err != nil {
			continue // it has made room
		}
		if size += len(wire(&r)); size > request.MaxTold && len(told.Requests) > 0 {
			break
		}
		told.Requests = append(told.Requests, r)
	}
	return told
}

// wire is a request as it is told, which is without an answer that the hub has given.
func wire(r *request.Request) []byte {
	if r.Answer != nil && r.Answer.Hub {
		r.Answer = nil
	}
	text, _ := json.Marshal(r) // it can be
	return text
}

// digest tells a request from what it was.
func digest(r *request.Request) [sha256.Size]byte {
	told := *r
	return sha256.Sum256(wire(&told))
}

// tell tells, and has what was answered be answered here.
func (a *asked) tell(ctx context.Context, told *request.Told) error {
	text, err := json.Marshal(told)
	var heard request.Heard
	if err == nil {
		text, err = a.hub.Tell(ctx, fleet.Requests, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &heard)
	}
	if err != nil {
		return err
	}
	for i := range told.Requests {
		a.told[told.Requests[i].ID] = digest(&told.Requests[i])
	}
	for _, id := range heard.Unknown {
		delete(a.told, id) // the hub has lost it, or made room
	}
	for _, id := range heard.Open {
		a.hear(id, nil)
	}
	for id, answer := range heard.Answers {
		a.hear(id, &answer)
	}
	return nil
}

func (a *asked) hear(id string, answer *request.Answer) {
	if err := a.src.Requests.Hear(id, answer); err != nil {
		a.src.Log.Warn("keep what the hub has answered", "id", id, "error", err)
	}
}
