// Package profile writes what makes devices and forwarders ask this server: an
// Apple configuration profile, commands, and snippets for the files of others.
package device

import (
	"net/netip"
	"strconv"
	"strings"

	"lachan/internal/wording"
)

// A Server is how the devices of a unit reach this server.
type Server struct {
	Unit  string // id: "school" or "school/group"
	Title string // what people call it
	// Addrs are the server's addresses, and Port that of DNS over UDP and TCP.
	Addrs []netip.Addr
	Port  uint16
	// Name is the server's own in the certificate; "" when there is none.
	Name string
	// URL is that of DNS over HTTPS; "" when that is not spoken. URLTells: it has
	// the unit's id, so that it does not matter where a device is.
	URL      string
	URLTells bool
	// Host is whom to connect to for DNS over TLS, and DoTPort the port; "" when
	// that is not spoken. HostTells: as URLTells.
	Host      string
	DoTPort   uint16
	HostTells bool
	// Check is the name that says whether the filter is in use; "" is none.
	Check string
	// Zones are names that forwarders may keep to themselves and this server knows
	// better, such as those of the school's own servers.
	Zones []string
}

// A Kind is what a profile is for.
type Kind string

// The kinds, in the order in which they are told.
const (
	Apple    Kind = "apple"    // a .mobileconfig
	Android  Kind = "android"  // the name for private DNS
	Windows  Kind = "windows"  // PowerShell
	RouterOS Kind = "routeros" // MikroTik's commands
	Dnsmasq  Kind = "dnsmasq"
	Unbound  Kind = "unbound"
	BIND     Kind = "bind"
	OpenWrt  Kind = "openwrt"  // uci commands
	PfSense  Kind = "pfsense"  // its DNS Resolver
	Kresd    Kind = "kresd"    // Knot Resolver
	NFTables Kind = "nftables" // the firewall of a router that runs Linux
)

// Kinds are all there are.
func Kinds() []Kind {
	return []Kind{Apple, Android, Windows, RouterOS, Dnsmasq, Unbound, BIND, OpenWrt, PfSense, Kresd, NFTables}
}

// A Missing is what a kind needs and the server does not have.
type Missing struct{ Text wording.Text }

func (m Missing) Error() string { return m.Text.String() }

// Wording is what the error says.
func (m Missing) Wording() wording.Text { return m.Text }

// Write is the profile of a kind, as text to be kept or run. The error is a
// Missing.
func (s *Server) Write(k Kind) (string, error) {
	switch k {
	case Apple:
		return s.apple()
	case Android:
		return s.android()
	case Windows:
		return s.windows()
	case RouterOS:
		return s.routerOS()
	case PfSense:
		return s.pfSense()
	case Dnsmasq:
		return s.dnsmasq()
	case Unbound:
		return s.unbound()
	case BIND:
		return s.bind()
	case Kresd:
		return s.kresd()
	case NFTables:
		return s.nftables()
	}
	return s.openWrt()
}

// page collects the lines of a snippet whose comments begin with mark.
type page struct {
	strings.Builder
	mark string
}

// snippet begins with what it is for and where it goes.
func (s *Server) snippet(mark string, place wording.Text) *page {
	p := &page{mark: mark}
	title := s.Unit
	if s.Title != "" {
		title = s.Title + " (" + s.Unit + ")"
	}
	p.note(textFor.With(oneLine(title)))
	p.note(place)
	return p
}

// end says how to see that it works. told: the unit's id is in what was written.
func (s *Server) end(p *page, told bool) string {
	if !told {
		p.note(textNetworks)
	}
	if s.Check != "" {
		p.note(textCheck.With(s.Check, s.Unit))
	}
	return p.String()
}

// note is a comment in both languages.
func (p *page) note(t wording.Text) {
	p.line(p.mark + t.VI)
	if t.EN != t.VI {
		p.line(p.mark + t.EN)
	}
}

func (p *page) line(parts ...string) {
	for _, part := range parts {
		p.WriteString(part)
	}
	p.WriteByte('\n')
}

// oneLine keeps a text that people wrote from ending a comment.
func oneLine(text string) string {
	ends := func(c rune) bool { return c < ' ' || c == 0x7F || c == '\u2028' || c == '\u2029' }
	return strings.Join(strings.FieldsFunc(text, ends), " ")
}

// needAddress says that a kind asks by address.
func (s *Server) needAddress() error {
	if len(s.Addrs) == 0 {
		return Missing{textNoAddress}
	}
	return nil
}

// joined are the addresses with something between them.
func (s *Server) joined(quote, between string) string {
	var texts []string
	for _, a := range s.Addrs {
		texts = append(texts, quote+a.String()+quote)
	}
	return strings.Join(texts, between)
}

func port(n uint16) string { return strconv.Itoa(int(n)) }

// android is the name that Android asks by; the last line is the name alone.
func (s *Server) android() (string, error) {
	const privateDNS = 853 // Android knows no other
	if s.Host == "" || s.DoTPort != privateDNS {
		return "", Missing{textNoPrivate}
	}
	p := s.snippet("# ", textAndroid)
	text := s.end(p, s.HostTells)
	return text + s.Host + "\n", nil
}

// windows are the commands of PowerShell, encrypted where the server is.
func (s *Server) windows() (string, error) {
	if err := s.needAddress(); err != nil {
		return "", err
	}
	const plainDNS = 53
	if s.URL == "" && s.Port != plainDNS {
		return "", Missing{textPort.With(s.Port)}
	}
	place := textWindows
	if s.URL == "" {
		place = textWinPlain
	}
	p := s.snippet("# ", place)
	for _, a := range s.Addrs {
		if s.URL != "" {
			p.line("Add-DnsClientDohServerAddress -ServerAddress '", a.String(), "' -DohTemplate '", s.URL, "' -AllowFallbackToUdp $False -AutoUpgrade $True")
		}
	}
	p.line("Get-NetAdapter -Physical | Set-DnsClientServerAddress -ServerAddresses ", s.joined("'", ","))
	p.line("Clear-DnsClientCache")
	for _, a := range s.Addrs {
		if s.URL != "" {
			p.line("# netsh dns add encryption server=", a.String(), " dohtemplate=", s.URL, " autoupgrade=yes udpfallback=no")
		}
	}
	p.note(textUndo)
	p.line("# Get-NetAdapter -Physical | Set-DnsClientServerAddress -ResetServerAddresses")
	return s.end(p, s.URLTells), nil
}
