package decide

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/internal/wording"
)

// An order is the order of an authority as flags name it.
type order struct {
	options
	authority, document string
}

// orderCommand is `lachan order`.
func orderCommand(l wording.Language) *cobra.Command {
	return parent(l, "order", textOrder, textOrderLong, orderHandOver(l), orderTakeBack(l))
}

func (o *order) flags(c *cobra.Command, l wording.Language) {
	c.Flags().StringVar(&o.authority, "authority", "", textOfAuthorityFlag.In(l))
	c.Flags().StringVar(&o.document, "document", "", textOrderFlag.In(l))
}

// said refuses a command line that does not say which order it is.
func (o *order) said(c command.Call) error {
	for name, value := range map[string]string{"--authority": o.authority, "--document": o.document} {
		if value == "" {
			return command.Usage(c.Command, textFlagNeeded.With(name))
		}
	}
	return nil
}

func orderHandOver(l wording.Language) *cobra.Command {
	var o order
	return line{
		use: "handover FILE.csv|FILE.xlsx", short: textHandOver, long: textHandOverLong, args: command.Exactly(1),
		example: `  lachan order handover bang.xlsx --authority a05 --document 15/A05 --preview
  lachan order handover bang.xlsx --authority a05 --document 15/A05 --why "công văn ngày 28/11"`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.decideFlags(c, l)
			o.flags(c, l)
		},
		run: func(c command.Call, args []string) error {
			if err := o.said(c); err != nil {
				return err
			}
			table, err := os.ReadFile(args[0])
			if err != nil {
				return command.Fail(textTableUnread.With(err))
			}
			return o.decide(c, control.Question{Method: "POST", Path: "orders", Body: map[string]any{
				"authority": o.authority, "document": o.document, "file": filepath.Base(args[0]), "table": table, "why": o.why,
			}})
		},
	}.make(l)
}

func orderTakeBack(l wording.Language) *cobra.Command {
	var o order
	return line{
		use: "withdraw", short: textTakeBack,
		example: `  lachan order withdraw --authority a05 --document 15/A05 --why "văn bản 20/A05 thay thế"`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.sureFlags(c, l)
			o.flags(c, l)
		},
		run: func(c command.Call, _ []string) error {
			if err := o.said(c); err != nil {
				return err
			}
			return o.surely(c, control.Question{Method: "DELETE", Path: "orders", Body: map[string]string{
				"authority": o.authority, "document": o.document, "why": o.why,
			}})
		},
	}.make(l)
}
