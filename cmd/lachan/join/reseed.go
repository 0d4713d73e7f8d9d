package join

import (
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/admin/ledger"
	"lachan/admin/ledger/finding"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/control"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/fleet"
	"lachan/internal/wording"
)

// reseeding are the flags of reseed.
type reseeding struct {
	from         []string
	sure, dryRun bool
}

// reseedCommand is `lachan fleet reseed`.
func reseedCommand(l wording.Language) *cobra.Command {
	var o reseeding
	c := &cobra.Command{
		Use: "reseed", Short: textReseed.In(l), Long: textReseed.In(l) + "\n\n" + textReseedLong.Paragraphs(l, "\n"),
		Example: `  lachan fleet reseed --yes
  lachan fleet reseed --from /root/copies --dry-run
  lachan fleet reseed --from /root/copies --from /root/hub-2/ledger --yes`,
		Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error { return o.run(c) }),
	}
	c.Flags().StringArrayVar(&o.from, "from", nil, textReseedFrom.In(l))
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, textReseedDry.In(l))
	c.Flags().BoolVar(&o.sure, "yes", false, textReseedYes.In(l))
	return command.WithKeys(c, l)
}

// run rebuilds the streams of nodes from the ledger, which is joined with the copies first if
// any are named.
func (o *reseeding) run(c command.Call) error {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return problems
	}
	folders, err := ledger.Folders(o.from...) // this user may read what the user of the server may not
	if err != nil {
		return err
	}
	if len(o.from) > 0 && len(folders) == 0 {
		return command.Fail(textReseedNone.With(strings.Join(o.from, ", ")))
	}
	if err := command.AsServer(cfg); err != nil {
		return err
	}
	_, trust, _, err := nodes.ReadTrust(config.FleetDir(cfg))
	if err != nil {
		return err
	}
	if len(folders) > 0 || len(cfg.Fleet.Hubs) > 0 {
		return o.together(c, cfg, trust, folders)
	}
	switch {
	case o.dryRun:
		return c.Say(textReseedWould)
	case !o.sure:
		return command.Fail(textReseedSure)
	}
	if err := nodes.Reseed(config.FleetDir(cfg), time.Now()); err != nil {
		return config.StateError(cfg, err)
	}
	return c.Say(textReseeded)
}

// together puts the ledger of this hub together of what it has and what copies have.
func (o *reseeding) together(c command.Call, cfg *config.Config, trust fleet.Trust, folders []string) error {
	own, err := ownKey(cfg, trust)
	if err != nil {
		return err
	}
	if !o.dryRun && control.NewClient(cfg.StateDir).Running(c.Context()) {
		return command.Fail(textReseedRuns)
	}
	newest, used, err := newestOf(c, cfg, folders)
	if err != nil {
		return err
	}
	g, damaged, err := ledger.Gather(config.LedgerDir(cfg), trust.Writers(), used...)
	if bad := (*ledger.Bad)(nil); errors.As(err, &bad) {
		return command.Fail(textReseedBad.With(bad.File, bad.Line, bad.Seq, finding.Text(err)))
	}
	if err != nil {
		return err
	}
	if err := say(c, cfg, g, damaged); err != nil {
		return err
	}
	// Nodes go on by what they have for as long as its records are signed by the same key.
	anew := g.Chained > 0 || len(folders) == 0 || len(cfg.Fleet.Hubs) == 0 && !g.Signed(own)
	switch {
	case g.Complete(config.LedgerDir(cfg)) && !anew:
		return c.Say(textReseedNothing)
	case o.dryRun:
		return c.Say(textReseedCould.With(g.Whole+uint64(g.Chained), g.At.Format("02/01/2006 15:04:05")))
	case !o.sure:
		return command.Fail(textReseedSureOf)
	}
	var last func(records int) ledger.Draft
	if anew {
		last = func(records int) ledger.Draft { return nodes.Reseeded(newest, records, time.Now()) }
	}
	before, err := place(cfg, g, last)
	if err != nil {
		return config.StateError(cfg, err)
	}
	return c.Say(textReseedDone.With(g.Whole+uint64(g.Chained), g.At.Format("02/01/2006 15:04:05"), before))
}

