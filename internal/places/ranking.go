package places

import (
	"container/list"
	"net/netip"
)

// A ranking orders clients by how many places they have. The lock of Places guards
// all of it.
type ranking struct {
	open    int
	holders map[netip.Prefix]*holder // those with places
	by      map[int]*list.List       // of *holder, by how many places they have; none is empty
	most    int                      // that one client has
}

// A holder is a client with places.
type holder struct {
	client netip.Prefix
	places []*Place
	at     *list.Element // in ranking.by
}

// A seat is where a ranking has a place.
type seat struct {
	of     *ranking
	holder *holder
	index  int // in holder.places
}

func newRanking() *ranking {
	return &ranking{holders: map[netip.Prefix]*holder{}, by: map[int]*list.List{}}
}

// add counts a place of a client.
func (r *ranking) add(client netip.Prefix, place *Place) {
	h := r.holders[client]
	if h == nil {
		h = &holder{client: client}
		r.holders[client] = h
	} else {
		r.unrank(h)
	}
	place.in = append(place.in, seat{r, h, len(h.places)})
	h.places = append(h.places, place)
	r.open++
	r.rank(h)
}

// remove counts a place of a holder no longer.
func (r *ranking) remove(h *holder, place *Place) {
	r.unrank(h)
	at, last := place.seatIn(r).index, len(h.places)-1
	h.places[at] = h.places[last]
	h.places[at].seatIn(r).index = at
	h.places[last] = nil
	h.places = h.places[:last]
	r.open--
	if last == 0 {
		delete(r.holders, h.client)
	} else {
		r.rank(h)
	}
	if r.by[r.most] == nil {
		r.most-- // the holder had most, and has one less now
	}
}

func (p *Place) seatIn(r *ranking) *seat {
	for i := range p.in {
		if p.in[i].of == r {
			return &p.in[i]
		}
	}
	panic("a place that the ranking does not have")
}

// rank puts a holder where it belongs.
func (r *ranking) rank(h *holder) {
	n := len(h.places)
	if r.by[n] == nil {
		r.by[n] = list.New()
	}
	h.at = r.by[n].PushFront(h)
	r.most = max(r.most, n)
}

func (r *ranking) unrank(h *holder) {
	n := len(h.places)
	if r.by[n].Remove(h.at); r.by[n].Len() == 0 {
		delete(r.by, n)
	}
}

// greediest is the client that has most: the one that asks for another place, if none
// has more, or else the one whose number changed longest ago. It is nil if there is
// none.
func (r *ranking) greediest(asking netip.Prefix) *holder {
	if own := r.holders[asking]; own != nil && len(own.places) == r.most {
		return own
	}
	if of := r.by[r.most]; of != nil {
		return of.Back().Value.(*holder)
	}
	return nil
}

// idlest is the place of a client over which nothing has come for longest; nil if
// none of its places can give way.
func (h *holder) idlest() (idlest *Place) {
	for _, p := range h.places {
		if p.end != nil && (idlest == nil || p.used.Load() < idlest.used.Load()) {
			idlest = p
		}
	}
	return idlest
}
