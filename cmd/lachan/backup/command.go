package backup

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/state"
	"lachan/internal/durable"
	"lachan/internal/wording"
)

// Command is `lachan backup`.
func Command(l wording.Language, version string) *cobra.Command {
	var how lock
	var asJSON bool
	c := &cobra.Command{
		Use: "backup FILE", Short: textBackup.In(l),
		Long: textBackup.In(l) + "\n\n" + textBackupLong.Paragraphs(l, "\n"),
		Example: `  sudo lachan backup /backup/lachan.age --age age1...
  sudo lachan backup /backup/lachan.age --passphrase-file /root/passphrase
  sudo lachan backup /backup/lachan.tar.zst --without-secrets`,
		Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error {
			recipients, err := how.parse()
			if err != nil {
				return err
			}
			cfg, problems := command.Config(c.Command)
			if len(problems) > 0 {
				return problems
			}
			if os.Geteuid() != 0 { // root reads what it needs, and writes where the server may not
				if err := command.AsServer(cfg); err != nil {
					return err
				}
			}
			m, size, err := write(c, cfg, version, args[0], recipients)
			if err != nil {
				return err
			}
			if asJSON {
				return c.JSON(resultOf(m, args[0], ""))
			}
			err = c.Say(textWritten.With(args[0], len(m.Files), mib(m.size()), mib(size), m.Ledger))
			if err != nil || m.Secrets {
				return err
			}
			c.Note(textNoSecrets)
			return nil
		}),
	}
	how.flags(c, l)
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return command.WithKeys(c, l)
}

func mib(n int64) int64 { return (n + 1<<20 - 1) >> 20 }

// A result is what backup and restore print with --json.
type result struct {
	File    string    `json:"file"`
	Made    time.Time `json:"made"`
	Build   string    `json:"build"`
	Node    string    `json:"node"`
	Secrets bool      `json:"secrets"`
	Ledger  uint64    `json:"ledger"`
	Files   int       `json:"files"`
	Bytes   int64     `json:"bytes"`
	Before  string    `json:"before,omitempty"` // where the state is that was there
	*Difference
}

func resultOf(m *Manifest, file, before string) result {
	return result{file, m.Made, m.Build, m.Node, m.Secrets, m.Ledger, len(m.Files), m.size(), before, nil}
}

// write makes the file of a backup, whole or not at all.
func write(c command.Call, cfg *config.Config, version, file string, recipients []age.Recipient) (
	m *Manifest, size int64, err error,
) {
	held, files, release, err := state.Freeze(cfg.StateDir)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, release()) }()
	m = &Manifest{
		Format: formatName, Version: formatVersion, Made: time.Now().UTC(), Build: version, Node: cfg.NodeName(),
		Formats: state.Current(), Secrets: len(recipients) > 0, Ledger: lastDecision(held),
	}
	var sources []source
	for _, f := range files {
		if m.Secrets || !state.Secret(f.Name) {
			at := filepath.Join(held, filepath.FromSlash(f.Name))
			sources = append(sources, source{stateFolder + f.Name, at, f.Size})
		}
	}
	written, err := configSources(cfg.File(), cfg.Policy)
	if err != nil {
		return nil, 0, err
	}
	sources = append(sources, written...)
	progress := command.NewProgress(c, textProgress)
	defer progress.End()
	done := int64(0)
	count := func(n int) {
		done += int64(n)
		progress.Show(int(done >> 20))
	}
	if err := describe(m, sources, count); err != nil {
		return nil, 0, err
	}
	done = 0
	out, err := durable.Create(filepath.Dir(file))
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := writeArchive(out, m, sources, recipients, count); err != nil {
		return nil, 0, err
	}
	info, err := out.Stat()
	if err != nil {
		return nil, 0, err
	}
	return m, info.Size(), out.Commit(file)
}

// lastDecision is the number of the last decision of a state, 0 if there is none.
func lastDecision(dir string) uint64 {
	var head struct {
		Seq uint64 `json:"seq"`
	}
	text, err := os.ReadFile(filepath.Join(dir, "ledger", "head"))
	if err != nil || json.Unmarshal(text, &head) != nil {
		return 0
	}
	return head.Seq
}
