package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// shells are those that completions are made for.
func shells() []string { return []string{"bash", "zsh", "fish"} }

// completionCommand is `lachan completion`.
func completionCommand(l wording.Language) *cobra.Command {
	return &cobra.Command{
		Use: "completion SHELL", Short: textCompletion.In(l),
		Long: textCompletion.In(l) + "\n\n" + textCompletionLong.Paragraphs(l, "\n"),
		Example: `  lachan completion bash > /etc/bash_completion.d/lachan
  lachan completion zsh > "${fpath[1]}/_lachan"
  lachan completion fish > ~/.config/fish/completions/lachan.fish`,
		Args: command.Exactly(1), ValidArgs: shells(),
		RunE: command.Run(l, func(c command.Call, args []string) error {
			switch root := c.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(c.Raw(), true)
			case "zsh":
				return root.GenZshCompletion(c.Raw())
			case "fish":
				return root.GenFishCompletion(c.Raw(), true)
			}
			return command.Usage(c.Command, textNoShell.With(args[0]))
		}),
	}
}

// manualCommand is `lachan man DIR`: the pages of the manual, in English below man1 and in
// Vietnamese below vi/man1, as packages install them.
func manualCommand(l wording.Language) *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: textManual.In(l), Hidden: true, Args: command.Exactly(1),
		RunE: command.Run(l, func(_ command.Call, args []string) error {
			for below, language := range map[string]wording.Language{"man1": wording.English, "vi/man1": wording.Vietnamese} {
				folder := filepath.Join(args[0], below)
				if err := os.MkdirAll(folder, 0o755); err != nil {
					return fmt.Errorf("write the manual: %w", err)
				}
				root := rootCommand(language)
				unmarked(root)
				header := &doc.GenManHeader{Section: "1", Source: "lachan " + version, Manual: "Lá Chắn"}
				if err := doc.GenManTree(root, header, folder); err != nil {
					return fmt.Errorf("write the manual: %w", err)
				}
			}
			return nil
		}),
	}
}

// unmarked takes away what would make the pages of two builds differ.
func unmarked(c *cobra.Command) {
	c.DisableAutoGenTag = true
	for _, below := range c.Commands() {
		unmarked(below)
	}
}
