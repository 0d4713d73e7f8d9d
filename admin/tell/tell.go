// Package tell says to people that something waits for them: by mail and by webhook, as
// each account wishes. What it sends is a number and a link, never a name that somebody
// asked for and never something that decides: whoever opens a link has to log in.
package tell

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"lachan/internal/durable"
	"lachan/internal/wording"
)

// A Mode is when somebody is told.
type Mode string

// The modes.
const (
	SchoolDay Mode = "school-day" // once on each day of lessons, in the morning, if something waits: the default
	AtOnce    Mode = "at-once"
	Hourly    Mode = "hourly" // at most once an hour, of what is new
	Daily     Mode = "daily"  // once a day, in the morning, if something waits
	Never     Mode = "never"
)

// morning is when days begin for those who are told once a day.
const morning = 7 * time.Hour

// A Person is somebody who may be told.
type Person struct {
	Account  string
	Language wording.Language
	Mode     Mode
	Mail     string // "" is nowhere
	Webhook  string // "" is nowhere
	// Waiting are keys of what waits for the person, Late how many of them are late.
	Waiting []string
	Late    int
	// Lessons reports whether there are lessons today where the person is.
	Lessons bool
}

// A Note is what somebody is told.
type Note struct {
	Waiting int    `json:"waiting"`
	New     int    `json:"new"`
	Late    int    `json:"late"`
	Link    string `json:"link"`
	VI      string `json:"vi"`
	EN      string `json:"en"`
}

// A Teller tells people. It belongs to one goroutine.
type Teller struct {
	// People are all who may be told, with what waits for them now.
	People func(ctx context.Context) ([]Person, error)
	// Send sends a note to a person.
	Send func(ctx context.Context, p Person, n Note) error
	// Link is where to go.
	Link func() string
	Zone *time.Location
	Log  *slog.Logger
	path string
	told map[string]told
}

// told is what somebody was told last.
type told struct {
	At   time.Time `json:"at"`
	Keys []string  `json:"keys"` // of what waited then
	// Failed is when it could not be sent, for the first time since it could.
	Failed time.Time `json:"failed,omitzero"`
	Tries  int       `json:"tries,omitempty"`
}

// Open reads what was told from a file, which need not exist.
func (t *Teller) Open(path string) error {
	t.path, t.told = path, map[string]told{}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, &t.told)
	}
	if err != nil {
		t.told = map[string]told{} // somebody is told twice
		_, aside := durable.SetAside(path)
		return errors.Join(fmt.Errorf("read what was told: %w", err), aside)
	}
	return nil
}

// Look tells everybody whose time it is.
func (t *Teller) Look(ctx context.Context, now time.Time) error {
	people, err := t.People(ctx)
	if err != nil {
		return err
	}
	changed := false
	known := map[string]bool{}
	for i := range people {
		p := &people[i]
		known[p.Account] = true
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if t.one(ctx, p, now.In(t.Zone)) {
			changed = true
		}
	}
	for account := range t.told {
		if !known[account] {
			delete(t.told, account)
			changed = true
		}
	}
	if !changed {
		return nil
	}
	text, err := json.Marshal(t.told)
	if err == nil {
		err = durable.WriteFile(t.path, append(text, '\n'), 0o600)
	}
	return err
}

// one tells one person if it is time to, and reports whether anything is to be noted.
func (t *Teller) one(ctx context.Context, p *Person, now time.Time) bool {
	before := t.told[p.Account]
	fresh := 0
	for _, key := range p.Waiting {
		if !slices.Contains(before.Keys, key) {
			fresh++
		}
	}
	if p.Mail == "" && p.Webhook == "" || !due(p, before.At, now, fresh) || !retry(&before, now) {
		return false
	}
	note := t.note(p, fresh)
	if err := t.Send(ctx, *p, note); err != nil {
		t.Log.Warn("tell somebody that something waits", "account", p.Account, "error", err)
		if before.Tries++; before.Failed.IsZero() {
			before.Failed = now
		}
		t.told[p.Account] = before
		return true
	}
	t.told[p.Account] = told{At: now, Keys: slices.Clone(p.Waiting)}
	return true
}

// due reports whether somebody is to be told now.
func due(p *Person, last, now time.Time, fresh int) bool {
	if len(p.Waiting) == 0 {
		return false
	}
	begin := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()).Add(morning)
	today := !now.Before(begin) && last.Before(begin)
	switch p.Mode {
	case AtOnce:
		return fresh > 0
	case Hourly:
		return fresh > 0 && now.Sub(last) >= time.Hour
	case Daily:
		return today
	case Never:
		return false
	case SchoolDay:
	}
	return today && p.Lessons // the quiet default
}

// mostWait bounds how long it is until a server that took nothing is tried again.
const mostWait = time.Hour

// retry reports whether it is time to try again after so many tries that failed.
func retry(t *told, now time.Time) bool {
	wait := time.Duration(0)
	for i := range t.Tries {
		wait += min(mostWait, time.Minute<<min(i, 6))
	}
	return t.Tries == 0 || now.Sub(t.Failed) >= wait
}

// note is what a person is told.
func (t *Teller) note(p *Person, fresh int) Note {
	n := Note{Waiting: len(p.Waiting), New: fresh, Late: p.Late, Link: t.Link()}
	text := textWaiting.With(n.Waiting, n.New, n.Late)
	n.VI, n.EN = text.VI, text.EN
	return n
}
