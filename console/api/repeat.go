package api

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/internal/durable"
)

// Answers to requests with an Idempotency-Key are kept on the disk, so that a client that
// lost the answer may ask again, also after a restart, and nothing is done twice. That a
// request has begun is written down before anything is done: if the program dies in
// between, the repeat is told that the outcome is not known.

// Bounds of what is kept.
const (
	repeatLasts   = 24 * time.Hour
	mostRepeats   = 10_000
	mostOfActor   = 1_000
	mostKeyLength = 128
	mostKept      = 64 << 10 // bytes of an answer; a longer one is not kept, and is told as done
	repeatEnd     = ".json"
)

// repeats are the answers that may be asked for again.
type repeats struct {
	folder string
	log    *slog.Logger

	mu    sync.Mutex
	known map[string]*repeated // mu; by the name of the file
}

// A repeated is a request that may come again.
type repeated struct {
	Actor string    `json:"actor"` // a digest
	Asked string    `json:"asked"` // fingerprint
	At    time.Time `json:"at"`
	// Outcome is nil until the request was answered, or if how it ended is not known.
	Outcome *outcome `json:"outcome"`
	// Secret means that the answer had what is shown only once.
	Secret bool `json:"secret,omitempty"`

	file  string
	works bool // it is being worked on
}

func openRepeats(folder string, log *slog.Logger) (*repeats, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("keep answers of the api: %w", err)
	}
	s := &repeats{folder: folder, log: log, known: map[string]*repeated{}}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("keep answers of the api: %w", err)
	}
	for _, e := range entries {
		r := &repeated{file: e.Name()}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err == nil {
			err = json.Unmarshal(text, r)
		}
		if err != nil || !strings.HasSuffix(e.Name(), repeatEnd) {
			_ = os.Remove(filepath.Join(folder, e.Name())) // half written, or not ours
			continue
		}
		s.known[r.file] = r
	}
	s.makeRoom("", time.Now())
	return s, nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// begin begins a request with a key. Kept is its outcome if it was answered already.
func (s *repeats) begin(
	actor, key string, asked [sha256.Size]byte, now time.Time,
) (ticket *repeated, kept *outcome, err error) {
	unprintable := func(c rune) bool { return c < ' ' || c > '~' }
	if key == "" || len(key) > mostKeyLength || strings.ContainsFunc(key, unprintable) {
		p := problem(http.StatusBadRequest, "idempotency-key", textKeyWrong.With(mostKeyLength))
		p.Field = "Idempotency-Key"
		return nil, nil, p
	}
	r := &repeated{
		Actor: digest(actor), Asked: hex.EncodeToString(asked[:]), At: now,
		file: digest(actor+"\x00"+key) + repeatEnd, works: true,
	}
	if kept, err := s.enter(r); kept != nil || err != nil {
		return nil, kept, err
	}
	if err := s.write(r); err != nil {
		s.forget(r)
		return nil, nil, err
	}
	return r, nil, nil
}

// enter takes a request among those that are known, unless it is known already.
func (s *repeats) enter(r *repeated) (kept *outcome, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if had := s.known[r.file]; had != nil && r.At.Sub(had.At) < repeatLasts {
		switch {
		case had.Asked != r.Asked:
			return nil, withField(problem(http.StatusUnprocessableEntity, "idempotency-key", textKeyOther), "Idempotency-Key")
		case had.works:
			p := problem(http.StatusConflict, "in-progress", textKeyWorks)
			p.retry = time.Second
			return nil, p
		case had.Outcome == nil && had.Secret:
			return nil, problem(http.StatusConflict, "shown-once", textKeySecret)
		case had.Outcome == nil:
			return nil, problem(http.StatusConflict, "outcome-unknown", textKeyUnknown)
		}
		return had.Outcome, nil
	}
	s.makeRoom(r.Actor, r.At)
	s.known[r.file] = r
	return nil, nil
}

// makeRoom forgets what is too old, and the oldest where there are too many, before one
// of an actor is added.
func (s *repeats) makeRoom(actor string, now time.Time) {
	var all, own []*repeated
	for _, r := range s.known {
		switch {
		case r.works:
		case now.Sub(r.At) >= repeatLasts:
			s.drop(r)
		default:
			if all = append(all, r); r.Actor == actor {
				own = append(own, r)
			}
		}
	}
	for _, l := range []struct {
		list []*repeated
		most int
	}{{own, mostOfActor}, {all, mostRepeats}} {
		if len(l.list) < l.most {
			continue
		}
		slices.SortFunc(l.list, func(a, b *repeated) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.file, b.file))
		})
		for _, r := range l.list[:len(l.list)-l.most+1] {
			s.drop(r)
		}
	}
}

func (s *repeats) drop(r *repeated) {
	delete(s.known, r.file)
	if err := os.Remove(filepath.Join(s.folder, r.file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Warn("forget an answer of the api", "error", err)
	}
}

// done keeps the outcome of a request. If it cannot be kept, a repeat after a restart is
// told that it is not known.
func (s *repeats) done(r *repeated, o *outcome, secret bool) {
	kept := repeated{Actor: r.Actor, Asked: r.Asked, At: r.At, Secret: secret || len(o.Body) > mostKept, file: r.file}
	if !kept.Secret {
		kept.Outcome = o
	}
	if err := s.write(&kept); err != nil {
		s.log.Warn("keep an answer of the api", "error", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Outcome, r.Secret, r.works = kept.Outcome, kept.Secret, false
}

// forget lets a request that did nothing be asked anew.
func (s *repeats) forget(r *repeated) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(r)
}

// unknown leaves a request as one whose outcome nobody knows.
func (s *repeats) unknown(r *repeated) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.works = false
}

func (s *repeats) write(r *repeated) error {
	text, err := json.Marshal(r)
	if err == nil {
		err = durable.WriteFile(filepath.Join(s.folder, r.file), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep an answer of the api: %w", err)
	}
	return nil
}
