package offline

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/explain"
	"lachan/console/device"
	"lachan/internal/wording"
	"lachan/policy"
)

// ProfileCommand is `lachan profile`.
func ProfileCommand(l wording.Language) *cobra.Command {
	var o profileOptions
	var kinds []string
	for _, k := range device.Kinds() {
		kinds = append(kinds, string(k))
	}
	all := strings.Join(kinds, ", ")
	c := &cobra.Command{
		Use:   "profile --unit ID",
		Short: textProfile.In(l),
		Long:  textProfile.In(l) + "\n\n" + textProfileLong.Paragraphs(l, "\n"),
		Example: `  lachan profile --unit th-kim-dong
  lachan profile --unit th-kim-dong/giao-vien --for apple --out giao-vien.mobileconfig
  lachan profile --unit th-kim-dong --for openwrt --address 192.0.2.53 | ssh root@192.168.1.1 sh`,
		Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error {
			switch {
			case o.unit == "":
				return command.Usage(c.Command, textProfileNoUnit)
			case o.kind != "" && !slices.Contains(kinds, o.kind):
				return command.Usage(c.Command, textProfileKind.With(o.kind, all))
			case o.kind == "" && o.out != "":
				return command.Usage(c.Command, textProfileOneFile)
			}
			return writeProfile(c, &o)
		}),
	}
	c.Flags().StringVar(&o.unit, "unit", "", textProfileUnit.In(l))
	c.Flags().StringVar(&o.kind, "for", "", textProfileFor.With(all).In(l))
	c.Flags().StringArrayVar(&o.addresses, "address", nil, textProfileAddress.In(l))
	c.Flags().StringVar(&o.out, "out", "", textProfileOut.In(l))
	return command.WithKeys(c, l)
}

type profileOptions struct {
	unit, kind, out string
	addresses       []string
}

// writeProfile prints what is for one kind of device, or for each.
func writeProfile(c command.Call, o *profileOptions) error {
	off, _, err := Open(c)
	if err != nil {
		return err
	}
	id, known := policy.UnitNamed(off.Policy, o.unit)
	if !known {
		return command.Fail(explain.NoUnit(off.Policy, o.unit))
	}
	g, _ := off.Policy.GroupOf(id)
	o.unit = id
	var addrs []netip.Addr
	for _, text := range o.addresses {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return command.Usage(c.Command, explain.NotAnAddress.With(text))
		}
		addrs = append(addrs, a)
	}
	server, notes := profileServer(off.Config, off.Policy, g, o.unit, addrs)
	if server.HostTells && o.kind != string(device.Apple) && policy.OpensMore(off.Policy, g, time.Now()) {
		notes = append(notes, textProfileOnAir.With(o.unit))
	}
	for _, n := range notes {
		fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", textNote.In(c.Lang), n.In(c.Lang))
	}
	if o.kind == "" {
		return writeProfiles(c, server)
	}
	text, err := server.Write(device.Kind(o.kind))
	if err != nil {
		return err
	}
	if o.out == "" {
		_, err := fmt.Fprint(c.Raw(), text)
		return err
	}
	if err := command.WriteOut(o.out, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	if id := off.Policy.Link(g); id != "" && strings.Contains(text, id) {
		c.Note(textProfileSecret.With(o.out))
		return nil
	}
	c.Note(textProfileWritten.With(o.out))
	return nil
}

// writeProfiles prints what is for each kind, or why there is none.
func writeProfiles(c command.Call, server *device.Server) error {
	out := c.Raw()
	for _, k := range device.Kinds() {
		text, err := server.Write(k)
		var missing device.Missing
		switch {
		case errors.As(err, &missing):
			text = missing.Text.In(c.Lang) + "\n"
		case err != nil:
			return err
		case k == device.Apple:
			text = textProfileApple.With(server.Unit).In(c.Lang) + "\n"
		}
		if _, err := fmt.Fprintf(out, "== %s\n%s\n", k, text); err != nil {
			return err
		}
	}
	return nil
}

