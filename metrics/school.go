package metrics

import (
	"strings"
	"sync/atomic"
	"time"
)

// A School is what a report needs to place a school's counts.
type School struct {
	ID       string // the unit's id, as given to Counters.Group
	Province string // the id of the province it is in; may be ""
	Commune  string // the id of the commune it is in; may be ""
	Level    string // the level of education, such as "primary"; may be ""
}

// labels are those of the series that says where the school belongs.
func (s School) labels() []string {
	return []string{"school", s.ID, "province", s.Province, "commune", s.Commune, "level", s.Level}
}

// A school is the time for which one school was protected. It stays when the school
// leaves force.
type school struct {
	id        string
	protected atomic.Int64 // nanoseconds
}

// seconds returns the time in whole seconds.
func (s *school) seconds() uint64 { return uint64(s.protected.Load() / 1e9) }

// SetSchools replaces the schools that the policy in force protects. The seconds of
// a school that is gone stay.
func (c *Counters) SetSchools(schools []School) {
	inForce := make([]School, len(schools))
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, s := range schools {
		s = School{
			ID:       strings.ToValidUTF8(s.ID, "\uFFFD"),
			Province: strings.ToValidUTF8(s.Province, "\uFFFD"),
			Commune:  strings.ToValidUTF8(s.Commune, "\uFFFD"),
			Level:    strings.ToValidUTF8(s.Level, "\uFFFD"),
		}
		inForce[i] = s
		c.known(s.ID)
	}
	c.inForce = inForce
}

// known returns the school of an id, which is made if it is new. c.mu is held.
func (c *Counters) known(id string) *school {
	s := c.schoolOf[id]
	if s == nil {
		s = &school{id: id}
		c.schoolOf[id] = s
		c.schools = append(c.schools, s)
	}
	return s
}

// Protect adds d to the time for which every school now in force was
// protected. The process that answers calls it every few seconds
// with the time since the last call; parts of a second add up.
func (c *Counters) Protect(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.inForce {
		c.schoolOf[s.ID].protected.Add(int64(max(d, 0)))
	}
}
