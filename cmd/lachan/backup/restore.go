package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/control"
	"lachan/cmd/lachan/state"
	"lachan/internal/wording"
)

// RestoreCommand is `lachan restore`.
func RestoreCommand(l wording.Language) *cobra.Command {
	var o restoring
	c := &cobra.Command{
		Use: "restore FILE", Short: textRestore.In(l),
		Long: textRestore.In(l) + "\n\n" + textRestoreLong.Paragraphs(l, "\n"),
		Example: `  sudo lachan restore /backup/lachan.age --identity /root/age.key --dry-run
  sudo lachan restore /backup/lachan.age --passphrase-file /root/passphrase --force`,
		Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error { return o.run(c, args[0]) }),
	}
	o.key.flags(c, l)
	c.Flags().BoolVar(&o.dry, "dry-run", false, textFlagDryRun.In(l))
	c.Flags().BoolVar(&o.force, "force", false, textFlagForce.In(l))
	c.Flags().BoolVar(&o.json, "json", false, command.FlagJSON.In(l))
	return command.WithKeys(c, l)
}

// restoring is what `lachan restore` is told.
type restoring struct {
	key              key
	dry, force, json bool
}

func (o *restoring) run(c command.Call, file string) error {
	keys, err := o.key.parse()
	if err != nil {
		return err
	}
	cfg, problems := command.ConfigOrDefaults(c.Command)
	if len(problems) > 0 {
		return problems
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	progress := command.NewProgress(c, textProgressRestore)
	defer progress.End()
	done := int64(0)
	count := func(n int) {
		done += int64(n)
		progress.Show(int(done >> 20))
	}
	if o.dry {
		var d Difference
		m, err := readArchive(f, keys, func(m *Manifest) error { return d.begin(m, cfg.StateDir) },
			func(_ Entry, content io.Reader) error {
				_, err := io.Copy(counting(count), content)
				return err
			})
		if err != nil {
			return err
		}
		progress.End()
		return o.say(c, m, file, "", &d)
	}
	m, before, err := putIn(f, keys, cfg.StateDir, func(m *Manifest) error { return o.may(c, cfg, m) }, count)
	if err != nil {
		return err
	}
	progress.End()
	return o.say(c, m, file, before, nil)
}

// may says why an archive is not put in.
func (o *restoring) may(c command.Call, cfg *config.Config, m *Manifest) error {
	if newer := state.Formats(m.Formats).Newer(state.Current()); len(newer) > 0 {
		return refuse(textNewerFormats, m.Build, strings.Join(newer, ", "))
	}
	if control.NewClient(cfg.StateDir).Running(c.Context()) {
		return refuse(textRuns)
	}
	if empty(cfg.StateDir) || o.force {
		return nil
	}
	if now := lastDecision(cfg.StateDir); now > m.Ledger {
		return refuse(textOlderLedger, m.Ledger, now)
	}
	return refuse(textThere, cfg.StateDir)
}

// empty reports whether there is no state yet.
func empty(dir string) bool {
	entries, err := os.ReadDir(dir)
	return errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0
}

func (o *restoring) say(c command.Call, m *Manifest, file, before string, d *Difference) error {
	if o.json {
		r := resultOf(m, file, before)
		r.Difference = d
		return c.JSON(r)
	}
	made := m.Made.Local().Format("2006-01-02 15:04")
	if err := c.Say(textWhole.With(file, made, m.Build, len(m.Files), mib(m.size()), m.Ledger)); err != nil {
		return err
	}
	if d != nil {
		return c.Say(textDifference.With(d.Added, d.Changed, d.Same, d.Gone, d.LedgerNow, m.Ledger))
	}
	if before != "" {
		c.Note(textBefore.With(before))
	}
	if !m.Secrets {
		c.Note(textNoSecretsIn)
	}
	cfg, _ := command.ConfigOrDefaults(c.Command)
	return c.Say(textRestored.With(cfg.StateDir, filepath.Join(cfg.StateDir, "config")))
}

// A Difference is what putting an archive in would change of a state.
type Difference struct {
	Added     int    `json:"added"`   // files that are in the archive alone
	Changed   int    `json:"changed"` // in both, and not the same
	Same      int    `json:"same"`
	Gone      int    `json:"gone"` // in the state alone
	LedgerNow uint64 `json:"ledger_now"`
}

func (d *Difference) begin(m *Manifest, dir string) error {
	d.LedgerNow = lastDecision(dir)
	names := map[string]bool{}
	for _, e := range m.Files {
		name, of := strings.CutPrefix(e.Name, stateFolder)
		if !of {
			continue
		}
		names[name] = true
		switch sum, size, err := digestOf(filepath.Join(dir, filepath.FromSlash(name))); {
		case errors.Is(err, fs.ErrNotExist):
			d.Added++
		case err != nil:
			return err
		case sum == e.SHA256 && size == e.Size:
			d.Same++
		default:
			d.Changed++
		}
	}
	there, err := state.List(dir)
	for _, name := range there {
		if !names[name] {
			d.Gone++
		}
	}
	return err
}

func digestOf(name string) (sum string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	digest := sha256.New()
	size, err = io.Copy(digest, f)
	return hex.EncodeToString(digest.Sum(nil)), size, errors.Join(err, f.Close())
}
