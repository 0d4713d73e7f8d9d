package backup

import (
	"context"
	"encoding/json"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/state"
	"lachan/internal/wording"
)

// askTime is how long a program may take to say its version.
const askTime = 10 * time.Second

// DowngradeCommand is `lachan downgrade-check`.
func DowngradeCommand(l wording.Language) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "downgrade-check PROGRAM", Short: textDowngrade.In(l),
		Long:    textDowngrade.In(l) + "\n\n" + textDowngradeLong.Paragraphs(l, "\n"),
		Example: "  sudo lachan downgrade-check /root/lachan-1.0", Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error {
			cfg, problems := command.ConfigOrDefaults(c.Command)
			if len(problems) > 0 {
				return problems
			}
			note, err := state.ReadNote(cfg.StateDir)
			if err != nil {
				return err
			}
			version, reads, err := askProgram(c.Context(), args[0])
			if err != nil {
				return refuse(textNoProgram, args[0], err)
			}
			newer, snapshot := note.Formats.Newer(reads), state.Snapshot(cfg.StateDir)
			if asJSON {
				if newer == nil {
					newer = []string{}
				}
				err = c.JSON(map[string]any{"version": version, "unreadable": newer, "snapshot": snapshot})
			} else if len(newer) == 0 {
				err = c.Say(textDowngradeFine.With(version))
			}
			switch {
			case err != nil || len(newer) == 0:
				return err
			case asJSON:
				return command.ErrReported
			case snapshot == "":
				return refuse(textDowngradeNone, version, strings.Join(newer, ", "))
			}
			return refuse(textDowngradeNot, version, strings.Join(newer, ", "), snapshot, cfg.StateDir)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, command.FlagJSON.In(l))
	return command.WithKeys(c, l)
}

// askProgram is which version a program is, and which formats it reads. One from before
// formats were told reads version 1 of each.
func askProgram(ctx context.Context, program string) (string, state.Formats, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	c := exec.CommandContext(ctx, program, "version", "--json")
	c.WaitDelay = time.Second
	text, err := c.Output()
	if err != nil {
		return "", nil, err
	}
	var said state.Note
	err = json.Unmarshal(text, &said)
	return said.Version, said.Formats, err
}
