package catalogue

import (
	"fmt"
	"net/netip"
	"strings"

	"lachan/blocklist/domain"
)

// An Engine is a search engine or video site that shows a safe face under
// another name.
type Engine uint8

// The engines.
const (
	NoEngine Engine = iota
	Google
	Bing
	DuckDuckGo
	Yandex
	Ecosia
	Pixabay
	Brave
	YouTube
)

var engineNames = [...]string{"", "google", "bing", "duckduckgo", "yandex", "ecosia", "pixabay", "brave", "youtube"}

// String is the engine's name in lower case, "" of NoEngine.
func (e Engine) String() string { return engineNames[e] }

// A Target is the safe face of an engine.
type Target struct {
	Engine Engine
	Name   *domain.Name // what a CNAME points at
	A      []netip.Addr // when the vendor keeps fixed ones; may be empty
	AAAA   []netip.Addr // likewise
}

// SafeSearch knows the names of the engines and their safe faces. Its methods
// may be called by any number of goroutines.
type SafeSearch struct {
	engine map[string]Engine // by wire form
	target [Strict + 1][YouTube + 1]*Target
}

// Target is where a question for n is sent under the strictness of search
// engines and of YouTube. It is nil if n is not exactly a name of an engine, or if
// that engine's strictness is Off. The engine is returned in both cases, NoEngine
// if n is a name of none. Target allocates nothing.
func (s *SafeSearch) Target(n *domain.Name, search, youtube Strictness) (Engine, *Target) {
	e := s.engine[string(n.Wire())]
	if e == YouTube {
		return e, s.target[youtube][e]
	}
	return e, s.target[search][e]
}

// Names are the names of an engine, in no order.
func (s *SafeSearch) Names(e Engine) []string {
	var names []string
	for wire, of := range s.engine {
		if of == e {
			names = append(names, domain.Text([]byte(wire[:len(wire)-1])))
		}
	}
	return names
}

// loadSafeSearch reads safesearch.txt, a section an engine. YouTube has two,
// [youtube strict] and [youtube moderate].
func (c *Catalogue) loadSafeSearch() error {
	sections, err := readSections("safesearch.txt", "cname", "a", "aaaa")
	if err != nil {
		return err
	}
	s := &SafeSearch{engine: make(map[string]Engine, 1024)}
	for i := range sections {
		if err := s.add(&sections[i]); err != nil {
			return fmt.Errorf("safesearch.txt:%d: [%s]: %w", sections[i].line, sections[i].id, err)
		}
	}
	c.SafeSearch = s
	return nil
}

func (s *SafeSearch) add(from *section) error {
	e, degrees, err := engineOf(from.id)
	if err != nil {
		return err
	}
	target, err := readTarget(e, from)
	if err != nil {
		return err
	}
	for _, degree := range degrees {
		s.target[degree][e] = target
	}
	for _, name := range from.names {
		name, www := strings.CutPrefix(name, "+")
		if err := s.addName(name, e); err != nil {
			return err
		}
		if !www {
			continue
		}
		if err := s.addName("www."+name, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *SafeSearch) addName(name string, e Engine) error {
	var n domain.Name
	if err := n.SetText(name); err != nil {
		return fmt.Errorf("%q: %w", name, err)
	}
	s.engine[string(n.Wire())] = e
	return nil
}

// engineOf reads the id of a section: an engine, and the degrees of strictness
// its target is for.
func engineOf(id string) (Engine, []Strictness, error) {
	switch id {
	case "youtube strict":
		return YouTube, []Strictness{Strict}, nil
	case "youtube moderate":
		return YouTube, []Strictness{Moderate}, nil
	}
	for e := Google; e < YouTube; e++ {
		if id == e.String() {
			return e, []Strictness{Moderate, Strict}, nil
		}
	}
	return NoEngine, nil, fmt.Errorf("no such engine")
}

func readTarget(e Engine, from *section) (*Target, error) {
	t := &Target{Engine: e, Name: new(domain.Name)}
	if err := t.Name.SetText(from.settings["cname"]); err != nil {
		return nil, fmt.Errorf("cname: %w", err)
	}
	var err error
	if t.A, err = readAddrs(from.list("a")); err != nil {
		return nil, err
	}
	if t.AAAA, err = readAddrs(from.list("aaaa")); err != nil {
		return nil, err
	}
	return t, nil
}

func readAddrs(texts []string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, text := range texts {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return nil, err
		}
		addrs = append(addrs, a)
	}
	return addrs, nil
}
