package main

import (
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// speakIn gives a command, and those below it, help in a language.
func speakIn(root *cobra.Command, l wording.Language) {
	root.SetUsageTemplate(usageTemplate(l))
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: textHelp.In(l),
		RunE: func(c *cobra.Command, args []string) error {
			asked, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return command.Usage(c.Root(), command.UnknownCommand.With(args[0]))
			}
			return asked.Help()
		},
	})
}

// usageTemplate is what cobra fills in after the description of a command.
func usageTemplate(l wording.Language) string {
	head := func(t wording.Text) string { return "\n" + t.In(l) + ":\n" }
	return head(textHelpUsage)[1:] +
		`{{if .Runnable}}  {{.UseLine}}
{{end}}{{if .HasAvailableSubCommands}}  {{.CommandPath}} ` + textHelpCommand.In(l) + `
{{end}}{{if .HasExample}}` + head(textHelpExamples) + `{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}` + head(textHelpCommands) +
		`{{range .Commands}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}` + head(textHelpFlags) +
		`{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}` + head(textHelpInherited) +
		`{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
` + textHelpMore.Paragraphs(l, "\n") + `
{{end}}`
}
