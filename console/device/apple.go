package device

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"slices"
	"strings"
)

// apple is a configuration profile with encrypted DNS (the payload
// com.apple.dnsSettings.managed): over HTTPS, or else over TLS. Its UUIDs are
// those of the same unit at the same server, so that installing it again takes
// the place of what was there.
func (s *Server) apple() (string, error) {
	var settings []string
	switch {
	case s.URL != "":
		settings = []string{"DNSProtocol", "HTTPS", "ServerURL", s.URL}
	case s.Host != "" && s.DoTPort == 853: // the payload has no place for another
		settings = []string{"DNSProtocol", "TLS", "ServerName", s.Host}
	default:
		return "", Missing{textNoSecure}
	}
	title := "Lá Chắn"
	if s.Title != "" {
		title += " – " + oneLine(s.Title)
	}
	// That of the organization, in the reverse order of labels.
	labels := strings.Split(s.Name, ".")
	slices.Reverse(labels)
	id := strings.Join(labels, ".") + ".lachan." + strings.ReplaceAll(s.Unit, "/", ".")

	var d plist
	d.open("dict")
	d.strings("PayloadType", "Configuration", "PayloadIdentifier", id, "PayloadUUID", s.uuid("profile"),
		"PayloadDisplayName", title, "PayloadDescription", textAbout.VI+"\n"+textAbout.EN, "PayloadScope", "System")
	d.version()
	d.key("PayloadContent")
	d.open("array")
	d.open("dict")
	d.strings("PayloadType", "com.apple.dnsSettings.managed", "PayloadIdentifier", id+".dns", "PayloadUUID", s.uuid("dns"),
		"PayloadDisplayName", title)
	d.version()
	d.key("DNSSettings")
	d.open("dict")
	d.strings(settings...)
	if len(s.Addrs) > 0 {
		d.key("ServerAddresses")
		d.open("array")
		for _, a := range s.Addrs {
			d.element("string", a.String())
		}
		d.close("array")
	}
	d.close("dict")
	d.close("dict")
	d.close("array")
	d.close("dict")
	return plistHead + d.String() + "</plist>\n", nil
}

// uuid is one of version 8 (RFC 9562 section 5.8) that the unit's secret in the
// URL or the host leads to, and nobody from it to that.
func (s *Server) uuid(role string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"lachan profile", role, s.Unit, s.Name, s.URL, s.Host}, "\x00")))
	sum[6] = sum[6]&0x0F | 0x80
	sum[8] = sum[8]&0x3F | 0x80
	h := strings.ToUpper(hex.EncodeToString(sum[:16]))
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

const plistHead = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`

// A plist is a property list under way.
type plist struct {
	strings.Builder
	depth int
}

func (d *plist) open(kind string) {
	d.line("<" + kind + ">")
	d.depth++
}

func (d *plist) close(kind string) {
	d.depth--
	d.line("</" + kind + ">")
}

func (d *plist) key(name string) { d.element("key", name) }

// strings are keys, each with its value behind it.
func (d *plist) strings(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		d.key(pairs[i])
		d.element("string", pairs[i+1])
	}
}

func (d *plist) version() {
	d.key("PayloadVersion")
	d.element("integer", "1")
}

func (d *plist) element(kind, text string) {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	d.line("<" + kind + ">" + b.String() + "</" + kind + ">")
}

func (d *plist) line(text string) {
	d.WriteString(strings.Repeat("\t", d.depth) + text + "\n")
}
