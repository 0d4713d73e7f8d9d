package format

import "strings"

// Exceptions are the rules of a list that lift others (adblock @@). They lift
// rules of their own list only, so one that meets none there is without effect,
// which people who split their lists do not expect. A list is read twice to count
// them: Add takes each rule of the first time, Meet each of the second.
type Exceptions struct {
	met   map[string]bool     // name of an exception -> whether a rule of the list meets it
	below map[string][]string // name -> exceptions below it that are not met yet
	any   bool                // a rule was met that may be of any name
}

// Add takes note of a rule if it is an exception.
func (e *Exceptions) Add(r *Rule) {
	if !r.Allow || r.Name == "" {
		return
	}
	if e.met == nil {
		e.met, e.below = map[string]bool{}, map[string][]string{}
	}
	if _, known := e.met[r.Name]; known {
		return
	}
	e.met[r.Name] = false
	for name, more := parent(r.Name); more; name, more = parent(name) {
		e.below[name] = append(e.below[name], r.Name)
	}
}

// None reports whether there are no exceptions, and nothing to meet.
func (e *Exceptions) None() bool { return len(e.met) == 0 }

// Meet takes note of the exceptions that a rule meets: those of its name, of one
// above it, or of one below it.
func (e *Exceptions) Meet(r *Rule) {
	if r.Allow {
		return
	}
	if r.Name == "" {
		e.any = e.any || r.Regex != ""
		return
	}
	for name, more := r.Name, true; more; name, more = parent(name) {
		if _, known := e.met[name]; known {
			e.met[name] = true
		}
	}
	for _, name := range e.below[r.Name] {
		e.met[name] = true
	}
	delete(e.below, r.Name)
}

// Idle is how many exceptions lift nothing.
func (e *Exceptions) Idle() (n int) {
	if e.any {
		return 0
	}
	for _, met := range e.met {
		if !met {
			n++
		}
	}
	return n
}

// parent is the name that a name is directly below.
func parent(name string) (above string, ok bool) {
	_, above, ok = strings.Cut(name, ".")
	return above, ok
}
