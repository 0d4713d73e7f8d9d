package decide

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/control"
	"lachan/console/api"
	"lachan/internal/charset"
	"lachan/internal/wording"
)

// exceptCommand is `lachan except`.
func exceptCommand(l wording.Language) *cobra.Command {
	return parent(l, "except", textExcept, textExceptLong, exceptAdd(l), exceptEnd(l), exceptList(l))
}

// exception is an exception as flags name it.
type exception struct {
	options
	unit, from, until, document string
	block                       bool
}

func (o *exception) flags(c *cobra.Command, l wording.Language) {
	o.decideFlags(c, l)
	c.Flags().StringVar(&o.unit, "unit", "", textUnitFlag.In(l))
	c.Flags().BoolVar(&o.block, "block", false, textBlockFlag.In(l))
}

func exceptAdd(l wording.Language) *cobra.Command {
	var o exception
	var file string
	return line{
		use: "add NAME", short: textExceptAdd, long: textExceptAddLong, args: atMost(1),
		example: `  lachan except add olm.vn --unit th-kim-dong --until 2026-12-31 --why "toán lớp 5"
  lachan except add game.example --unit th-kim-dong/lop-5a --block --until lesson
  lachan except add service:zalo --unit sa-pa --until term --preview
  lachan except add --file ten-mien.txt --unit sa-pa --until term`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.flags(c, l)
			c.Flags().StringVar(&o.from, "from", "", textFromFlag.In(l))
			c.Flags().StringVar(&o.until, "until", "", textUntilFlag.In(l))
			c.Flags().StringVar(&o.document, "document", "", textDocumentFlag.In(l))
			c.Flags().StringVar(&file, "file", "", textNamesFlag.In(l))
		},
		run: func(c command.Call, args []string) error {
			if o.unit == "" {
				return command.Usage(c.Command, textFlagNeeded.With("--unit"))
			}
			body := map[string]any{"block": o.block, "until": o.until, "document": o.document, "why": o.why}
			at := path("units", o.unit, "exceptions")
			switch {
			case (file == "") != (len(args) == 1):
				return command.Usage(c.Command, textNameOrFile)
			case file == "":
				body["name"] = args[0]
			default:
				text, err := names(c, file)
				if err != nil {
					return err
				}
				body["text"], at = text, at+"/many"
			}
			if o.from != "" {
				from, err := time.Parse(time.RFC3339, o.from)
				if err != nil {
					return command.Usage(c.Command, textFromWrong.With(o.from))
				}
				body["from"] = from
			}
			return o.decide(c, control.Question{Method: "POST", Path: at, Body: body})
		},
	}.make(l)
}

// mostNamesFile bounds a file of names.
const mostNamesFile = 512 << 10

// names reads names as somebody has collected them, a line each; "-" is standard input.
func names(c command.Call, file string) (string, error) {
	from := c.InOrStdin()
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", command.Fail(textNamesUnread.With(err))
		}
		defer f.Close()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, mostNamesFile+1))
	switch {
	case err != nil:
		return "", command.Fail(textNamesUnread.With(err))
	case len(text) > mostNamesFile:
		return "", command.Fail(textNamesLong.With(mostNamesFile >> 10))
	}
	return string(charset.Text(text)), nil
}

func exceptEnd(l wording.Language) *cobra.Command {
	var o exception
	return line{
		use: "end NAME", short: textExceptEnd, args: command.Exactly(1), flags: o.flags,
		example: `  lachan except end olm.vn --unit th-kim-dong --why "hết dùng"
  lachan except end game.example --unit th-kim-dong/lop-5a --block`,
		run: func(c command.Call, args []string) error {
			if o.unit == "" {
				return command.Usage(c.Command, textFlagNeeded.With("--unit"))
			}
			action := "allow"
			if o.block {
				action = "block"
			}
			return o.decide(c, control.Question{
				Method: "DELETE", Path: path("units", o.unit, "exceptions", action, args[0]), Body: map[string]string{"why": o.why},
			})
		},
	}.make(l)
}

func exceptList(l wording.Language) *cobra.Command {
	var o list
	var unit, name string
	var ended bool
	return line{
		use: "list", short: textExceptList, example: `  lachan except list --unit sa-pa
  lachan except list --name olm --ended --json`,
		flags: func(c *cobra.Command, l wording.Language) {
			o.flags(c, l)
			c.Flags().StringVar(&unit, "unit", "", textOfUnitFlag.In(l))
			c.Flags().StringVar(&name, "name", "", textNameFlag.In(l))
			c.Flags().BoolVar(&ended, "ended", false, textEndedFlag.In(l))
		},
		run: func(c command.Call, _ []string) error {
			o.query = url.Values{"unit": {unit}, "name": {name}, "ended": {fmt.Sprint(ended)}}
			rows, err := each(c, &o, "exceptions", func(e *api.Exception) error { return printException(c, e) })
			if err == nil && rows == 0 && !o.json {
				return c.Say(textExceptNone)
			}
			return err
		},
	}.make(l)
}

func printException(c command.Call, e *api.Exception) error {
	until := any(textNoEnd)
	if e.Until != nil {
		until = e.Until.Format(minute)
	}
	line := because(textExceptLine.With(e.Seq, e.Unit, e.Object, e.From.Format(minute), until, e.Who), e.Why)
	switch {
	case e.Orphan:
		line = wording.Join(line, textOrphan)
	case e.VoidBy != "":
		line = wording.Join(line, textVoidBy.With(e.VoidBy))
	case e.Ended:
		line = wording.Join(line, textEnded)
	}
	return c.Say(line)
}

// because is a line with the reason that was typed, if one was.
func because(line wording.Text, why string) wording.Text {
	if why == "" {
		return line
	}
	return wording.Text{VI: line.VI + ": " + why, EN: line.EN + ": " + why}
}

// minute is how times are told.
const minute = "2006-01-02 15:04"
