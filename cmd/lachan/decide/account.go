package decide

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/console/api"
	"lachan/internal/wording"
)

// accountCommand is `lachan account`.
func accountCommand(l wording.Language) *cobra.Command {
	return parent(l, "account", textAccount, textAccountLong,
		accountAdd(l), accountGrant(l), accountRevoke(l), accountReset(l), accountRemove(l), accountList(l),
		accountRoles(l))
}

func accountRoles(l wording.Language) *cobra.Command {
	var o options
	return line{
		use: "roles", short: textRoles, flags: o.jsonFlag, example: "  lachan account roles",
		run: func(c command.Call, _ []string) error {
			if o.json {
				return c.JSON(api.Roles())
			}
			return c.Say(wording.Text{VI: rolesText(wording.Vietnamese), EN: rolesText(wording.English)})
		},
	}.make(l)
}

// rolesText are the roles as people read them, a line each.
func rolesText(l wording.Language) string {
	var lines []string
	for _, r := range api.Roles() {
		text := textRoleLine.With(r.Role, wording.Text{VI: r.VI, EN: r.EN})
		if r.SecondFactor {
			text = wording.Join(text, textRoleSecond)
		}
		if r.TwoPeople {
			text = wording.Join(text, textRolePeople)
		}
		lines = append(lines, "  "+text.In(l)+"\n    "+strings.Join(r.Rights, " "))
	}
	return strings.Join(lines, "\n")
}

