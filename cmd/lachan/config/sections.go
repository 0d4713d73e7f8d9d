package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/memory"
	"lachan/internal/printable"
	"lachan/internal/yamlfile"
	"lachan/metrics/engine"
	"lachan/metrics/ship"
)

// An HTTP is the server of /metrics, /healthz, /readyz and the API.
type HTTP struct {
	// Listen is its address. Default 127.0.0.1:8053; "" (not valid) is off.
	Listen netip.AddrPort `yaml:"listen"`
	// Names are what clients may call it besides localhost and its address.
	// Default none.
	Names []string `yaml:"names"`
	// Allow has the prefixes of clients that may ask it for more than its health without
	// a token of an account, such as that of Prometheus. Default loopback.
	Allow []netip.Prefix `yaml:"allow"`
	// TokenFile has what they have to show, in one line of at least 16 characters;
	// it or Allow is needed where Listen is not loopback. Default none.
	TokenFile string `yaml:"token_file"`
}

// leastToken is how short a token may be: 16 characters cannot be guessed of those
// that a generator makes.
const leastToken = 16

func (h *HTTP) check(k *checker) {
	for i, name := range h.Names {
		if _, err := netip.ParseAddr(name); err == nil {
			continue
		}
		if _, err := domain.Canonical(name); err != nil {
			k.wrong(Item("http.names", i), textHTTPName.With(name))
		}
	}
	if h.TokenFile != "" {
		if _, err := h.Token(); err != nil {
			k.wrong("http.token_file", textHTTPToken.With(err, leastToken))
		}
	} else if h.Listen.IsValid() && !h.Listen.Addr().Unmap().IsLoopback() && !slices.ContainsFunc(h.Allow, reaches) {
		k.wrong("http.listen", textHTTPOpen.With(h.Listen.Addr()))
	}
}

// reaches reports whether a prefix has addresses of other machines.
func reaches(p netip.Prefix) bool { return !p.Addr().Unmap().IsLoopback() }

// Token is what clients have to show; "" if nothing.
func (h *HTTP) Token() (string, error) {
	if h.TokenFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(h.TokenFile)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if len(token) < leastToken || strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", yamlfile.Problem{File: h.TokenFile, Text: textTokenShort.With(leastToken)}
	}
	return token, nil
}

// A Cache bounds the cache.
type Cache struct {
	// Entries is how many answers are kept. Default 200,000; 1 to 100,000,000.
	Entries int `yaml:"entries"`
	// MaxBytes is how many bytes they take, with all that is kept of them. Default
	// auto, a quarter of Memory; 1MiB to 1TiB, but never more than half of Memory.
	MaxBytes Size `yaml:"max_bytes"`
	// MinTTL raises shorter TTLs. Default 0s; at most MaxTTL.
	MinTTL time.Duration `yaml:"min_ttl"`
	// MaxTTL lowers longer TTLs. Default 24h; 1s to 7d.
	MaxTTL time.Duration `yaml:"max_ttl"`
	// NegativeTTL bounds NXDOMAIN and NODATA (RFC 2308). Default 30m; 0s to 24h.
	NegativeTTL time.Duration `yaml:"negative_ttl"`
	// StaleFor is how long an answer may be used after its TTL when no upstream
	// answers (RFC 8767). Default 12h; 0s (never) to 7d.
	StaleFor time.Duration `yaml:"stale_for"`
	// Prefetch renews what is asked often before it expires. Default true.
	Prefetch bool `yaml:"prefetch"`
}

func (c *Cache) check(k *checker) {
	between(k, "cache.entries", c.Entries, 1, 100_000_000)
	if c.MaxBytes != auto {
		between[yamlfile.Bytes](k, "cache.max_bytes", yamlfile.Bytes(c.MaxBytes), 1<<20, 1<<40)
	}
	between(k, "cache.max_ttl", c.MaxTTL, time.Second, 7*day)
	between(k, "cache.negative_ttl", c.NegativeTTL, 0, day)
	between(k, "cache.stale_for", c.StaleFor, 0, 7*day)
	if c.MinTTL > c.MaxTTL {
		k.wrong("cache.min_ttl", textTTLOrder.With(InUnits(c.MinTTL), InUnits(c.MaxTTL)))
	}
}

// A Metrics says how statistics are kept.
type Metrics struct {
	// Node is the label of this machine. Default "": its host name.
	Node string `yaml:"node"`
	// Nodes are those whose figures a report should have; it names the ones that never sent
	// any. Default none: what is not known of is not missed.
	Nodes []string `yaml:"nodes"`
	// History is how long statistics are kept. Default 800d; 1d to 3660d.
	History yamlfile.Days `yaml:"history"`
	// QueryURL is of a Prometheus-compatible engine that reports ask instead of
	// this node's own history. Default none.
	QueryURL string `yaml:"query_url"`
	// WriteURL takes this node's history by remote write, every five minutes.
	// Default none.
	WriteURL string `yaml:"write_url"`
}

func (m *Metrics) check(k *checker) {
	between(k, "metrics.history", time.Duration(m.History), day, 3660*day)
	var failure *engine.Failure
	if _, err := engine.NewRemote(m.QueryURL); m.QueryURL != "" && errors.As(err, &failure) {
		k.wrong("metrics.query_url", failure.Text)
	}
	if u := m.WriteURL; u != "" && !ship.ValidURL(u) {
		k.wrong("metrics.write_url", ship.BadURL.With(printable.Address(u)))
	}
}

// A Log says what is logged, on standard error.
type Log struct {
	// Level is debug, info, warn or error. Default info.
	Level LogLevel `yaml:"level"`
	// Format is text or json. Default text.
	Format LogFormat `yaml:"format"`
	// Queries is off: no query is logged. Default off.
	Queries QueryLog `yaml:"queries"`
}

// NodeName is the name of this machine in statistics.
func (c *Config) NodeName() string {
	if c.Metrics.Node != "" {
		return c.Metrics.Node
	}
	name, err := os.Hostname()
	if err != nil {
		return "lachan"
	}
	return name
}

// URL is where a program on this machine reaches the server.
func (h *HTTP) URL() string { return "http://" + Reachable(h.Listen).String() }

// Reachable is where a program on this machine reaches what listens on an
// address: that address, or loopback if it stands for all of them.
func Reachable(listen netip.AddrPort) netip.AddrPort {
	switch {
	case !listen.Addr().IsUnspecified():
		return listen
	case listen.Addr().Is4():
		return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), listen.Port())
	}
	return netip.AddrPortFrom(netip.IPv6Loopback(), listen.Port())
}

// Logger is the log of a process of this program, on standard error.
func (l *Log) Logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: l.Level.Level()}
	if l.Format == JSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// Shares are what each part of the server may have of a budget, with a cache of so
// many bytes.
func (s Size) Shares(cache Size) memory.Shares {
	if s == auto {
		s = Size(memory.Auto())
	}
	return memory.Divide(int64(s), int64(cache))
}
