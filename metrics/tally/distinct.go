package tally

import "github.com/axiomhq/hyperloglog"

// distinctNames are how many names were blocked in each school, in what schools
// belong to, and in all of them, where enough clients have asked that it tells
// of none. One name in two schools of a commune is one name of the commune.
func (t *Tally) distinctNames() []BlockedOfDay {
	type unit struct {
		names   *hyperloglog.Sketch
		clients uint64
	}
	units := map[string]*unit{}
	for school, clients := range t.clients {
		place := t.places[school]
		for _, id := range distinct(Everywhere, place.Province, place.Commune, school) {
			u := units[id]
			if u == nil {
				u = &unit{names: hyperloglog.New()}
				units[id] = u
			}
			u.clients += clients.Estimate()
			if names := t.blocked[school]; names != nil {
				_ = u.names.Merge(names) // they are all of one precision
			}
		}
	}
	list := []BlockedOfDay{}
	for id, u := range units {
		if u.clients >= Clients {
			list = append(list, BlockedOfDay{id, u.names.Estimate()})
		}
	}
	return list
}

// distinct are the ids that are given, each once.
func distinct(ids ...string) (all []string) {
	seen := map[string]bool{"": true}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			all = append(all, id)
		}
	}
	return all
}
