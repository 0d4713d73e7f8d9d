package main

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/metrics/engine"
	"lachan/metrics/ship"
	"lachan/resolver/upstream"
)

// A configCheck gathers what is wrong with values that are right by themselves.
type configCheck struct {
	*Config
	problems yamlfile.Problems
}

// check reports what the types of the values cannot know: bounds, files that
// are not there, and values that do not go together.
func (c *Config) check() yamlfile.Problems {
	k := configCheck{Config: c}
	k.places()
	k.server()
	k.page()
	k.encryption()
	k.discovery()
	k.cookies()
	k.listeners()
	k.rpzOut()
	k.upstreams()
	k.cache()
	k.metrics()
	for i := range c.Feeds {
		k.feed(i)
	}
	k.reports()
	return k.problems
}

const day = 24 * time.Hour

var itemPlace = regexp.MustCompile(`\[\d+\]`)

// wrong reports the value at path, at the line or the variable it comes from.
func (k *configCheck) wrong(path string, text wording.Text) {
	name := itemPlace.ReplaceAllString(path, "")
	text = wording.Text{VI: name + ": " + text.VI, EN: name + ": " + text.EN}
	if origin := k.originOf(path); origin != "" {
		k.problems.Add(origin, 0, text)
		return
	}
	k.problems.Add(k.file, k.lineOf(path), text)
}

// between reports a value that is out of its bounds.
func between[T cmp.Ordered](k *configCheck, path string, value, least, most T) {
	if value < least || value > most {
		k.wrong(path, wording.ConfigBetween.With(inUnits(least), inUnits(most)))
	}
}

// inUnits writes a bound as a person would write it in the file.
func inUnits(bound any) any {
	switch b := bound.(type) {
	case time.Duration:
		if b >= day && b%day == 0 {
			return strconv.Itoa(int(b/day)) + "d"
		}
		whole := strings.NewReplacer("h0m0s", "h", "m0s", "m")
		return whole.Replace(b.String())
	case yamlfile.Bytes:
		return b.String()
	}
	return bound
}

// places checks files and directories.
func (k *configCheck) places() {
	if k.StateDir == "" {
		k.wrong("state_dir", wording.ConfigNoStateDir)
	} else if file := fileOnTheWay(k.StateDir); file != "" {
		k.wrong("state_dir", wording.ConfigStateDir.With(file))
	}
}

// fileOnTheWay is the file, if any, that keeps a directory from being made.
func fileOnTheWay(dir string) string {
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return dir
		case err == nil, dir == filepath.Dir(dir):
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// readable reports a file that cannot be read.
func (k *configCheck) readable(path, file string, otherwise wording.Text) {
	f, err := os.Open(file)
	if err != nil {
		k.wrong(path, otherwise.With(err))
		return
	}
	f.Close()
}

func (k *configCheck) server() {
	s := &k.Server
	if !strings.HasPrefix(s.DoHPath, "/") {
		k.wrong("server.doh_path", wording.ConfigSlash.With(s.DoHPath))
	}
	between(k, "server.rate_limit.per_client", s.RateLimit.PerClient, 0, 1_000_000)
	between(k, "server.rate_limit.per_unit", s.RateLimit.PerUnit, 0, 1_000_000)
	between(k, "server.tcp.connections", s.TCP.Connections, 1, 1_000_000)
	between(k, "server.tcp.per_client", s.TCP.PerClient, 0, 1_000_000)
	if s.TCP.Lifetime != 0 {
		between(k, "server.tcp.lifetime", s.TCP.Lifetime, time.Minute, 7*day)
	}
	if s.TCP.MaxBytes != 0 {
		between[yamlfile.Bytes](k, "server.tcp.max_bytes", s.TCP.MaxBytes, 64<<10, 64<<30)
	}
	between(k, "server.tcp.idle_timeout", s.TCP.IdleTimeout, time.Second, 10*time.Minute)
	if _, err := domain.Canonical(s.CheckName); s.CheckName != "" && err != nil {
		k.wrong("server.check_name", wording.ConfigZoneName.With(s.CheckName))
	}
	between(k, "server.block_ttl", s.BlockTTL, 0, day)
}

func (k *configCheck) upstreams() {
	u := &k.Upstream
	if len(u.Servers) == 0 {
		k.wrong("upstream.servers", wording.ConfigNoServer)
	}
	between(k, "upstream.timeout", u.Timeout, 100*time.Millisecond, 10*time.Second)
	k.otherServers("upstream.servers", u.Servers)
	k.otherServers("upstream.bootstrap", u.Bootstrap)
	for i, s := range u.Bootstrap {
		if s.Secure.Host != "" {
			k.wrong(item("upstream.bootstrap", i), wording.ConfigBootstrap.With(s))
		}
	}
	for _, zone := range slices.Sorted(maps.Keys(u.Zones)) {
		path, servers := "upstream.zones."+zone, u.Zones[zone]
		if _, err := domain.Canonical(zone); err != nil {
			k.wrong(path, wording.ConfigZoneName.With(zone))
		}
		if len(servers) == 0 {
			k.wrong(path, wording.ConfigNoServer)
		}
		k.otherServers(path, servers)
	}
}

// otherServers reports upstreams that are this server itself.
func (k *configCheck) otherServers(path string, servers []Upstream) {
	for i, s := range servers {
		if !s.Addr.IsValid() {
			continue
		}
		listen := k.Server.Listen
		switch s.Transport {
		case upstream.OverTLS:
			listen = k.Server.DoT
		case upstream.OverHTTPS:
			listen = k.Server.DoH
		case upstream.OverQUIC:
			listen = k.Server.DoQ
		}
		// When the host does not tell its addresses, the mistake shows later.
		if own, err := upstream.IsOwn(s.Addr, listen); own && err == nil {
			k.wrong(item(path, i), wording.ConfigOwnServer.With(s.Addr))
		}
	}
}

func (k *configCheck) cache() {
	c := &k.Cache
	between(k, "cache.entries", c.Entries, 1, 100_000_000)
	between(k, "cache.max_ttl", c.MaxTTL, time.Second, 7*day)
	between(k, "cache.negative_ttl", c.NegativeTTL, 0, day)
	between(k, "cache.stale_for", c.StaleFor, 0, 7*day)
	if c.MinTTL > c.MaxTTL {
		k.wrong("cache.min_ttl", wording.ConfigTTLOrder.With(inUnits(c.MinTTL), inUnits(c.MaxTTL)))
	}
}

func (k *configCheck) metrics() {
	between(k, "metrics.history", time.Duration(k.Metrics.History), day, 3660*day)
	var failure *engine.Failure
	if _, err := engine.NewRemote(k.Metrics.QueryURL); k.Metrics.QueryURL != "" && errors.As(err, &failure) {
		k.wrong("metrics.query_url", failure.Text)
	}
	if u := k.Metrics.WriteURL; u != "" && !ship.ValidURL(u) {
		k.wrong("metrics.write_url", wording.ShipURL.With(u))
	}
}
