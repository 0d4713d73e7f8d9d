// Package dnstap is the key `dnstap` of lachan.yaml: which collector is told of questions
// and answers once two people have decided so. It is read like the rest, and starts nothing.
package dnstap

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"lachan/internal/wording"
)

// A DNSTAP says where a collector is, and what it is told.
type DNSTAP struct {
	// Collector takes frame streams of dnstap: unix:///run/dnstap.sock, or tcp:// with an
	// address of this machine or of a private network and a port. Default "", none.
	Collector string `yaml:"collector"`
	// Messages are what it is told: client_query, client_response. Default both.
	Messages []string `yaml:"messages"`
	// Addresses is cut, the first 24 bits of a client's IPv4 address or 48 of IPv6, or none.
	// Default cut.
	Addresses string `yaml:"addresses"`
	// Identity is what the server calls itself. Default "": metrics.node.
	Identity string `yaml:"identity"`
	// Version is what it says that it is. Default lachan; "" is left out.
	Version string `yaml:"version"`
}

// Values of the keys.
const (
	query, response = "client_query", "client_response"
	cut, none       = "cut", "none"
	mostText        = 64 // bytes of identity and version
)

// Default is what holds when a key is left out.
func Default() DNSTAP {
	return DNSTAP{Messages: []string{query, response}, Addresses: cut, Version: "lachan"}
}

// Queries reports whether a collector is told of questions by themselves.
func (d *DNSTAP) Queries() bool { return slices.Contains(d.Messages, query) }

// Responses reports whether it is told of answers.
func (d *DNSTAP) Responses() bool { return slices.Contains(d.Messages, response) }

// CutAddresses reports whether it is told the first bits of addresses, or none of them.
func (d *DNSTAP) CutAddresses() bool { return d.Addresses == cut }

// Dial is where the collector is, as net.Dial takes it; network is "" if there is none.
func (d *DNSTAP) Dial() (network, address string) {
	u, err := url.Parse(d.Collector)
	switch {
	case err != nil || d.Collector == "":
		return "", ""
	case u.Scheme == "unix":
		return "unix", u.Path
	}
	return u.Scheme, u.Host
}

// Check reports what is wrong with values that are right by themselves, each with its path
// below `dnstap`.
func (d *DNSTAP) Check(wrong func(path string, text wording.Text)) {
	if d.Collector != "" && !reachable(d.Collector) {
		wrong("collector", textCollector.With(d.Collector))
	}
	if len(d.Messages) == 0 {
		wrong("messages", textMessages.With(""))
	}
	for _, m := range d.Messages {
		if m != query && m != response {
			wrong("messages", textMessages.With(m))
		}
	}
	if d.Addresses != cut && d.Addresses != none {
		wrong("addresses", textAddresses.With(d.Addresses))
	}
	for path, text := range map[string]string{"identity": d.Identity, "version": d.Version} {
		if len(text) > mostText || strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' }) {
			wrong(path, textText.With(mostText))
		}
	}
}

// mostSocket is the longest path of a Unix socket, in bytes.
const mostSocket = 107

// reachable reports whether a collector may be there: on this machine or in a private
// network, as what it is told is not encrypted.
func reachable(collector string) bool {
	u, err := url.Parse(collector)
	if err != nil || u.RawQuery+u.Fragment != "" || u.User != nil {
		return false
	}
	switch u.Scheme {
	case "unix":
		return u.Host == "" && filepath.IsAbs(u.Path) && len(u.Path) <= mostSocket
	case "tcp":
		at, err := netip.ParseAddrPort(u.Host)
		if err != nil || at.Port() == 0 || u.Path != "" {
			return false
		}
		a := at.Addr().Unmap()
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
	}
	return false
}
