package cache

import (
	"errors"
	"slices"

	"lachan/blocklist/domain"
	"lachan/resolver/dnswire"
)

// ErrForeign is the error of a reply whose answers are about other names than the
// question and the aliases that lead on from it.
var ErrForeign = errors.New("reply answers another question")

// maxAliases is how many aliases are followed in one reply.
const maxAliases = 16

// A selection says which records of the answer section are kept, and in which order.
type selection struct {
	own    int   // as many as stand first are about the question or the aliases that lead on from it
	all    bool  // no others follow
	places []int // how many aliases lead to each of own; nil if the order is right
}

// selectAnswers selects the records that answer the question. What follows them was
// not asked for. It is an error if there are answers and none is, or if others stand
// among them: they cannot be left out, as names of those after them may point into
// them.
func selectAnswers(reply []byte) (s selection, err error) {
	var w dnswire.Walker
	var r dnswire.Record
	if err := w.Start(reply); err != nil {
		return s, err
	}
	stray := false
	for w.Next(&r) && r.Section == dnswire.SectionAnswer {
		s.own++
		stray = stray || !r.IsOfQuestion(reply)
	}
	if s.all = true; !stray {
		return s, nil
	}
	names, err := aliases(reply)
	if err != nil {
		return s, err
	}
	var owner domain.Name
	places := make([]int, 0, s.own)
	_ = w.Start(reply) // it did before
	for w.Next(&r) && r.Section == dnswire.SectionAnswer {
		if _, err := owner.SetCompressed(reply, r.Owner); err != nil {
			return s, err
		}
		switch place := placeOf(names, string(owner.Wire()), r.Type); {
		case place < 0:
			s.all = false
		case !s.all:
			return s, ErrForeign
		default:
			places = append(places, place)
		}
	}
	if s.own = len(places); s.own == 0 {
		return s, ErrForeign
	}
	if !slices.IsSorted(places) {
		s.places = places
	}
	return s, nil
}

// aliases are the names, in wire form, that the aliases of a reply lead to from its
// question, which is the first.
func aliases(reply []byte) (names []string, err error) {
	var name domain.Name
	if _, err := name.SetCompressed(reply, dnswire.HeaderSize); err != nil {
		return nil, err
	}
	names = append(names, string(name.Wire()))
	for range maxAliases {
		if !alias(reply, names[len(names)-1], &name) || slices.Contains(names, string(name.Wire())) {
			break
		}
		names = append(names, string(name.Wire()))
	}
	return names, nil
}

// alias sets to to the target of the alias that a name has in a reply, if it has one.
func alias(reply []byte, name string, to *domain.Name) bool {
	var w dnswire.Walker
	var r dnswire.Record
	for ok := w.Start(reply) == nil; ok && w.Next(&r) && r.Section == dnswire.SectionAnswer; {
		if r.Type != dnswire.TypeCNAME {
			continue
		}
		if _, err := to.SetCompressed(reply, r.Owner); err == nil && string(to.Wire()) == name {
			return r.Target(reply, to)
		}
	}
	return false
}

// placeOf is how many of the aliases, the names, lead to what a record is about: it
// owns the name or, of a DNAME and its signature, a name above. It is -1 if the record
// is about none of them.
func placeOf(names []string, owner string, rtype uint16) int {
	if place := slices.Index(names, owner); place >= 0 || rtype != dnswire.TypeDNAME && rtype != dnswire.TypeRRSIG {
		return place
	}
	return slices.IndexFunc(names, func(n string) bool {
		for len(n) > len(owner) {
			n = n[1+n[0]:]
			if n == owner {
				return true
			}
		}
		return false
	})
}
