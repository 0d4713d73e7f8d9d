package join

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/manage/member"
	"lachan/cmd/lachan/manage/nodes"
	"lachan/internal/wording"
)

// copyCommand is `lachan fleet copy`.
func copyCommand(l wording.Language) *cobra.Command {
	c := &cobra.Command{
		Use: "copy " + textFolder.In(l), Short: textCopy.In(l), Long: textCopy.In(l) + "\n\n" + textCopyLong.Paragraphs(l, "\n"),
		Example: "  lachan fleet copy /root/copies", Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error { return copyOut(c, args[0]) }),
	}
	return command.WithKeys(c, l)
}

// copyOut writes what this node has of its hub's ledger into a folder of its name.
func copyOut(c command.Call, dir string) error {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return problems
	}
	is, joined, err := member.Read(config.FleetDir(cfg))
	if err == nil && !joined {
		return command.Fail(textNotJoined)
	}
	if err != nil {
		return err
	}
	to := filepath.Join(dir, is.Node)
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return command.Fail(textCopyThere.With(to))
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, s := range is.Streams {
		last, err := ledger.CopyOut(filepath.Join(config.FleetDir(cfg), s.Name()), filepath.Join(to, s.Name()))
		if err == nil {
			err = c.Say(textCopied.With(filepath.Join(to, s.Name()), last.Seq))
		}
		if err != nil {
			return err
		}
	}
	return nodes.WriteTrustFile(filepath.Join(to, "trust.json"), is.Trust)
}