func accountAdd(l wording.Language) *cobra.Command {
	var o options
	body := map[string]*string{"unit": new(string), "language": new(string), "notify": new(string), "mail": new(string), "webhook": new(string)}
	return line{
		use: "add NAME", short: textAccountAdd, long: textAccountAddLong, args: command.Exactly(1),
		example: "  lachan account add cntt-kim-dong --unit th-kim-dong --mail cntt@kim-dong.example",
		flags: func(c *cobra.Command, l wording.Language) {
			o.decideFlags(c, l)
			c.Flags().StringVar(body["unit"], "unit", "", textAccountUnitFlag.In(l))
			c.Flags().StringVar(body["language"], "language", "", textLanguageFlag.In(l))
			c.Flags().StringVar(body["mail"], "mail", "", textMailFlag.In(l))
			c.Flags().StringVar(body["webhook"], "webhook", "", textWebhookFlag.In(l))
			c.Flags().StringVar(body["notify"], "notify", "", textNotifyFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			said := map[string]string{"name": args[0], "why": o.why}
			for name, value := range body {
				said[name] = *value
			}
			return o.decide(c, control.Question{Method: "POST", Path: "accounts", Body: said})
		},
	}.make(l)
}

// grantLong is what is said of granting, with the roles there are.
func grantLong() wording.Text {
	return wording.Text{
		VI: textGrantLong.VI + "\n\n" + rolesText(wording.Vietnamese),
		EN: textGrantLong.EN + "\n\n" + rolesText(wording.English),
	}
}

func accountGrant(l wording.Language) *cobra.Command {
	var o options
	var unit, until string
	return line{
		use: "grant ACCOUNT ROLE", short: textGrant, long: grantLong(), args: command.Exactly(2),
		example: `  lachan account grant cntt-kim-dong school --unit th-kim-dong
  lachan account grant lan province --unit lao-cai --until 2027-06-30`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.decideFlags(c, l)
			c.Flags().StringVar(&unit, "unit", "", textGrantUnitFlag.In(l))
			c.Flags().StringVar(&until, "until", "", textDayFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			return o.decide(c, control.Question{
				Method: "POST", Path: path("accounts", args[0], "grants"),
				Body: map[string]string{"role": args[1], "unit": unit, "until": until, "why": o.why},
			})
		},
	}.make(l)
}

func accountRevoke(l wording.Language) *cobra.Command {
	var o options
	var unit string
	return line{
		use: "revoke ACCOUNT ROLE", short: textRevoke, args: command.Exactly(2),
		example: `  lachan account revoke cntt-kim-dong school --unit th-kim-dong --why "chuyển trường"`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.sureFlags(c, l)
			c.Flags().StringVar(&unit, "unit", "", textGrantUnitFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			return o.surely(c, control.Question{
				Method: "DELETE", Path: path("accounts", args[0], "grants"),
				Body: map[string]string{"role": args[1], "unit": unit, "why": o.why},
			})
		},
	}.make(l)
}

func accountReset(l wording.Language) *cobra.Command {
	var o options
	return line{
		use: "reset ACCOUNT", short: textReset, long: textResetLong, args: command.Exactly(1), flags: o.sureFlags,
		example: `  lachan account reset cntt-kim-dong --why "mất điện thoại"`,
		run: func(c command.Call, args []string) error {
			return o.surely(c, control.Question{
				Method: "POST", Path: path("accounts", args[0], "reset"), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}

func accountRemove(l wording.Language) *cobra.Command {
	var o options
	return line{
		use: "remove ACCOUNT", short: textRemove, args: command.Exactly(1), flags: o.sureFlags,
		example: `  lachan account remove cntt-kim-dong --why "nghỉ việc"`,
		run: func(c command.Call, args []string) error {
			return o.surely(c, control.Question{
				Method: "DELETE", Path: path("accounts", args[0]), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}

func accountList(l wording.Language) *cobra.Command {
	var o list
	var unit string
	return line{
		use: "list", short: textAccountList, example: "  lachan account list --unit sa-pa",
		flags: func(c *cobra.Command, l wording.Language) {
			o.flags(c, l)
			c.Flags().StringVar(&unit, "unit", "", textOfUnitFlag.In(l))
		},
		run: func(c command.Call, _ []string) error {
			o.query = url.Values{"unit": {unit}}
			rows, err := each(c, &o, "accounts", func(a *api.Account) error { return printAccount(c, a) })
			if err == nil && rows == 0 && !o.json {
				return c.Say(textAccountNone)
			}
			return err
		},
	}.make(l)
}

func printAccount(c command.Call, a *api.Account) error {
	if err := c.Say(textAccountLine.With(a.ID, a.Name, unitOf(a.Unit))); err != nil {
		return err
	}
	for _, g := range a.Grants {
		until := any(textNoEnd)
		if g.Until != nil {
			until = g.Until.Format(minute)
		}
		fmt.Fprintf(c.OutOrStdout(), "    %s\n", textGrantLine.With(g.Role, unitOf(g.Unit), until).In(c.Lang))
	}
	return nil
}

// tokenCommand is `lachan token`.
func tokenCommand(l wording.Language) *cobra.Command {
	return parent(l, "token", textToken, textTokenLong, tokenAdd(l), tokenEnd(l), tokenList(l))
}

func tokenAdd(l wording.Language) *cobra.Command {
	var o options
	var owner, unit, until, scopes string
	return line{
		use: "add NAME", short: textTokenAdd, long: textTokenAddLong, args: command.Exactly(1),
		example: `  lachan token add "bảng theo dõi" --account cntt-kim-dong
  lachan token add dong-bo --account lan --scopes view,except --unit sa-pa --until 2027-03-31`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.decideFlags(c, l)
			c.Flags().StringVar(&owner, "account", "", textTokenAccountFlag.In(l))
			c.Flags().StringVar(&scopes, "scopes", "", textScopesFlag.In(l))
			c.Flags().StringVar(&unit, "unit", "", textTokenUnitFlag.In(l))
			c.Flags().StringVar(&until, "until", "", textTokenUntilFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			if owner == "" {
				return command.Usage(c.Command, textFlagNeeded.With("--account"))
			}
			body := map[string]any{"name": args[0], "unit": unit, "until": until, "why": o.why}
			if scopes != "" {
				body["scopes"] = strings.Split(scopes, ",")
			}
			return o.decide(c, control.Question{Method: "POST", Path: path("accounts", owner, "tokens"), Body: body})
		},
	}.make(l)
}

func tokenEnd(l wording.Language) *cobra.Command {
	var o options
	var owner string
	return line{
		use: "end TOKEN", short: textTokenEnd, args: command.Exactly(1),
		example: "  lachan token end tok_01K9 --account cntt-kim-dong --yes",
		flags: func(c *cobra.Command, l wording.Language) {
			o.sureFlags(c, l)
			c.Flags().StringVar(&owner, "account", "", textTokenAccountFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			if owner == "" {
				return command.Usage(c.Command, textFlagNeeded.With("--account"))
			}
			return o.surely(c, control.Question{
				Method: "DELETE", Path: path("accounts", owner, "tokens", args[0]), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}

func tokenList(l wording.Language) *cobra.Command {
	var o list
	var owner string
	return line{
		use: "list", short: textTokenList, example: "  lachan token list --account cntt-kim-dong",
		flags: func(c *cobra.Command, l wording.Language) {
			o.jsonFlag(c, l)
			c.Flags().StringVar(&owner, "account", "", textTokenAccountFlag.In(l))
		},
		run: func(c command.Call, _ []string) error {
			if owner == "" {
				return command.Usage(c.Command, textFlagNeeded.With("--account"))
			}
			rows, err := each(c, &o, path("accounts", owner, "tokens"), func(t *api.Token) error {
				scopes, err := json.Marshal(t.Scopes)
				if err != nil {
					return err
				}
				return c.Say(textTokenLine.With(
					t.ID, t.Name, string(scopes), unitOf(t.Unit), t.Until.Format(minute), t.Used,
				))
			})
			if err == nil && rows == 0 && !o.json {
				return c.Say(textTokenNone)
			}
			return err
		},
	}.make(l)
}
