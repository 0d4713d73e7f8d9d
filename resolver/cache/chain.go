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

// ownAnswers is how many records of the answer section, from the first on, are about
// the question or the aliases that lead on from it. What follows was not asked for. It
// is an error if there are answers and none is, or if others stand among them: they
// cannot be left out, as names of those after them may point into them.
func ownAnswers(reply []byte) (own int, all bool, err error) {
	var w dnswire.Walker
	var r dnswire.Record
	if err := w.Start(reply); err != nil {
		return 0, false, err
	}
	stray := false
	for w.Next(&r) && r.Section == dnswire.SectionAnswer {
		own++
		stray = stray || !r.IsOfQuestion(reply)
	}
	if !stray {
		return own, true, nil
	}
	names, err := aliases(reply)
	if err != nil {
		return 0, false, err
	}
	var owner domain.Name
	own, all = 0, true
	_ = w.Start(reply) // it did before
	for w.Next(&r) && r.Section == dnswire.SectionAnswer {
		if _, err := owner.SetCompressed(reply, r.Owner); err != nil {
			return 0, false, err
		}
		switch isOwn := isAbout(names, &owner, r.Type); {
		case !isOwn:
			all = false
		case !all:
			return 0, false, ErrForeign
		default:
			own++
		}
	}
	if own == 0 {
		return 0, false, ErrForeign
	}
	return own, all, nil
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

// isAbout reports whether a record is about one of names: it owns it or, of a DNAME
// and its signature, a name above.
func isAbout(names []string, owner *domain.Name, rtype uint16) bool {
	above := rtype == dnswire.TypeDNAME || rtype == dnswire.TypeRRSIG
	return slices.ContainsFunc(names, func(n string) bool {
		wire := string(owner.Wire())
		if n == wire {
			return true
		}
		for above && len(n) > len(wire) {
			n = n[1+n[0]:]
			if n == wire {
				return true
			}
		}
		return false
	})
}
