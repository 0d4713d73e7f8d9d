// Package join holds the commands by which machines become a fleet: one is made its hub,
// others join it, or leave it again.
package join

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"aead.dev/minisign"
	"github.com/spf13/cobra"

	"lachan/admin/ledger"
	"lachan/blocklist/publish"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/fleet"
	"lachan/internal/wording"
)

// FleetCommand is `lachan fleet`.
func FleetCommand(l wording.Language) *cobra.Command {
	c := &cobra.Command{
		Use: "fleet", Short: textFleet.In(l), Long: textFleet.In(l) + "\n\n" + textFleetLong.Paragraphs(l, "\n"),
		Args: command.NoArguments, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(initCommand(l), clusterCommand(l), copyCommand(l), reseedCommand(l))
	return c
}

// certified is how long the root key says that a machine is a hub.
const certified = 90 * 24 * time.Hour

// options are the flags of init.
type options struct{ root, passwordFile, revoke, trust string }

func initCommand(l wording.Language) *cobra.Command {
	var o options
	c := &cobra.Command{
		Use: "init", Short: textInit.In(l), Long: textInit.In(l) + "\n\n" + textInitLong.Paragraphs(l, "\n"),
		Example: `  lachan fleet init --root lachan-root.key
  lachan fleet init --root /media/usb/lachan-root.key --password-file mat-khau.txt`,
		Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error { return o.run(c) }),
	}
	c.Flags().StringVar(&o.root, "root", "lachan-root.key", textRootFlag.In(l))
	c.Flags().StringVar(&o.passwordFile, "password-file", "", textPasswordFlag.In(l))
	c.Flags().StringVar(&o.revoke, "revoke", "", textRevokeFlag.In(l))
	c.Flags().StringVar(&o.trust, "trust", "", textTrustFlag.In(l))
	return command.WithKeys(c, l)
}

// run has the root key say that this machine is a hub.
func (o *options) run(c command.Call) error {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return problems
	}
	if err := o.sameRoot(config.FleetDir(cfg)); err != nil {
		return err
	}
	root, made, err := o.key()
	if err != nil {
		return err
	}
	if err := command.AsServer(cfg); err != nil {
		return err
	}
	key, err := ledger.PublicKey(config.LedgerDir(cfg))
	if err != nil {
		return config.StateError(cfg, err)
	}
	public, ok := root.Public().(minisign.PublicKey)
	if !ok {
		return errors.New("the root key has no public half")
	}
	trust, err := before(config.FleetDir(cfg), fleet.Fingerprint(public))
	if err == nil {
		trust, err = o.newer(trust, fleet.Fingerprint(public))
	}
	if err != nil {
		return err
	}
	until := time.Now().Add(certified)
	is := fleet.HubKey{
		Name: nodes.Name(cfg), Key: fleet.PublicKey(key), Address: address(cfg),
		Until: until.UTC().Truncate(time.Second),
	}
	if err := o.name(&trust, is); err != nil {
		return err
	}
	text, signature, err := trust.Signed(root)
	if err != nil {
		return err
	}
	signed := fleet.SignedTrust{Root: public.String(), Text: string(text), Signature: string(signature)}
	if err := nodes.WriteTrust(config.FleetDir(cfg), signed); err != nil {
		return config.StateError(cfg, err)
	}
	if o.trust != "" {
		if err := nodes.WriteTrustFile(o.trust, signed); err != nil {
			return err
		}
	}
	if made {
		c.Note(textRootMade.With(o.root))
	}
	if !cfg.Fleet.Listen.IsValid() {
		c.Note(textSetListen.With(cfg.File()))
	}
	return c.Say(textHub.With(until.Format("02/01/2006"), fleet.Fingerprint(public)))
}

// address is how nodes reach this hub, if the configuration says so.
func address(cfg *config.Config) string {
	if len(cfg.Fleet.Hubs) > 0 {
		return cfg.Fleet.Reached()
	}
	return cfg.Fleet.Address
}

// sameRoot refuses to make a root key where the fleet has one already.
func (o *options) sameRoot(dir string) error {
	_, there := os.Stat(o.root)
	if _, _, known, err := nodes.ReadTrust(dir); err == nil && errors.Is(there, fs.ErrNotExist) {
		return command.Fail(textRootElsewhere.With(o.root, known))
	}
	return nil
}

// key is the root key, which is made if there is none.
func (o *options) key() (key minisign.PrivateKey, made bool, err error) {
	password, err := o.password()
	if err != nil {
		return key, false, err
	}
	if _, err := os.Stat(o.root); errors.Is(err, fs.ErrNotExist) {
		if _, err := publish.NewKey(o.root, password); err != nil {
			return key, false, err
		}
		made = true
	}
	key, err = publish.ReadKey(o.root, password)
	if errors.Is(err, publish.ErrPassword) {
		return key, made, command.Fail(textPassword.With(o.root))
	}
	return key, made, err
}

func (o *options) password() (string, error) {
	if o.passwordFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(o.passwordFile)
	return strings.TrimRight(string(text), "\r\n"), err
}

// before is what the root key said last, or nothing. Another root key is another fleet.
func before(dir, fingerprint string) (t fleet.Trust, err error) {
	_, t, known, err := nodes.ReadTrust(dir)
	if word := (interface{ Wording() wording.Text })(nil); errors.As(err, &word) && word.Wording() == nodes.ErrNoTrust {
		return t, nil
	}
	if err == nil && known != fingerprint {
		return t, command.Fail(textOtherRoot.With(known, fingerprint))
	}
	return t, err
}

// newer is what the root key said last, here or in the file that goes from hub to hub.
func (o *options) newer(t fleet.Trust, fingerprint string) (fleet.Trust, error) {
	if o.trust == "" {
		return t, nil
	}
	_, is, known, err := nodes.ReadTrustFile(o.trust)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return t, nil
	case err == nil && known != fingerprint:
		return t, command.Fail(textOtherRoot.With(known, fingerprint))
	case err == nil && is.Serial > t.Serial:
		return is, nil
	}
	return t, err
}

// name has a Trust name this hub, and revoke another.
func (o *options) name(t *fleet.Trust, is fleet.HubKey) error {
	t.Serial, t.At = t.Serial+1, time.Now().UTC().Truncate(time.Second)
	if o.revoke != "" {
		at, err := o.revoked(t, is)
		if err != nil {
			return err
		}
		t.Hubs[at].Revoked = true
	}
	at := slices.IndexFunc(t.Hubs, func(h fleet.HubKey) bool { return h.Key.Equal(is.Key) })
	if at < 0 {
		t.Hubs = append(t.Hubs, is)
		return nil
	}
	is.Revoked = t.Hubs[at].Revoked
	t.Hubs[at] = is
	return nil
}

// revoked is the hub that is to be trusted no more, by its name or by its key.
func (o *options) revoked(t *fleet.Trust, is fleet.HubKey) (at int, err error) {
	var found []int
	var keys []string
	for i, h := range t.Hubs {
		key, _ := h.Key.MarshalText() // every key has one
		if (h.Name == o.revoke || string(key) == o.revoke) && !h.Key.Equal(is.Key) && !h.Revoked {
			found, keys = append(found, i), append(keys, string(key)+" "+h.Address)
		}
	}
	switch len(found) {
	case 0:
		return 0, command.Fail(textNoSuchHub.With(o.revoke))
	case 1:
		return found[0], nil
	}
	return 0, command.Fail(textWhichHub.With(o.revoke, strings.Join(keys, ", ")))
}
