// Package addresses tells every resolve whose the addresses of sessions are, and waits
// until that is in force.
package addresses

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"lachan/cmd/lachan/inforce"
	"lachan/internal/message"
	"lachan/radius"
	"lachan/resolver/sessions"
)

// patience is how long an access server waits for a resolve to follow. It asks again after
// a few seconds.
const patience = 500 * time.Millisecond

// Followers are the resolves that follow. Its methods may be called by any number of
// goroutines.
type Followers struct {
	Keep func(message.Message) error // leaves a message with the supervisor
	Log  *slog.Logger
	Of   *radius.Server // whose sessions they are
	// Table is what they follow, for those who ask here.
	Table sessions.Table

	mu       sync.Mutex
	conns    []*message.Conn // mu
	id       uint64          // mu; of the newest changes
	followed uint64          // mu; of the newest that are in force
	woken    chan struct{}   // mu; closed when followed grows
}

// Introduce tells a resolve all that Of has, and from then on of changes. It reports
// whether the resolve takes messages.
func (f *Followers) Introduce(conn *message.Conn) (ok bool) {
	f.Of.With(func(all []sessions.Change) {
		err := f.meet(conn, all)
		if ok = err == nil; !ok {
			f.Log.Info("a connection to resolve has ended", "error", err)
			_ = conn.Close() // it is of no more use
		}
	})
	return ok
}

func (f *Followers) meet(conn *message.Conn, all []sessions.Change) error {
	m, err := message.JSON(message.Sessions, byUnit(all))
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := conn.Send(m); err != nil {
		return err
	}
	f.conns = append(f.conns, conn)
	return nil
}

// Replace tells all resolves all, and leaves it with the supervisor.
func (f *Followers) Replace(all []sessions.Change) {
	f.Table.Replace(all)
	m, err := message.JSON(message.Sessions, byUnit(all))
	if err == nil {
		err = f.Keep(m)
	}
	if err != nil {
		f.Log.Error("tell the sessions of access servers", "error", err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tell(m)
}

// byUnit names each unit once: half a million sessions go into one message.
func byUnit(all []sessions.Change) inforce.Sessions {
	units := inforce.Sessions{}
	for _, c := range all {
		units[c.Unit] = append(units[c.Unit], c.Prefix)
	}
	return units
}

// tell tells all. One that takes nothing has ended, which its reader sees.
func (f *Followers) tell(m message.Message) {
	f.conns = slices.DeleteFunc(f.conns, func(c *message.Conn) bool { return c.Send(m) != nil })
}

// Send tells all resolves of changes. used returns when one has them in force, or none is
// there, or it takes longer than patience.
func (f *Followers) Send(changes []sessions.Change) (used func()) {
	f.Table.Apply(changes)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.id++
	id := f.id
	m, err := message.JSON(message.Session, inforce.Session{ID: id, Changes: changes})
	if err != nil {
		f.Log.Error("tell the sessions of access servers", "error", err)
		return func() {}
	}
	if f.tell(m); len(f.conns) == 0 {
		return func() {} // the next one is told all
	}
	return func() { f.wait(id) }
}

// wait returns when changes are in force, or after patience.
func (f *Followers) wait(id uint64) {
	patient := time.NewTimer(patience)
	defer patient.Stop()
	for {
		f.mu.Lock()
		done, woken := f.followed >= id, f.woken
		if woken == nil {
			woken = make(chan struct{})
			f.woken = woken
		}
		f.mu.Unlock()
		if done {
			return
		}
		select {
		case <-woken:
		case <-patient.C:
			return
		}
	}
}

// Hear takes what a resolve says of changes: they are in force.
func (f *Followers) Hear(m *message.Message) {
	var said inforce.Session
	if err := m.Decode(&said); err != nil {
		f.Log.Error("read what resolve says", "error", err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.followed = max(f.followed, said.ID)
	if f.woken != nil {
		close(f.woken)
		f.woken = nil
	}
}
