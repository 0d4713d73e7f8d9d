// Package feed keeps the last good copy of each list that is fetched from
// elsewhere. An update has the steps fetch, verify, read whole, guard, replace. If
// one fails, the copy that was there stays, the feed's status says why, and no
// other feed is affected. FORMAT.md describes the files.
package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/blocklist/release"
	"lachan/internal/wording"
)

// DefaultMaxGrowth is the bound of growth if none is set. It does not hold
// for signed lists, nor where less than growthFloor entries are new.
const DefaultMaxGrowth = 5

// DefaultMaxBytes bounds a list whose Source sets no bound: 64 MiB.
const DefaultMaxBytes = 64 << 20

// A Source is one feed as the configuration has it.
type Source struct {
	// Name is the feed's, and that of its directory: 1 to 40 of a-z, 0-9, '-'.
	Name string
	// URL says where the list is: http://, https://, axfr://, file:// or a path,
	// which should be absolute. A manifest.json there names the list.
	URL string
	// Format is how the list is written; format.Auto, or none, finds out.
	Format format.Format
	// Subdomains reports whether an entry of a hosts or domains list covers what
	// is below it.
	Subdomains bool
	// Refresh is the time from a success to the next attempt, at least 1 minute.
	// A zone has its own.
	Refresh time.Duration
	// MaxBytes bounds the list, as sent and as unpacked. 0 is DefaultMaxBytes.
	MaxBytes int64
	// MaxShrink is the part of its entries, 0 to 1, that a list may lose from
	// one version to the next. 0 lets it lose none, 1 all but the last.
	MaxShrink float64
	// MaxGrowth is how many times the entries of one version the next may have.
	// 0 sets no bound.
	MaxGrowth float64
	// SHA256URL says where the digest of the list is, as the tool sha256sum
	// writes it or bare. Empty for none.
	SHA256URL string
	// Keys are the keys one of which must have signed the list. None for lists that
	// are not signed.
	Keys release.Keys
	// Mirrors are where a feed of versions lies too, in the order in which they
	// are asked: addresses of what holds the manifest.
	Mirrors []string
	// Core reports whether a name, or with below one under it, is never to be
	// blocked; nil knows none. Entries for such names are counted.
	Core func(n *domain.Name, below bool) bool
	// Allows has the list say what is allowed: an exception in it is an entry.
	Allows bool
	// First has the feed looked at before others, in a place that is kept for such.
	First bool
	// May says what entries may do beyond those of a list of strangers.
	May format.May
	// Categories are what entries may name as their own; nil: any. MayName reports
	// whether a text is the name of one of them.
	Categories []string
	MayName    func(text string) bool
	// Locked has the list come before what is never blocked: then a version with
	// more such entries than the one before is held back.
	Locked bool
	// Zone is where the days of csv begin and end; nil means UTC+7.
	Zone *time.Location
	// TSIG is the key of axfr://. With one, what it has not signed is refused.
	TSIG TSIG
	// Dial makes the connections to the servers of the feed, in place of those of the
	// store, when it is not nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Why a list was not taken. The *Error that wraps one of these has the figures
// and the words for people.
var (
	ErrAddress     = errors.New("address of the feed is not usable")
	ErrUnsupported = errors.New("source of a kind that cannot be read yet")
	ErrAnswer      = errors.New("answer that is not a list")
	ErrRedirect    = errors.New("redirect that may not be followed")
	ErrTooLarge    = errors.New("larger than max_bytes")
	ErrTruncated   = errors.New("ends before its end")
	ErrSlow        = errors.New("no progress")
	ErrDigest      = errors.New("digest differs")
	ErrUnstable    = errors.New("file changed while it was read")
	ErrUnreadable  = errors.New("not readable as a list")
	ErrOtherFormat = errors.New("looks like another format than the version before")
	ErrShrunk      = errors.New("shrank more than max_shrink allows")
	ErrGrew        = errors.New("grew more than max_growth allows")
	ErrCore        = errors.New("names what is never to be blocked")
	ErrNoEntries   = errors.New("has no entry")
	ErrDisk        = errors.New("cannot be kept on disk")
	ErrBusy        = errors.New("feed is being updated by someone else")
)

// An Error says why a feed was not updated. Error is English, for logs, and
// holds the host or the path of the feed's address but never a whole URL; Text
// is for people and ends with what to do.
type Error struct {
	Feed string
	Text wording.Text
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("update feed %q: %v", e.Feed, e.Err) }

// Wording is Text, with the feed that it is about.
func (e *Error) Wording() wording.Text {
	return wording.Text{VI: e.Feed + ": " + e.Text.VI, EN: e.Feed + ": " + e.Text.EN}
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

func refuse(text wording.Text, err error) error { return &Error{Text: text, Err: err} }

// orders reports whether the list carries out orders: one in doubt waits for a word.
func (s *Source) orders() bool { return !s.Allows && (s.First || s.Locked || s.IsManifest()) }

func (s *Source) maxBytes() int64 {
	if s.MaxBytes <= 0 {
		return DefaultMaxBytes
	}
	return s.MaxBytes
}

func (s *Source) askedFormat() format.Format {
	if isZone(s.URL) {
		return format.RPZ
	}
	if s.IsManifest() {
		return format.Manifest
	}
	if s.Format == "" {
		return format.Auto
	}
	return s.Format
}

// listFormat is how the list itself is written.
func (s *Source) listFormat() format.Format {
	if s.IsManifest() {
		return format.CSV
	}
	return s.askedFormat()
}

// fileName is the last part of the address, which may tell the format.
func (s *Source) fileName() string { return lastPart(s.URL) }

// localPath is the path that an address names, if it names one.
func localPath(address string) (file string, ok bool) {
	if rest, found := strings.CutPrefix(address, "file://"); found {
		return rest, true
	}
	return address, !strings.Contains(address, "://")
}

// IsLocal reports whether all that the source needs is on this machine.
func (s *Source) IsLocal() bool {
	_, list := localPath(s.URL)
	_, digest := localPath(s.SHA256URL)
	return list && digest && len(s.Mirrors) == 0
}

// isWeb reports whether an address is fetched by HTTP.
func isWeb(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}

// withoutKeys is an address as it may be kept and shown. Two addresses that differ in
// what is behind the question mark stay two, as they may be two lists.
func withoutKeys(address string) string {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		u.User = url.User("xxxxx")
		address = u.String()
	}
	before, query, found := strings.Cut(address, "?")
	if !found || strings.HasPrefix(query, digestOfQuery) {
		return address
	}
	sum := sha256.Sum256([]byte(query))
	return before + "?" + digestOfQuery + hex.EncodeToString(sum[:4])
}

// digestOfQuery stands in front of the digest that takes the place of a query.
const digestOfQuery = "sha256-"

// host is what a log may say of an address.
func host(address string) string {
	if _, local := localPath(address); local {
		return "file"
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// validName keeps a feed's directory within the store.
func validName(name string) bool {
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return len(name) >= 1 && len(name) <= 40
}
