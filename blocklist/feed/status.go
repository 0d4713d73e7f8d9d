package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
	"lachan/blocklist/transfer"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// This file is what is known of a feed and kept on disk.

const (
	statusVersion  = 1
	statusFile     = "status.json"
	maxStatusBytes = 4 << 20
)

// A Status is what is known of a feed: when it was updated last, with what result,
// and the copy in use. A feed that was never tried has only a name. Its
// JSON form is status.json.
type Status struct {
	Version     int       `json:"version"`
	Name        string    `json:"name"`
	URL         string    `json:"url"` // where the last attempt went, without a password
	LastAttempt time.Time `json:"last_attempt,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"` // when the copy was last known to be the publisher's newest
	Failure     Failure   `json:"failure,omitzero"`      // zero after a success
	Damaged     string    `json:"damaged,omitempty"`     // file set aside or missing; until a success that began with a good copy
	Copy        Copy      `json:"copy,omitzero"`         // zero when there is none

	Previous Copy `json:"previous,omitzero"` // the one in use before, which Rollback goes back to

	Newest Release `json:"newest,omitzero"` // that was taken from signed versions; no older one is

	Held      Held        `json:"held,omitzero"`       // the version that a guard holds back; zero when none does
	Sizes     []Size      `json:"sizes,omitempty"`     // of the versions in use in the last week, oldest first
	Holds     []time.Time `json:"holds,omitempty"`     // when versions were held back, each once, oldest first
	Approvals []Approval  `json:"approvals,omitempty"` // versions that somebody let past the guards, oldest first
	// Rejections are versions that were held back and that somebody has dropped, likewise.
	Rejections []Approval `json:"rejections,omitempty"`
	Rollbacks  []Approval `json:"rollbacks,omitempty"` // versions that somebody went back from, likewise

	// Changed reports, in what Update returns, that the copy is another than
	// before.
	Changed bool `json:"-"`
}

// OnlyHeld reports whether the last attempt failed because of nothing but the version that
// it brought, which is held back.
func (s *Status) OnlyHeld() bool {
	return s.Held.Copy.Digest != "" && s.Failure.VI == s.Held.VI && s.Failure.EN == s.Held.EN
}

// A Failure is why the last attempt failed, for people.
type Failure struct {
	VI    string    `json:"vi"`
	EN    string    `json:"en"`
	Since time.Time `json:"since"` // first failure after the last success
}

// Text is the failure in both languages.
func (f Failure) Text() wording.Text { return wording.Text{VI: f.VI, EN: f.EN} }

// Remarks are what is told of a list besides what was rejected.
type Remarks struct {
	// Lost is what a version of orders no longer has of the one before and that is not
	// over, by document.
	Lost []Loss `json:"lost,omitempty"`
	// Withdrawn counts what it no longer has because the publisher of a signed order
	// says to have lifted it.
	Withdrawn int `json:"withdrawn,omitempty"`
	// Doubts are entries of an order that are more likely a slip; those that wait are
	// not in force.
	Doubts       []doubt.Entry `json:"doubts,omitempty"`
	Widened      int           `json:"widened,omitempty"`       // entries that are pages and block the whole site
	WidenedHosts []string      `json:"widened_hosts,omitempty"` // the first 20 of these sites
	Skipped      []string      `json:"skipped,omitempty"`       // files of an archive that are no lists of names
}

// A Copy is a verified list on disk.
type Copy struct {
	// Path is where it lies. What is there never changes; it stays there until
	// the feed has changed twice.
	Path string `json:"-"`

	URL          string         `json:"url"`                  // where it came from, without a password
	SHA256URL    string         `json:"sha256_url,omitempty"` // where its digest was confirmed, likewise
	Digest       string         `json:"digest"`               // SHA-256 in hexadecimal, of the list unpacked
	Bytes        int64          `json:"bytes"`
	Fetched      time.Time      `json:"fetched"`           // when this version came
	Verified     time.Time      `json:"verified,omitzero"` // when all checks of it were done; or when somebody let it past them
	ETag         string         `json:"etag,omitempty"`
	LastModified string         `json:"last_modified,omitempty"` // as the server wrote it
	TSIGKey      string         `json:"tsig_key,omitempty"`      // that signed the transfer; its name
	Zone         *transfer.SOA  `json:"zone,omitempty"`          // of a zone; nil of other lists
	Release      Release        `json:"release,omitzero"`        // what its signature says
	AskedFormat  format.Format  `json:"asked_format"`            // Source.Format when it was read
	Format       format.Format  `json:"format"`                  // the one that was read, never auto
	Readings     Readings       `json:"readings,omitempty"`      // how a list of format auto was read
	Entries      int            `json:"entries"`
	Rejected     int            `json:"rejected"`
	ByReason     map[string]int `json:"by_reason,omitempty"` // rejected lines, by format.Reason
	Rejects      []Reject       `json:"rejects,omitempty"`   // some of each reason, at most 20
	Remarks
	Idle      int        `json:"without_effect,omitempty"` // exceptions that lift nothing of this list
	CoreHits  int        `json:"core_hits,omitempty"`      // entries that name what is never to be blocked
	CoreNames []string   `json:"core_names,omitempty"`     // the first 20 of them
	Documents []Document `json:"documents,omitempty"`      // the orders that its entries name; the newest 1000
}