// profileServer is how the devices of a unit reach the server of a
// configuration, at the given addresses or else its own. The notes are what the
// operator may want to mend.
func profileServer(
	cfg *config.Config, p *policy.Policy, g policy.GroupID, unit string, addrs []netip.Addr,
) (s *device.Server, notes []wording.Text) {
	own, port := listenAddresses(cfg.Server.Listen)
	if addrs == nil {
		addrs = own
	}
	s = &device.Server{Unit: unit, Title: titleOf(p, g), Addrs: addrs, Port: port, Check: cfg.Server.CheckName}
	s.Zones = slices.Sorted(maps.Keys(cfg.Upstream.Zones))
	if s.Name = nameForDevices(cfg); s.Name == "" || len(cfg.Server.DoH)+len(cfg.Server.DoT) == 0 {
		return s, nil
	}
	id := p.Link(g)
	switch {
	case id == "" && cfg.Server.TLS.UnitIDs && p.Group(g).Kind == policy.School:
		id, notes = unit, append(notes, textProfileGuessable)
	case id == "":
		notes = append(notes, textProfileUnseen)
	}
	if len(cfg.Server.DoH) > 0 {
		u := url.URL{Scheme: "https", Host: s.Name, Path: cfg.Server.DoHPath}
		if port := cfg.Server.DoH[0].Port(); port != 443 {
			u.Host += fmt.Sprintf(":%d", port)
		}
		if id != "" {
			u.Path, s.URLTells = u.Path+"/"+id, true
		}
		s.URL = u.String()
	}
	if len(cfg.Server.DoT) > 0 {
		s.Host, s.DoTPort = s.Name, cfg.Server.DoT[0].Port()
		if id != "" && !strings.ContainsAny(id, "/._") && cfg.ServerName() != "" {
			if below := id + "." + s.Name; covers(cfg, below) {
				s.Host, s.HostTells = below, true
			} else {
				notes = append(notes, textProfileUncovered.With(s.Name))
			}
		}
	}
	return s, notes
}

// titleOf is what people call a unit: its own name, and that of its school.
func titleOf(p *policy.Policy, g policy.GroupID) string {
	_, school := policy.UnitOf(p, g)
	if own := p.Group(g).Name; own != school && own != "" && school != "" {
		return own + ", " + school
	} else if school == "" {
		return own
	}
	return school
}

// listenAddresses are the addresses of doors that devices can be told: none
// that stands for all, and those of this machine alone only where there are no
// others.
func listenAddresses(listen []netip.AddrPort) (addrs []netip.Addr, port uint16) {
	var loopback []netip.Addr
	for _, l := range listen {
		port = cmp.Or(port, l.Port())
		switch a := l.Addr(); {
		case a.IsUnspecified() || l.Port() != port:
		case a.IsLoopback():
			loopback = append(loopback, a)
		default:
			addrs = append(addrs, a)
		}
	}
	if addrs == nil {
		addrs = loopback
	}
	return addrs, port
}

// nameForDevices is the server's name in its certificate: the one of the
// configuration, or else the first that is in it.
func nameForDevices(cfg *config.Config) string {
	if name := cfg.ServerName(); name != "" {
		return name
	}
	if leaf := leafOf(cfg); leaf != nil {
		for _, name := range leaf.DNSNames {
			if !strings.HasPrefix(name, "*.") {
				return strings.ToLower(name)
			}
		}
	}
	return ""
}

// covers reports whether the certificate is good for a name.
func covers(cfg *config.Config, name string) bool {
	leaf := leafOf(cfg)
	return leaf != nil && leaf.VerifyHostname(name) == nil
}

// leafOf is the certificate of the encrypted doors; nil when there is none.
func leafOf(cfg *config.Config) *x509.Certificate {
	pair, err := tls.LoadX509KeyPair(cfg.Server.TLS.Cert, cfg.Server.TLS.Key)
	if err != nil {
		return nil
	}
	return pair.Leaf
}