// ownKey is the key of this hub, which the root key has to name.
func ownKey(cfg *config.Config, trust fleet.Trust) (own ed25519.PublicKey, err error) {
	if _, err = os.Stat(filepath.Join(config.LedgerDir(cfg), "key")); err == nil {
		own, err = ledger.PublicKey(config.LedgerDir(cfg))
	}
	if errors.Is(err, fs.ErrNotExist) || err == nil && !trust.Has(own, time.Now()) {
		return nil, command.Fail(textReseedInit)
	}
	return own, err
}

// streamFolder is what the folder of a chain is called.
var streamFolder = regexp.MustCompile(`^` + fleet.StreamNames + `([a-z0-9-]+?)(?:_g([0-9]{1,9}))?$`)

// generationOf is the generation of the chain in a folder; ok is false if it is a whole ledger.
func generationOf(dir string) (n int, chain bool) {
	parts := streamFolder.FindStringSubmatch(filepath.Base(dir))
	if parts == nil {
		return 0, false
	}
	if n, err := strconv.Atoi(parts[2]); err == nil {
		return n, true
	}
	return 1, true
}

// newestOf returns the folders without the chains of former generations, which are of another
// history than the streams that were begun since, and the newest generation.
func newestOf(c command.Call, cfg *config.Config, folders []string) (newest int, of []string, err error) {
	whole := []string{config.LedgerDir(cfg)}
	for _, dir := range folders {
		if _, chain := generationOf(dir); !chain {
			whole = append(whole, dir)
		}
	}
	if newest, err = nodes.NewestOf(config.FleetDir(cfg), whole...); err != nil {
		return 0, nil, err
	}
	for _, dir := range folders {
		n, _ := generationOf(dir)
		newest = max(newest, n)
	}
	for _, dir := range folders {
		if n, chain := generationOf(dir); chain && n < newest {
			c.Note(textReseedFormer.With(dir))
			continue
		}
		of = append(of, dir)
	}
	return newest, of, nil
}

// say says what each copy has, and what none has.
func say(c command.Call, cfg *config.Config, g *ledger.Gathered, damaged *ledger.Bad) error {
	if damaged != nil {
		c.Note(textReseedDamaged.With(damaged.File, damaged.Line, damaged.Seq))
	}
	missing := append([]string{fleet.Root}, cfg.Fleet.Areas...)
	for i := range g.Copies {
		is := &g.Copies[i]
		what := textReseedWhole
		if is.Chain {
			what = textReseedChain
			if parts := streamFolder.FindStringSubmatch(is.Name); parts != nil {
				missing = slices.DeleteFunc(missing, func(area string) bool { return area == parts[1] })
			}
		} else if is.Last == g.Whole && g.Chained == 0 {
			missing = nil
		}
		if err := c.Say(what.With(is.Dir, is.Last, is.At.Format("02/01/2006 15:04:05"))); err != nil {
			return err
		}
		if is.Torn > 0 {
			c.Note(textReseedTorn.With(is.Dir, is.Torn))
		}
	}
	if g.Chained > 0 {
		if err := c.Say(textReseedExtra.With(g.Chained)); err != nil {
			return err
		}
		if len(missing) > 0 {
			c.Note(textReseedMissing.With(strings.Join(missing, ", ")))
		}
	}
	return nil
}

// place makes the ledger and puts it in place; before is where the one is that was there.
func place(cfg *config.Config, g *ledger.Gathered, last func(records int) ledger.Draft) (before string, err error) {
	dir := config.LedgerDir(cfg)
	fresh, err := os.MkdirTemp(cfg.StateDir, "ledger.reseed-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(fresh) }() // unless it is the ledger now
	if _, err := g.Rebuild(fresh, dir, last); err != nil {
		return "", err
	}
	report, err := ledger.Verify(fresh)
	if err == nil && report.Bad != nil {
		err = report.Bad
	}
	if err != nil {
		return "", err
	}
	before = dir + ".before-" + time.Now().Format("20060102-150405")
	return before, ledger.Replace(dir, fresh, before)
}