// A Reject is a line that was not understood or may not be used.
type Reject struct {
	File   string `json:"file,omitempty"` // of a directory's
	Line   int    `json:"line"`           // counted from 1
	Text   string `json:"text"`           // at most 120 bytes
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

// Age is the time since the copy was known to be the publisher's newest; 0
// when that never was.
func (s *Status) Age(now time.Time) time.Duration {
	if s.LastSuccess.IsZero() {
		return 0
	}
	return now.Sub(s.LastSuccess)
}

// isOf reports whether the copy is of the same list, read and confirmed in the
// same way, as the source asks for.
func (c *Copy) isOf(src *Source) bool {
	return c.URL == withoutKeys(src.URL) && c.SHA256URL == withoutKeys(src.SHA256URL) &&
		c.TSIGKey == src.TSIG.Name && c.AskedFormat == src.askedFormat() &&
		(len(src.Keys) == 0 || src.Keys.Has(c.Release.Key))
}

// readings are those of the copy. One that an earlier version of the program has
// kept tells only the format of a single list.
func (c *Copy) readings() Readings {
	if c.Readings == nil && c.AskedFormat == format.Auto && c.Format != format.Directory {
		return Readings{"": {Format: c.Format}}
	}
	return c.Readings
}

// inForce identifies what the copy has in force: its list but for what waits.
func (c *Copy) inForce() string {
	return c.Digest + " " + strings.Join(doubt.Waiting(c.Doubts), " ")
}

// failed is the status after an attempt that failed.
func (s Status) failed(src *Source, at time.Time, text wording.Text) Status {
	since := s.Failure.Since
	if since.IsZero() {
		since = at
	}
	s.URL, s.LastAttempt = withoutKeys(src.URL), at
	s.Failure = Failure{VI: text.VI, EN: text.EN, Since: since}
	return s
}

// succeeded is the status after an attempt that brought the copy, or found it
// to be the newest.
func (s Status) succeeded(src *Source, at time.Time, c Copy) Status {
	s.Changed = c.Digest != s.Copy.Digest || c.Format != s.Copy.Format
	s.URL, s.LastAttempt, s.LastSuccess = withoutKeys(src.URL), at, at
	if s.Copy.Digest != "" && s.Copy.Digest != c.Digest {
		s.Previous = s.Copy
	}
	if !s.Copy.isOf(src) {
		s.Sizes = nil
	}
	if s.Copy.Digest != c.Digest || len(s.Sizes) == 0 {
		s.Sizes = lessWithdrawn(s.Sizes, c.Withdrawn)
		s.Sizes = withSize(s.Sizes, at, c.Entries)
	}
	if s.Copy.Digest != "" {
		s.Damaged = "" // kept for one success, so that people see it
	}
	s.Failure, s.Copy, s.Newest, s.Held = Failure{}, c, c.Release, Held{}
	return s
}

var errDamaged = errors.New("damaged")

// readStatus returns the status of a feed from its directory, or that of a feed
// that was never tried. The error is errDamaged if it cannot be trusted.
func readStatus(dir, name string) (Status, error) {
	f, err := os.Open(filepath.Join(dir, statusFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Status{Version: statusVersion, Name: name}, nil
	}
	if err != nil {
		return Status{}, fmt.Errorf("read status of feed %q: %w", name, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxStatusBytes+1))
	if err != nil {
		return Status{}, fmt.Errorf("read status of feed %q: %w", name, err)
	}
	s, err := decodeStatus(text, name)
	if err != nil {
		return Status{}, fmt.Errorf("read status of feed %q: %w", name, err)
	}
	if s.Copy.Digest != "" {
		s.Copy.Path = copyPath(dir, s.Copy.Digest)
	}
	if s.Previous.Digest != "" {
		s.Previous.Path = copyPath(dir, s.Previous.Digest)
	}
	return s, nil
}

func (s *Status) write(dir string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write status of feed %q: %w", s.Name, err)
	}
	return durable.WriteFile(filepath.Join(dir, statusFile), append(text, '\n'), 0o600)
}

func decodeStatus(text []byte, name string) (s Status, err error) {
	if len(text) > maxStatusBytes {
		return Status{}, fmt.Errorf("%w: more than %d bytes", errDamaged, maxStatusBytes)
	}
	in := json.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(&s); err != nil {
		return Status{}, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if _, err := in.Token(); err != io.EOF {
		return Status{}, fmt.Errorf("%w: something behind its end", errDamaged)
	}
	plausible := s.Copy.plausible() && s.Previous.plausible() && s.Held.Copy.plausible()
	if s.Version != statusVersion || s.Name != name || !plausible {
		return Status{}, fmt.Errorf("%w: version, name or copy cannot be", errDamaged)
	}
	return s, nil
}

// plausible reports whether Update can have written a copy. A path made of its
// digest is within the feed's directory.
func (c *Copy) plausible() bool {
	if c.Digest == "" {
		return c.Bytes == 0 && c.Entries == 0
	}
	sum, err := hex.DecodeString(c.Digest)
	return err == nil && len(sum) == sha256.Size && hex.EncodeToString(sum) == c.Digest &&
		c.Bytes >= 0 && c.Entries >= 0 && c.Rejected >= 0 &&
		c.AskedFormat != "" && c.Format != "" && c.Format != format.Auto
}
