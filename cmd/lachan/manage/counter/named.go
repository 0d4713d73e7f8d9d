package counter

import (
	"os"
	"sync"

	"lachan/policy"
	"lachan/policy/home"
)

// A named is what policy.yaml names beside its units, read once for as long as the file
// stays as it is. It may be used by any number of goroutines.
type named struct {
	mu   sync.Mutex
	read os.FileInfo // mu; of the file, nil if it was not read yet
	list []home.Named
}

func (n *named) of(o *policy.Origin) ([]home.Named, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now, err := os.Stat(o.Path)
	if o.Path == "" || err != nil {
		return nil, nil // nothing of a file holds, or the reload will say why it does not
	}
	was := n.read
	if was != nil && os.SameFile(was, now) && was.Size() == now.Size() && was.ModTime().Equal(now.ModTime()) {
		return n.list, nil
	}
	list, err := home.NamedIn(o)
	switch {
	case err == nil:
		n.read, n.list = now, list
	case n.read != nil:
		return n.list, nil // somebody is writing it: what was read last is in force
	}
	return list, err
}
