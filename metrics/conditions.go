package metrics

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// A Condition is a lasting degraded state: a feed that is late, an upstream
// that is down, a snapshot that was damaged.
type Condition struct {
	Name  string    `json:"name"`  // a stable code, the label of lachan_condition
	Since time.Time `json:"since"` // when it began
	Text  string    `json:"text"`  // what is wrong and what to do, for people
}

// Conditions are the degraded states the process is in now. The zero value has
// none; all methods may be called by any number of goroutines.
type Conditions struct {
	mu     sync.Mutex
	byName map[string]Condition
}

// Set sets the condition called name. Its Since stays that of the first call, its
// Text is the newest. Set reports whether the condition is new, so that the caller
// logs a change and not a state.
func (c *Conditions) Set(name, text string) (began bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	condition, held := c.byName[name]
	if !held {
		condition = Condition{Name: name, Since: time.Now()}
	}
	condition.Text = text
	if c.byName == nil {
		c.byName = make(map[string]Condition)
	}
	c.byName[name] = condition
	return !held
}

// Clear ends the condition called name, and reports whether it was set.
func (c *Conditions) Clear(name string) (ended bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, held := c.byName[name]
	delete(c.byName, name)
	return held
}

// List returns the conditions that are set, by name; never nil.
func (c *Conditions) List() []Condition {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]Condition, 0, len(c.byName))
	for _, condition := range c.byName {
		list = append(list, condition)
	}
	slices.SortFunc(list, func(a, b Condition) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
