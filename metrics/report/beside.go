package report

// Beside is what the counters do not tell: it rests on the policy in force and
// on files of the machine that makes the report, so the hash of the figures
// does not cover it.
type Beside struct {
	Policy   PolicyCounts  `json:"policy"`
	Days     DayCounts     `json:"days"`
	Requests RequestCounts `json:"requests"`
}

// PolicyCounts are how the schools of the report are set up, and the exceptions
// that they and the units between have.
type PolicyCounts struct {
	SafeSearch    Figure `json:"safe_search"`
	YouTube       Figure `json:"youtube"`
	Circumvention Figure `json:"circumvention"`
	Exceptions    Figure `json:"exceptions"`
	Expired       Figure `json:"expired_exceptions"`
}

func (b *builder) beside(d *Data) *Beside {
	beside := &Beside{Policy: b.policyCounts(), Days: b.dayCounts(), Requests: b.requestCounts()}
	if d.tooSmall() {
		beside.Days.hide()
	}
	return beside
}

// policyCounts counts what the policy in force says. What it knows nothing of
// has no data.
func (b *builder) policyCounts() PolicyCounts {
	none := Figure{Sign: NoData}
	c := PolicyCounts{none, none, none, none, none}
	for _, s := range b.schools {
		if set := s.Settings; set != nil {
			c.SafeSearch = plus(c.SafeSearch, one(set.SafeSearch))
			c.YouTube = plus(c.YouTube, one(set.YouTube))
			c.Circumvention = plus(c.Circumvention, one(set.Circumvention))
			c.except(set)
		}
	}
	for _, u := range b.spec.Units {
		if u.Rank != School && u.Settings != nil && b.holds(u) {
			c.except(u.Settings)
		}
	}
	return c
}

func (c *PolicyCounts) except(s *Settings) {
	c.Exceptions = plus(c.Exceptions, Number(int64(s.Exceptions)))
	c.Expired = plus(c.Expired, Number(int64(s.Expired)))
}

// holds tells whether a unit above schools is the one that reports, or in it.
func (b *builder) holds(u Unit) bool {
	return b.spec.Unit == "" || u.ID == b.spec.Unit || b.unit.Rank == Province && u.Province == b.spec.Unit
}

func one(yes bool) Figure {
	if yes {
		return Number(1)
	}
	return Number(0)
}
