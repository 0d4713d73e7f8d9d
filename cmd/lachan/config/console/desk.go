package console

import (
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"
)

// A Requests is how long people may wait who ask to have a name opened.
type Requests struct {
	// Target is how many school hours a request may wait before the unit above is asked too.
	// Default 4h; 15m to 40h.
	Target time.Duration `yaml:"target"`
}

// An Exceptions is what holds of exceptions that say nothing.
type Exceptions struct {
	// Until is how they end. Default 30d.
	Until End `yaml:"until"`
}

// An End is how an exception ends: after some days, or with the term.
type End struct {
	Days int // 0: with the term
}

const (
	leastTarget = 15 * time.Minute
	mostTarget  = 40 * time.Hour
	mostDays    = 366
	untilTerm   = "term"
)

// UnmarshalText reads 30d or term.
func (e *End) UnmarshalText(text []byte) error {
	if string(text) == untilTerm {
		*e = End{}
		return nil
	}
	days, ok := strings.CutSuffix(string(text), "d")
	n, err := strconv.Atoi(days)
	if !ok || err != nil || n < 1 || n > mostDays {
		return wording.Error(textUntil.With(string(text), mostDays))
	}
	*e = End{Days: n}
	return nil
}

// MarshalText writes an end as UnmarshalText reads it.
func (e End) MarshalText() ([]byte, error) {
	if e.Days == 0 {
		return []byte(untilTerm), nil
	}
	return []byte(strconv.Itoa(e.Days) + "d"), nil
}
