package config

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"lachan/internal/yamlfile"
	"lachan/resolver/upstream"
)

// A FeedAction is what a feed does to the names in it.
type FeedAction string

// The actions of a feed.
const (
	Block FeedAction = "block"
	Allow FeedAction = "allow"
)

// UnmarshalText reads an action.
func (a *FeedAction) UnmarshalText(text []byte) error {
	return oneOf(a, text, Block, Allow)
}

// OnMissing is what happens while a feed was never had.
type OnMissing string

// What happens while a feed was never had.
const (
	Serve  OnMissing = "serve"  // queries are answered without it
	Refuse OnMissing = "refuse" // no query is answered
)

// UnmarshalText reads what happens while a feed was never had.
func (o *OnMissing) UnmarshalText(text []byte) error {
	return oneOf(o, text, Serve, Refuse)
}

// A Start is what a first start does until lists were had once that have to be fetched.
type Start string

// What a first start does.
const (
	StartWait  Start = "wait"  // it answers nothing until they are there, for some seconds
	StartServe Start = "serve" // it answers without them
)

// UnmarshalText reads what a first start does.
func (s *Start) UnmarshalText(text []byte) error { return oneOf(s, text, StartWait, StartServe) }

// An RPZPolicy overrides the actions of a response policy zone.
type RPZPolicy string

// rpzGiven leaves the actions as the records of the zone give them.
const rpzGiven RPZPolicy = "given"

// UnmarshalText reads an override.
func (p *RPZPolicy) UnmarshalText(text []byte) error {
	return oneOf(p, text, rpzGiven, "nxdomain", "nodata", "passthru", "drop", "tcp-only", "disabled", "cname")
}

// A TSIGAlgorithm is a MAC of RFC 8945 section 6.
type TSIGAlgorithm string

// UnmarshalText reads the name of a MAC.
func (a *TSIGAlgorithm) UnmarshalText(text []byte) error {
	return oneOf(a, text, "hmac-sha256", "hmac-sha224", "hmac-sha384", "hmac-sha512")
}

// RefuseUnknown is server.unknown_client when clients that no unit claims are
// refused.
const RefuseUnknown = "refuse"

// AutoUnknown is server.unknown_client when clients that no unit claims are refused
// as soon as some unit says who its clients are. Until then they have the default
// profile. The machine itself is served in any case.
const AutoUnknown = "auto"

// Units is what a mistake in a row of a table of units does.
type Units string

// What a mistake in a row does.
const (
	EachUnit    Units = "each"   // that unit stays as it was, the others are loaded
	StrictUnits Units = "strict" // the policy is refused
)

// UnmarshalText reads what a mistake in a row does.
func (u *Units) UnmarshalText(text []byte) error {
	return oneOf(u, text, EachUnit, StrictUnits)
}

// A LogLevel is the least severe level that is logged.
type LogLevel string

// logInfo is the level of changes of state.
const logInfo LogLevel = "info"

// UnmarshalText reads a level.
func (l *LogLevel) UnmarshalText(text []byte) error {
	return oneOf(l, text, "debug", logInfo, "warn", "error")
}

// Level is the level as package slog has it.
func (l LogLevel) Level() slog.Level {
	var level slog.Level
	// Every value that UnmarshalText lets through is a name that slog knows.
	_ = level.UnmarshalText([]byte(l))
	return level
}

// A LogFormat is how a line of the log is written.
type LogFormat string

// The formats of the log.
const (
	PlainText LogFormat = "text" // key=value
	JSON      LogFormat = "json"
)

// UnmarshalText reads a format.
func (f *LogFormat) UnmarshalText(text []byte) error { return oneOf(f, text, PlainText, JSON) }

// A QueryLog says which queries are logged.
type QueryLog string

// QueriesOff logs no query.
const QueriesOff QueryLog = "off"

// UnmarshalText reads which queries are logged.
func (q *QueryLog) UnmarshalText(text []byte) error { return oneOf(q, text, QueriesOff) }

// oneOf sets dst to text when it is one of the known values.
func oneOf[T ~string](dst *T, text []byte, known ...T) error {
	names := make([]string, len(known))
	for i, k := range known {
		if string(text) == string(k) {
			*dst = k
			return nil
		}
		names[i] = string(k)
	}
	if near, ok := yamlfile.Nearest(string(text), names); ok {
		return yamlfile.Problem{Text: textOneOfNear.With(string(text), near)}
	}
	return yamlfile.Problem{Text: textOneOf.With(string(text), strings.Join(names, ", "))}
}

// A Size is an amount of bytes, or auto.
type Size yamlfile.Bytes

// auto is the Size that is found from what there is.
const auto Size = 0

// UnmarshalText reads an amount of bytes or auto.
func (s *Size) UnmarshalText(text []byte) error {
	if string(text) == "auto" {
		*s = auto
		return nil
	}
	return (*yamlfile.Bytes)(s).UnmarshalText(text)
}

// MarshalText writes the amount as UnmarshalText reads it.
func (s Size) MarshalText() ([]byte, error) {
	if s == auto {
		return []byte("auto"), nil
	}
	return yamlfile.Bytes(s).MarshalText()
}

// String is the amount as a person writes it.
func (s Size) String() string {
	if s == auto {
		return "auto"
	}
	return yamlfile.Bytes(s).String()
}

// A Count is a number, or auto.
type Count int

// autoCount is the Count that is found from others.
const autoCount Count = -1

// UnmarshalText reads a number or auto.
func (c *Count) UnmarshalText(text []byte) error {
	if string(text) == "auto" {
		*c = autoCount
		return nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 {
		return yamlfile.Problem{Text: textCount.With(string(text))}
	}
	*c = Count(n)
	return nil
}

// MarshalText writes the number as UnmarshalText reads it.
func (c Count) MarshalText() ([]byte, error) {
	if c == autoCount {
		return []byte("auto"), nil
	}
	return strconv.AppendInt(nil, int64(c), 10), nil
}

// A Timezone is one of the IANA data base.
type Timezone struct{ *time.Location }

// UnmarshalText reads the name of a time zone.
func (z *Timezone) UnmarshalText(text []byte) error {
	l, err := time.LoadLocation(string(text))
	if err != nil || len(text) == 0 {
		return yamlfile.Problem{Text: textZone.With(string(text))}
	}
	z.Location = l
	return nil
}

// MarshalText is the name of the time zone.
func (z Timezone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// An Upstream is one entry of upstream.servers or of a zone.
type Upstream struct{ upstream.Server }

// UnmarshalText reads an entry.
func (u *Upstream) UnmarshalText(text []byte) (err error) {
	u.Server, err = upstream.ParseServer(string(text))
	return err
}

// MarshalText writes the entry as UnmarshalText reads it.
func (u Upstream) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// A Strategy says which of several upstreams is asked.
type Strategy struct{ upstream.Strategy }

// UnmarshalText reads a strategy.
func (s *Strategy) UnmarshalText(text []byte) (err error) {
	s.Strategy, err = upstream.ParseStrategy(string(text))
	return err
}

// MarshalText writes the strategy as UnmarshalText reads it.
func (s Strategy) MarshalText() ([]byte, error) {
	for _, name := range []string{"fastest", "ordered", "parallel"} {
		if known, err := upstream.ParseStrategy(name); err == nil && known == s.Strategy {
			return []byte(name), nil
		}
	}
	return nil, fmt.Errorf("strategy %d has no name", s.Strategy)
}
