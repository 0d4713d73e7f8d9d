// Package radius is the key `radius` of lachan.yaml: which access servers say by RADIUS
// accounting whose an address is. It is read like the rest, and starts nothing.
package radius

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/radius"
)

// A RADIUS says who may tell that a session of a customer has an address.
type RADIUS struct {
	// Listen has the addresses of accounting, over UDP; the usual port is 1813. Default none.
	Listen []netip.AddrPort `yaml:"listen"`
	// Clients are the access servers (NAS). Default none.
	Clients []Client `yaml:"clients"`
	// Attribute is what names the customer's line: User-Name, Class, Calling-Station-Id,
	// NAS-Port-Id, Connect-Info, ADSL-Agent-Circuit-Id or ADSL-Agent-Remote-Id. Its value
	// stands in `radius_ids` of the unit. Default User-Name.
	Attribute string `yaml:"attribute"`
	// Interim is how often access servers say that a session goes on. One that was not heard
	// of two and a half times as long is over. Default 10m; from 1s to 24h.
	Interim time.Duration `yaml:"interim"`
	// Sessions is how many there are at most; those beyond are unknown clients. Default
	// 200,000; from 1 to 500,000. One takes some 500 bytes.
	Sessions int `yaml:"sessions"`
}

// A Client is an access server, or several that have one secret.
type Client struct {
	// Network is the range of its addresses, such as 192.0.2.1/32. No default.
	Network netip.Prefix `yaml:"network"`
	// SecretFile has the secret that it shares with this server, in one line. No default.
	SecretFile string `yaml:"secret_file"`
}

// Default is what holds when a key is left out.
func Default() RADIUS {
	return RADIUS{Attribute: "User-Name", Interim: 10 * time.Minute, Sessions: 200_000}
}

// Bounds of the values.
const (
	mostClients  = 10_000
	mostSessions = 500_000
	leastInterim = time.Second
	mostInterim  = 24 * time.Hour
	leastSecret  = 8 // bytes; RFC 2865, 3 wants 16 at least, and many access servers take fewer
)

// Check reports what is wrong with values that are right by themselves, each with its path
// below `radius`.
func (r *RADIUS) Check(wrong func(path string, text wording.Text)) {
	if (len(r.Listen) > 0) != (len(r.Clients) > 0) {
		wrong("", textBoth)
	}
	if !slices.Contains(radius.Attributes(), r.Attribute) {
		wrong("attribute", textAttribute.With(r.Attribute, strings.Join(radius.Attributes(), ", ")))
	}
	if r.Interim < leastInterim || r.Interim > mostInterim {
		wrong("interim", textInterim)
	}
	if r.Sessions < 1 || r.Sessions > mostSessions {
		wrong("sessions", textSessions.With(mostSessions))
	}
	if len(r.Clients) > mostClients {
		wrong("clients", textClients.With(len(r.Clients), mostClients))
		return
	}
	seen := map[netip.Prefix]bool{}
	for i := range r.Clients {
		c, at := &r.Clients[i], "clients["+strconv.Itoa(i)+"]"
		if !c.Network.IsValid() || seen[c.Network.Masked()] {
			wrong(at+".network", textNetwork)
		}
		seen[c.Network.Masked()] = true
		if _, err := c.Secret(); err != nil {
			wrong(at+".secret_file", textSecret.With(err, leastSecret))
		}
	}
}

// Secret is what a client shares with this server.
func (c *Client) Secret() ([]byte, error) {
	if c.SecretFile == "" {
		return nil, fmt.Errorf("no file is named")
	}
	text, err := os.ReadFile(c.SecretFile)
	if err != nil {
		return nil, err
	}
	secret := strings.TrimRight(string(text), "\r\n")
	if len(secret) < leastSecret || strings.ContainsAny(secret, "\r\n") {
		return nil, fmt.Errorf("%s: %d bytes in %d lines", c.SecretFile, len(secret), strings.Count(secret, "\n")+1)
	}
	return []byte(secret), nil
}

// Settings are those of a server of accounting.
func (r *RADIUS) Settings() (radius.Settings, error) {
	s := radius.Settings{Attribute: r.Attribute, Interim: r.Interim, Most: r.Sessions}
	for i := range r.Clients {
		secret, err := r.Clients[i].Secret()
		if err != nil {
			return s, fmt.Errorf("read the secret of %s: %w", r.Clients[i].Network, err)
		}
		s.Clients = append(s.Clients, radius.Client{Network: r.Clients[i].Network, Secret: secret})
	}
	return s, nil
}
