package decide

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/console/api"
	"lachan/internal/wording"
)

// ledgerCommand is `lachan ledger`.
func ledgerCommand(l wording.Language) *cobra.Command {
	return parent(l, "ledger", textLedger, textLedgerLong,
		ledgerShow(l), ledgerVerify(l), ledgerExport(l), ledgerUndo(l), ledgerWaiting(l),
		second(l, "confirm", textConfirm), second(l, "decline", textDecline))
}

func ledgerShow(l wording.Language) *cobra.Command {
	var o list
	var unit, name string
	return line{
		use: "show [NUMBER]", short: textLedgerShow, example: `  lachan ledger show --unit th-kim-dong --limit 20
  lachan ledger show 1287 --json`,
		args: atMost(1),
		flags: func(c *cobra.Command, l wording.Language) {
			o.flags(c, l)
			c.Flags().StringVar(&unit, "unit", "", textOfUnitFlag.In(l))
			c.Flags().StringVar(&name, "name", "", textNameFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			if len(args) == 1 {
				return showRecord(c, args[0], o.json)
			}
			o.query = url.Values{"unit": {unit}, "name": {name}}
			rows, err := each(c, &o, "ledger", func(r *api.Line) error { return printRecord(c, r) })
			if err == nil && rows == 0 && !o.json {
				return c.Say(textLedgerNone)
			}
			return err
		},
	}.make(l)
}

// atMost accepts up to n arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error { return command.Exactly(min(n, len(args)))(c, args) }
}

func showRecord(c command.Call, seq string, asJSON bool) error {
	a, err := ask(c, control.Question{Method: "GET", Path: path("ledger", seq)})
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(c, a.Body)
	}
	var r api.Line
	if err := json.Unmarshal(a.Body, &r); err != nil {
		return err
	}
	if err := printRecord(c, &r); err != nil {
		return err
	}
	fmt.Fprintf(c.OutOrStdout(), "    - %s\n    + %s\n", r.Old, r.New)
	return nil
}

func printRecord(c command.Call, r *api.Line) error {
	return c.Say(because(textRecord.With(
		r.Seq, r.At.Format(minute), r.By, r.Role, r.Via, r.What, r.Object, unitOf(r.Unit),
	), r.Why))
}

func ledgerVerify(l wording.Language) *cobra.Command {
	var o options
	var since string
	return line{
		use: "verify [DIR|FILE.tar]", short: textVerify, long: textVerifyLong, args: atMost(1),
		example: `  lachan ledger verify
  lachan ledger verify --since 2026-11-01 --json
  lachan ledger verify /mnt/ban-sao/ledger
  lachan ledger verify so-quyet-dinh.tar`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.jsonFlag(c, l)
			c.Flags().StringVar(&since, "since", "", textSinceFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			v, err := verified(c, args, since)
			if err != nil {
				return err
			}
			switch {
			case o.json:
				err = c.JSON(v)
			case v.OK && v.From > 1:
				err = c.Say(textVerifiedSince.With(v.From, v.Records, v.Head))
			case v.OK:
				err = c.Say(textVerified.With(v.Records, v.Head))
			case v.Bad == 0:
				err = c.Say(wording.Text{VI: v.VI, EN: v.EN})
			default:
				err = c.Say(textBroken.With(v.Bad, v.File, v.Line, wording.Text{VI: v.VI, EN: v.EN}))
			}
			if err == nil && !v.OK {
				return command.ErrReported
			}
			return err
		},
	}.make(l)
}

// verified reads a ledger: that of a folder, or of the state directory, by the server if
// one runs.
func verified(c command.Call, args []string, begin string) (v api.Verified, err error) {
	since, err := api.ParseSince(begin)
	if err != nil {
		return v, err
	}
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return v, problems
	}
	dir := filepath.Join(cfg.StateDir, "ledger")
	if len(args) == 1 {
		dir = args[0]
	} else if s := control.NewClient(cfg.StateDir); s.Running(c.Context()) {
		at := "ledger/verify"
		if begin != "" {
			at += "?since=" + url.QueryEscape(begin)
		}
		a, err := s.Ask(c.Context(), control.Question{Method: "GET", Path: at})
		if err == nil {
			err = json.Unmarshal(a.Body, &v)
		}
		return v, err
	}
	if info, err := os.Stat(dir); err == nil && info.Mode().IsRegular() {
		unpacked, err := unpack(dir)
		if err != nil {
			return v, command.Fail(textNoExport.With(dir, err))
		}
		defer os.RemoveAll(unpacked)
		dir = unpacked
	}
	rep, err := ledger.VerifySince(dir, since)
	if err != nil {
		return v, command.Fail(textNoLedger.With(dir, err))
	}
	return api.VerifiedOf(&rep), nil
}

// unpack puts an export into a folder, which the caller removes.
func unpack(file string) (dir string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if dir, err = os.MkdirTemp("", "lachan-ledger-*"); err != nil {
		return "", err
	}
	if err := ledger.Unpack(f, dir); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}

func ledgerExport(l wording.Language) *cobra.Command {
	var e export
	return line{
		use: "export", short: textExport, long: textExportLong, example: `  lachan ledger export --out so-quyet-dinh.tar
  lachan ledger export --out so-quyet-dinh.jsonl --json`,
		flags: e.flags,
		run: func(c command.Call, _ []string) error {
			if strings.HasSuffix(e.out, ".tar") {
				return e.run(c, "ledger/export?form=tar")
			}
			return e.run(c, "ledger/export")
		},
	}.make(l)
}

func ledgerUndo(l wording.Language) *cobra.Command {
	var o options
	return line{
		use: "undo NUMBER", short: textUndo, long: textUndoLong, args: command.Exactly(1), flags: o.sureFlags,
		example: `  lachan ledger undo 1287 --why "mở nhầm trường"`,
		run: func(c command.Call, args []string) error {
			return o.surely(c, control.Question{
				Method: "POST", Path: path("ledger", args[0], "undo"), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}

func ledgerWaiting(l wording.Language) *cobra.Command {
	var o list
	return line{
		use: "waiting", short: textProposals, flags: o.jsonFlag, example: "  lachan ledger waiting",
		run: func(c command.Call, _ []string) error {
			rows, err := each(c, &o, "proposals", func(p *api.Proposal) error {
				return c.Say(textProposal.With(
					p.Seq, p.By, p.What, p.Object, unitOf(p.Unit), p.Until.Format(minute), p.Why,
				))
			})
			if err == nil && rows == 0 && !o.json {
				return c.Say(textProposalsNone)
			}
			return err
		},
	}.make(l)
}

// second is a command of the second person.
func second(l wording.Language, verb string, short wording.Text) *cobra.Command {
	var o options
	return line{
		use: verb + " NUMBER", short: short, args: command.Exactly(1), flags: o.sureFlags,
		example: "  lachan ledger " + verb + " 1290 --yes",
		run: func(c command.Call, args []string) error {
			return o.surely(c, control.Question{
				Method: "POST", Path: path("proposals", args[0], verb), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}
