package report

import "time"

// A Request is that a name be opened, as people send it from the page in place
// of a blocked one.
type Request struct {
	School   string // its id
	Came     time.Time
	Answered time.Time // zero: not yet
}

// RequestCounts are the requests that came in the period, and what had become of
// them at its end.
type RequestCounts struct {
	Came     Figure `json:"came"`
	Answered Figure `json:"answered"`
	Open     Figure `json:"open"`
	Median   string `json:"median"` // time to the answer, in words, or NoData
}

func (b *builder) requestCounts() RequestCounts {
	none := Figure{Sign: NoData}
	c := RequestCounts{none, none, none, string(NoData)}
	if b.spec.Requests == nil {
		return c
	}
	ours := map[string]bool{}
	for _, s := range b.schools {
		ours[s.ID] = true
	}
	c.Came, c.Answered, c.Open = Number(0), Number(0), Number(0)
	var took []time.Duration
	for _, r := range b.spec.Requests {
		if !ours[r.School] || r.Came.Before(b.spec.Period.Start) || !r.Came.Before(b.spec.Period.End) {
			continue
		}
		c.Came.Value++
		if r.Answered.IsZero() || !r.Answered.Before(b.spec.Period.End) {
			c.Open.Value++
			continue
		}
		c.Answered.Value++
		took = append(took, max(0, r.Answered.Sub(r.Came)))
	}
	if len(took) > 0 {
		middle, _ := median(took)
		c.Median = span(middle)
	}
	return c
}
