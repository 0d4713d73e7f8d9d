package main

import (
	"strings"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/backup"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/decide"
	"lachan/cmd/lachan/evidence"
	"lachan/cmd/lachan/facts"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/join"
	"lachan/cmd/lachan/lists"
	"lachan/cmd/lachan/offline"
	"lachan/cmd/lachan/report"
	"lachan/internal/wording"
)

// rootCommand is `lachan` with all below it, in a language.
func rootCommand(l wording.Language) *cobra.Command {
	root := &cobra.Command{
		Use:           "lachan",
		Short:         textRoot.In(l),
		Long:          textRootLong.Paragraphs(l, "\n\n") + "\n\n" + textExitStatus.Paragraphs(l, "\n"),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          command.NoArguments,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return command.Usage(c, textFlagWrong.With(err))
	})
	root.PersistentFlags().BoolP("help", "h", false, textFlagHelp.In(l))
	root.PersistentFlags().String(languageFlag, "", textFlagLanguage.In(l)) // read by language
	root.AddCommand(serveCommand(l), offline.CheckCommand(l), offline.ExplainCommand(l),
		decide.OfLists(l, lists.Command(l, command.BuildOf(version))), report.Command(l), evidence.Command(l),
		facts.Command(l), offline.ProfileCommand(l), healthCommand(l), versionCommand(l),
		backup.Command(l, version), backup.RestoreCommand(l), backup.DowngradeCommand(l),
		manageCommand(l), resolveCommand(l), job.Command(l), completionCommand(l), manualCommand(l))
	root.AddCommand(decide.OfFleet(l, join.FleetCommand(l)))
	root.AddCommand(join.Commands(l)...)
	root.AddCommand(decide.Commands(l)...)
	speakIn(root, l)
	return root
}

// languageFlag names the flag that chooses the language.
const languageFlag = "lang"

// language is what the program speaks: what the last --lang of the arguments
// says, or else the variable LACHAN_LANG, or else the locale. It is found before
// the commands are made, whose help is in it. With an error it is that of the
// locale.
func language(args []string, getenv func(string) string) (wording.Language, error) {
	from, value := config.EnvLanguage, getenv(config.EnvLanguage)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		name, given, joined := strings.Cut(arg, "=")
		if name != "--"+languageFlag {
			continue
		}
		if from, value = name, given; !joined && i+1 < len(args) {
			value = args[i+1]
		}
	}
	if value == "" && from == config.EnvLanguage {
		return wording.LocaleLanguage(getenv), nil
	}
	if l, ok := wording.ParseLanguage(value); ok {
		return l, nil
	}
	wrong := textLanguageWrong.With(from, value)
	return wording.LocaleLanguage(getenv), command.UsageError{Command: "lachan", Text: wrong}
}
