package offline

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lachan/admin/request"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/explain"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy"
)

// RequestsCommand is `lachan requests`.
func RequestsCommand(l wording.Language) *cobra.Command {
	var o requestsOptions
	c := &cobra.Command{
		Use:   "requests",
		Short: textRequests.In(l),
		Long:  textRequests.In(l) + "\n\n" + textRequestsLong.Paragraphs(l, "\n"),
		Example: `  lachan requests --unit th-kim-dong
  lachan requests answer 3f9a0c51b2de "đã mở cho lớp 5A"`,
		Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error { return listRequests(c, &o) }),
	}
	c.Flags().BoolVar(&o.all, "all", false, textRequestsAll.In(l))
	c.Flags().StringVar(&o.unit, "unit", "", textRequestsUnit.In(l))
	c.Flags().BoolVar(&o.json, "json", false, command.FlagJSON.In(l))
	c.AddCommand(
		requestCommand(l, "answer ID TEXT", textRequestsAnswer, textRequestsClosed, closeRequest),
		requestCommand(l, "close ID", textRequestsClose, textRequestsClosed, closeRequest),
		requestCommand(l, "reopen ID", textRequestsReopen, textRequestsOpened, reopenRequest),
	)
	return command.WithKeys(c, l)
}

type requestsOptions struct {
	all, json bool
	unit      string
}

// A decision decides on the request of that id.
type decision func(s *request.Store, id string, a request.Answer) error

func closeRequest(s *request.Store, id string, a request.Answer) error { return s.Close(id, a) }

func reopenRequest(s *request.Store, id string, _ request.Answer) error { return s.Reopen(id) }

// requestCommand is a command that decides on one request.
func requestCommand(l wording.Language, use string, short, done wording.Text, decide decision) *cobra.Command {
	var by string
	c := &cobra.Command{
		Use: use, Short: short.In(l), Long: short.In(l), Args: command.Exactly(len(strings.Fields(use)) - 1),
		RunE: command.Run(l, func(c command.Call, args []string) error {
			_, store, err := openRequests(c)
			if err != nil {
				return err
			}
			a := request.Answer{Text: strings.Join(args[1:], ""), By: cmp.Or(by, command.User()), At: time.Now()}
			if err := decide(store, args[0], a); errors.Is(err, request.ErrUnknown) {
				return command.Fail(textRequestsNoID.With(args[0]))
			} else if err != nil {
				return err
			}
			err = c.Say(done.With(args[0]))
			return err
		}),
	}
	c.Flags().StringVar(&by, "by", "", textRequestsBy.In(l))
	return command.WithKeys(c, l)
}

func openRequests(c command.Call) (*config.Config, *request.Store, error) {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return nil, nil, problems
	}
	if err := command.AsServer(cfg); err != nil {
		return nil, nil, err
	}
	store, err := request.Open(cfg.RequestsDir())
	return cfg, store, config.StateError(cfg, err)
}

// listRequests prints the requests that wait for somebody, or all.
func listRequests(c command.Call, o *requestsOptions) error {
	cfg, store, err := openRequests(c)
	if err != nil {
		return err
	}
	list, damaged, err := store.List()
	if err != nil {
		return err
	}
	for _, err := range damaged {
		c.Note(textRequestsBroken.With(err))
	}
	var units *policy.Policy
	if o.unit != "" {
		units, _, _ = source.Offline(cfg) // nil if the policy cannot be read, which is for check to tell
	}
	list = slices.DeleteFunc(list, func(r request.Request) bool {
		return r.Answer != nil && !o.all || o.unit != "" && !isOf(units, r.Unit, o.unit)
	})
	if len(list) == 0 && o.unit != "" && units != nil {
		if _, known := units.GroupOf(o.unit); !known {
			return command.Fail(explain.NoUnit(units, o.unit))
		}
	}
	if o.json {
		return c.JSON(append([]request.Request{}, list...))
	}
	if len(list) == 0 {
		err := c.Say(textRequestsNone)
		return err
	}
	for i := range list {
		printRequest(c, &list[i], cfg.Timezone.Location)
	}
	return nil
}

// isOf reports whether a unit is another one or below it; units may be nil.
func isOf(units *policy.Policy, unit, other string) bool {
	school, _, _ := strings.Cut(unit, "/")
	if unit == other || school == other || units == nil {
		return unit == other || school == other
	}
	above := policy.Above(units, school)
	for above != "" && above != other {
		above = policy.Above(units, above)
	}
	return above != ""
}

func printRequest(c command.Call, r *request.Request, zone *time.Location) {
	const minute = "2006-01-02 15:04"
	var unit any = r.Unit
	if r.Unit == "" {
		unit = textRequestsNobody
	}
	out := c.OutOrStdout()
	c.Say(textRequestsLine.With(r.ID, unit, r.Name, r.Category, r.Times, r.Last.In(zone).Format(minute)))
	for _, reason := range r.Reasons {
		fmt.Fprintf(out, "    \"%s\"\n", reason)
	}
	if r.Follows != "" {
		fmt.Fprintf(out, "    %s\n", textRequestsFollows.With(r.Follows).In(c.Lang))
	}
	if a := r.Answer; a != nil {
		fmt.Fprintf(out, "    = %s\n", textRequestsEnded.With(a.By, a.At.In(zone).Format(minute), a.Text).In(c.Lang))
	}
}
