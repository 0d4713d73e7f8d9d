package radius

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"time"

	"lachan/internal/durable"
)

// A line of the journal is a session as it is from then on. The newest of a session counts.
type line struct {
	Server   id             `json:"n"`
	Session  id             `json:"s"`
	Unit     string         `json:"u,omitempty"`
	Prefixes []netip.Prefix `json:"p,omitempty"`
	Began    int64          `json:"b"`           // in Unix milliseconds
	Ended    int64          `json:"e,omitempty"` // 0 while it goes on
}

// A journal is the file of the sessions that go on: what is in it holds again after a
// crash, as access servers speak of a session that goes on every few minutes only. What
// is written shortly before a power cut may be missing; the next Interim-Update brings
// it back.
type journal struct {
	path  string
	file  *os.File // nil when it cannot be written
	lines int
	again time.Time // not before then is it tried again after an error
}

// pause is after how long a journal that could not be written is tried again.
const pause = 30 * time.Second

// spare is how many lines beyond twice the sessions a journal may have before it is
// written anew.
const spare = 10_000

// open reads what a journal has into a book. Lines that cannot be read are left out, and
// how many there are is returned; a last one that is cut is of a power cut, and no damage.
func (j *journal) open(b *book, now time.Time) (damaged int, err error) {
	f, err := os.Open(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, j.rewrite(b)
	}
	if err != nil {
		return 0, fmt.Errorf("read the sessions of access servers: %w", err)
	}
	defer f.Close()
	for r := bufio.NewReaderSize(f, 1<<16); ; {
		text, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		var l line
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return damaged, fmt.Errorf("read the sessions of access servers: %w", err)
		}
		if err != nil || json.Unmarshal(text, &l) != nil {
			damaged++
			continue
		}
		b.restore(&l, now)
	}
	return damaged, j.rewrite(b)
}

// restore makes a session of a line. What access servers spoke of before is heard now.
func (b *book) restore(l *line, now time.Time) {
	k := key{l.Server, l.Session}
	if old := b.sessions[k.server][k.session]; old != nil {
		for _, p := range old.prefixes {
			delete(b.owners, p)
		}
		b.forget(old)
	}
	if b.count >= b.most {
		return
	}
	s := &session{key: k, unit: l.Unit, began: time.UnixMilli(l.Began), heard: now}
	if l.Ended != 0 {
		s.ended = time.UnixMilli(l.Ended)
	}
	b.remember(s)
	for _, p := range l.Prefixes {
		if owner := b.owners[p]; !p.IsValid() || owner != nil && owner.began.After(s.began) {
			continue
		} else if owner != nil {
			b.release(&turn{}, owner, p)
		}
		s.prefixes = append(s.prefixes, p)
		b.owners[p] = s
	}
}

// append writes how sessions are now.
func (j *journal) append(b *book, touched map[*session]struct{}, now time.Time) error {
	switch {
	case j.file == nil && now.Before(j.again):
		return errWaits
	case j.file == nil || j.lines > 2*b.count+spare:
		j.again = now.Add(pause)
		return j.rewrite(b)
	case len(touched) == 0:
		return nil
	}
	var text []byte
	for s := range touched {
		text = s.appendLine(text)
	}
	j.lines += len(touched)
	if _, err := j.file.Write(text); err != nil {
		j.close() // it is written anew, with the part of a line that may be there now
		return fmt.Errorf("write the sessions of access servers: %w", err)
	}
	return nil
}

var errWaits = errors.New("writing the sessions of access servers has failed and is tried again")

func (s *session) appendLine(text []byte) []byte {
	l := line{s.key.server, s.key.session, s.unit, s.prefixes, s.began.UnixMilli(), 0}
	if s.unit == "" {
		l.Prefixes = nil // whose they are is nobody's business here
	}
	if !s.ended.IsZero() {
		l.Ended = s.ended.UnixMilli()
	}
	one, err := json.Marshal(&l)
	if err != nil {
		panic(err) // it has numbers, prefixes and a text alone
	}
	return append(append(text, one...), '\n')
}

// rewrite writes the journal anew, with a line for each session.
func (j *journal) rewrite(b *book) error {
	j.close()
	var text []byte
	for _, of := range b.sessions {
		for _, s := range of {
			text = s.appendLine(text)
		}
	}
	err := durable.WriteFile(j.path, text, 0o600)
	if err == nil {
		j.file, err = os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0)
	}
	if err != nil {
		return fmt.Errorf("write the sessions of access servers: %w", err)
	}
	j.lines = b.count
	return nil
}

func (j *journal) close() {
	if j.file != nil {
		_ = j.file.Close() // nothing is left to be written
		j.file = nil
	}
}
