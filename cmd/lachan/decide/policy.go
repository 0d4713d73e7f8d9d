package decide

import (
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/internal/wording"
)

// policyCommand is `lachan policy`.
func policyCommand(l wording.Language) *cobra.Command {
	return parent(l, "policy", textPolicy, textPolicyLong, policyAdopt(l), policyExport(l))
}

func policyAdopt(l wording.Language) *cobra.Command {
	var o options
	return line{
		use: "adopt UNIT", short: textAdopt, long: textAdoptLong, args: command.Exactly(1), flags: o.sureFlags,
		example: "  lachan policy adopt th-kim-dong --preview\n  lachan policy adopt th-kim-dong --yes",
		run: func(c command.Call, args []string) error {
			return o.surely(c, control.Question{
				Method: "POST", Path: path("units", args[0], "adopt"), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}

func policyExport(l wording.Language) *cobra.Command {
	var e export
	return line{
		use: "export", short: textPolicyExport, long: textPolicyExportLong,
		example: "  lachan policy export --out policy-moi.yaml\n  lachan policy export --out policy-moi.yaml --json",
		flags:   e.flags, run: func(c command.Call, _ []string) error { return e.run(c, "policy") },
	}.make(l)
}
