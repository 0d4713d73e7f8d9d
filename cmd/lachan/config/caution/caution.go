// Package caution is what `lachan check` warns of in a configuration that works:
// secrets that others on the machine can read, lists that anybody on the way can
// change, and addresses to listen at that the machine has not got.
package caution

import (
	"net/netip"
	"net/url"
	"os"
	"strings"

	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// Of is what is to be said of a configuration; policyFiles are those of the
// policy that hold secrets.
func Of(c *config.Config, policyFiles []string) (notes yamlfile.Problems) {
	for _, s := range secrets(c) {
		if s.file != "" && readableByOthers(s.file) {
			notes = append(notes, c.Wrong(s.key, textReadable.With(s.file, s.file, s.file)))
		}
	}
	for _, file := range policyFiles {
		if readableByOthers(file) {
			notes.Add(file, 0, textReadable.With(file, file, file))
		}
	}
	notes = append(notes, absent(c)...)
	if OpenToOthers(c.StateDir) {
		notes = append(notes, c.Wrong("state_dir", TextStateDir.With(c.StateDir, c.StateDir)))
	}
	if n := len(c.Feeds); c.Fleet.Listen.IsValid() && n > config.MostCarried {
		first := c.Feeds[config.MostCarried].Name
		notes = append(notes, c.Wrong("fleet.listen", config.TextManyLists.With(n, config.MostCarried, first)))
	}
	if plain(c.Fleet.URL) {
		notes = append(notes, c.Wrong("fleet.url", textPlainCluster))
	}
	for i := range c.Feeds {
		if f := &c.Feeds[i]; f.Action == config.Block && ofAuthority[f.Category] && !f.Marked() {
			notes = append(notes, c.Wrong(config.Item("feeds", i)+".category", textUnmarked.With(f.Name, f.Category)))
		}
		if text := ofFeed(&c.Feeds[i]); text != (wording.Text{}) {
			notes = append(notes, c.Wrong(config.Item("feeds", i)+".url", text))
		} else if redirects(&c.Feeds[i]) {
			notes = append(notes, c.Wrong(config.Item("feeds", i), textRedirects.With(c.Feeds[i].Name)))
		}
	}
	notes.Sort()
	return notes
}

// plain reports whether what goes to a cluster can be read and changed on the way.
func plain(cluster string) bool {
	for text := range strings.SplitSeq(cluster, ",") {
		u, err := url.Parse(strings.TrimSpace(text))
		if err != nil || u.Scheme != "nats" {
			continue
		}
		if at, err := netip.ParseAddr(u.Hostname()); err != nil && u.Hostname() != "localhost" || err == nil && !at.IsLoopback() {
			return true
		}
	}
	return false
}

// ofAuthority are the categories that reports name as an order or as abuse of children.
var ofAuthority = map[string]bool{"csam": true, "authority-order": true}

// A secret is a file that holds one, and the key that names it.
type secret struct{ key, file string }

func secrets(c *config.Config) []secret {
	s := &c.Server
	list := []secret{
		{"http.token_file", c.HTTP.TokenFile},
		{"console.oidc.secret_file", c.Console.OIDC.SecretFile},
		{"console.key", c.Console.Key},
		{"console.mail.password_file", c.Console.Mail.PasswordFile},
		{"server.tls.key", s.TLS.Key},
		{"server.tls.ticket_keys", s.TLS.TicketKeys},
		{"server.cookies.secret_file", s.Cookies.SecretFile},
		{"server.page.key", s.Page.Key},
	}
	for i := range c.RADIUS.Clients {
		list = append(list, secret{config.Item("radius.clients", i) + ".secret_file", c.RADIUS.Clients[i].SecretFile})
	}
	for i := range s.RPZOut.Zones {
		list = append(list, secret{
			config.Item("server.rpz_out.zones", i) + ".tsig.secret_file", s.RPZOut.Zones[i].TSIG.SecretFile,
		})
	}
	addresses := map[string]string{"metrics.query_url": c.Metrics.QueryURL, "metrics.write_url": c.Metrics.WriteURL}
	for i := range c.Feeds {
		at := config.Item("feeds", i)
		list = append(list, secret{at + ".tsig.secret_file", c.Feeds[i].TSIG.SecretFile})
		addresses[at+".url"] = c.Feeds[i].URL
	}
	for key, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.User != nil {
			list = append(list, secret{key, c.File()})
		}
	}
	return list
}

// readableByOthers reports whether a file can be read by users who are neither
// its owner nor of its group.
func readableByOthers(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0
}

// OpenToOthers reports whether users who are neither the owner of a folder nor of
// its group can look into it.
func OpenToOthers(folder string) bool {
	info, err := os.Stat(folder)
	return err == nil && info.IsDir() && info.Mode().Perm()&0o007 != 0
}

// redirects reports whether a feed is a response policy zone or a list that answers as
// it likes, of a publisher that the configuration does not mark and shares no key with.
func redirects(f *config.Feed) bool {
	marked := f.Trusted || f.LockedBy != "" || f.Authority.Name != "" || len(f.Verify.Minisign) > 0 ||
		f.TSIG.Name != ""
	_, _, remote := strings.Cut(f.URL, "://")
	return f.Answers() && f.RPZ.Policy == "given" && remote && !marked && !isHere(f.URL)
}

// ofFeed is what is to be said of the way that a feed comes; zero if nothing.
func ofFeed(f *config.Feed) wording.Text {
	ordered := f.LockedBy != "" || f.Authority.Name != ""
	switch scheme, _, _ := strings.Cut(f.URL, "://"); scheme {
	case "http":
		if len(f.Verify.Minisign) > 0 || strings.HasPrefix(f.Verify.SHA256URL, "https://") || isHere(f.URL) {
			return wording.Text{}
		}
		if ordered {
			return textHTTPLocked.With(f.Name)
		}
		return textHTTP.With(f.Name)
	case "axfr":
		if f.TSIG.Name != "" || isHere(f.URL) {
			return wording.Text{}
		}
		if ordered {
			return textTransferLocked.With(f.Name)
		}
		return textTransfer.With(f.Name)
	case "https":
		if ordered && len(f.Verify.Minisign) == 0 && hostOf(f.Verify.SHA256URL) == hostOf(f.URL) {
			return textSameHost.With(f.Name, hostOf(f.URL))
		}
	}
	return wording.Text{}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// isHere reports whether an address is of this machine, to which there is no way
// for others to be on.
func isHere(address string) bool {
	host := hostOf(address)
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}
