package join

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nkeys"
	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/control"
	"lachan/cmd/lachan/manage/member"
	"lachan/fleet"
	"lachan/fleet/node"
	"lachan/internal/wording"
)

// Commands are `lachan join` and `lachan leave`.
func Commands(l wording.Language) []*cobra.Command {
	join := &cobra.Command{
		Use: "join ADDRESS CODE", Short: textJoin.In(l), Long: textJoin.In(l) + "\n\n" + textJoinLong.Paragraphs(l, "\n"),
		Example: "  lachan join trung-tam.example:4443 h7kd-93mp-x2aa-q8ct-0v5n-6b4e-zr8w-27ps",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 2 { // the code with spaces in place of hyphens
				return nil
			}
			return command.Exactly(2)(c, args)
		},
		RunE: command.Run(l, func(c command.Call, args []string) error {
			return joinFleet(c, args[0], strings.Join(args[1:], ""))
		}),
	}
	leave := &cobra.Command{
		Use: "leave", Short: textLeave.In(l), Long: textLeave.In(l) + "\n\n" + textLeaveLong.Paragraphs(l, "\n"),
		Example: "  lachan leave", Args: command.NoArguments,
		RunE: command.Run(l, func(c command.Call, _ []string) error { return leaveFleet(c) }),
	}
	return []*cobra.Command{command.WithKeys(join, l), command.WithKeys(leave, l)}
}

// joinTime is how long joining may take.
const joinTime = 30 * time.Second

// usualPort is the port of hubs that are named without one.
const usualPort = "4443"

// joinFleet makes this machine the node that a code is for.
func joinFleet(c command.Call, address, text string) error {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return problems
	}
	code, err := fleet.ParseInvitation(text)
	if err != nil {
		return command.Fail(textNoCode)
	}
	address = strings.TrimSuffix(strings.TrimPrefix(address, "https://"), "/")
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(strings.Trim(address, "[]"), usualPort)
	}
	if cfg.Fleet.Listen.IsValid() {
		return command.Fail(textIsHub)
	}
	if err := command.AsServer(cfg); err != nil {
		return err
	}
	if is, joined, err := member.Read(config.FleetDir(cfg)); err != nil || joined {
		if joined {
			return command.Fail(textJoined.With(is.Node, strings.Join(is.Hubs, ", ")))
		}
		return err
	}
	ctx, cancel := context.WithTimeout(c.Context(), joinTime)
	defer cancel()
	is, err := ask(ctx, address, code)
	if err != nil {
		return explained(address, err)
	}
	if err := is.Write(config.FleetDir(cfg)); err != nil {
		return config.StateError(cfg, err)
	}
	if control.NewClient(cfg.StateDir).Running(ctx) {
		return c.Say(textJoinedNow.With(is.Node, address))
	}
	return c.Say(textJoinedLater.With(is.Node, address))
}

// ask asks the hub at an address for a place in its fleet.
func ask(ctx context.Context, address string, code fleet.Invitation) (is member.Membership, err error) {
	signed, trust, err := node.Trust(ctx, address, code.Root)
	if err != nil {
		return is, err
	}
	pair, err := nkeys.CreateUser()
	if err != nil {
		return is, err
	}
	public, err := pair.PublicKey()
	if err != nil {
		return is, err
	}
	seed, err := pair.Seed()
	if err != nil {
		return is, err
	}
	welcome, err := node.Join(ctx, address, trust, code.Secret, public)
	return member.Membership{
		Node: welcome.Node, Hubs: []string{address}, Root: code.Root, Streams: welcome.Streams, Seed: string(seed),
		Trust: signed, Since: time.Now().UTC().Truncate(time.Second),
	}, err
}

// explained is an error in the words of somebody who joins.
func explained(address string, err error) error {
	switch refused := (*net.OpError)(nil); {
	case errors.Is(err, node.ErrRefused):
		return command.Fail(textRefused)
	case errors.Is(err, fleet.ErrTrust), errors.Is(err, fleet.ErrStranger):
		return command.Fail(textStranger.With(address, err))
	case errors.As(err, &refused), errors.Is(err, context.DeadlineExceeded):
		return command.Fail(textUnreached.With(address, err))
	}
	return err
}

// leaveFleet has this machine be no node any more.
func leaveFleet(c command.Call) error {
	cfg, problems := command.Config(c.Command)
	if len(problems) > 0 {
		return problems
	}
	if err := command.AsServer(cfg); err != nil {
		return err
	}
	is, joined, err := member.Read(config.FleetDir(cfg))
	if err == nil && !joined {
		return command.Fail(textNotJoined)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		c.Note(wording.Of(err)) // it is taken away
	}
	if err := member.Leave(config.FleetDir(cfg)); err != nil {
		return config.StateError(cfg, err)
	}
	if !control.NewClient(cfg.StateDir).Running(c.Context()) {
		if err := member.Clear(config.FleetDir(cfg)); err != nil {
			return config.StateError(cfg, err)
		}
	}
	return c.Say(textLeft.With(is.Node))
}
