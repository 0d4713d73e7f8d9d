package main

import (
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// speakBothLanguages gives a command, and those below it, help in Vietnamese
// and English.
func speakBothLanguages(root *cobra.Command) {
	root.SetUsageTemplate(usageTemplate())
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: wording.CLIHelp.String(),
		RunE: func(c *cobra.Command, args []string) error {
			asked, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return command.Usage(c.Root(), wording.CLIUnknownCommand.With(args[0]))
			}
			return asked.Help()
		},
	})
}

// usageTemplate is what cobra fills in behind the description of a command.
func usageTemplate() string {
	head := func(t wording.Text) string { return "\n" + t.String() + ":\n" }
	return head(wording.CLIHelpUsage)[1:] +
		`{{if .Runnable}}  {{.UseLine}}
{{end}}{{if .HasAvailableSubCommands}}  {{.CommandPath}} ` + wording.CLIHelpCommandWord + `
{{end}}{{if .HasExample}}` + head(wording.CLIHelpExamples) + `{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}` + head(wording.CLIHelpCommands) +
		`{{range .Commands}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}` + head(wording.CLIHelpFlags) +
		`{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}` + head(wording.CLIHelpInherited) +
		`{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
` + wording.CLIHelpMore.VI + "\n" + wording.CLIHelpMore.EN + `
{{end}}`
}
