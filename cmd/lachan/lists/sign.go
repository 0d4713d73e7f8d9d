package lists

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aead.dev/minisign"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lachan/blocklist/publish"
	"lachan/blocklist/release"
	"lachan/cmd/lachan/command"
	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// keygenCommand is `lachan lists keygen`. This file has what makes keys and signatures.
func keygenCommand(l wording.Language) *cobra.Command {
	var password string
	c := &cobra.Command{
		Use:   "keygen FILE",
		Short: textKeygen.In(l),
		Long:  textKeygenLong.Paragraphs(l, "\n\n"),
		Example: `  lachan lists keygen a05.key --password-file mat-khau.txt
  lachan lists keygen a05.key`,
		Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error {
			secret, err := passwordIn(password)
			if err != nil {
				return err
			}
			key, err := publish.NewKey(args[0], secret)
			if err != nil {
				return explained(err)
			}
			line, err := key.MarshalText()
			c.Say(textKeyMade.With(args[0], args[0]+".pub"))
			fmt.Fprintf(c.OutOrStdout(), "verify: {minisign: %q}\n", line)
			return err
		}),
	}
	c.Flags().StringVar(&password, "password-file", "", textFlagPassword.In(l))
	return c
}

// A signing is what commands that sign are told.
type signing struct{ key, password string }

func (s *signing) addFlags(flags *pflag.FlagSet, l wording.Language) {
	flags.StringVar(&s.key, "key", "", textFlagSecretKey.In(l))
	flags.StringVar(&s.password, "password-file", "", textFlagPassword.In(l))
}

// secret reads the secret key.
func (s *signing) secret(c command.Call) (minisign.PrivateKey, error) {
	if s.key == "" {
		return minisign.PrivateKey{}, command.Usage(c.Command, textNoKey)
	}
	password, err := passwordIn(s.password)
	if err != nil {
		return minisign.PrivateKey{}, err
	}
	key, err := publish.ReadKey(s.key, password)
	if errors.Is(err, publish.ErrPassword) {
		return key, command.Fail(textKeyLocked.With(s.key))
	}
	if errors.Is(err, publish.ErrKey) {
		return key, command.Fail(textKeyNone.With(s.key))
	}
	return key, explained(err)
}

// passwordIn is the first line of a file, "" when no file is named. A line that
// is empty is no password: a key would be left open.
func passwordIn(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", explained(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", command.Fail(textNoPassword.With(file))
	}
	return line, nil
}

// A daysFlag is a length of time on the command line: 7d, 36h.
type daysFlag struct{ *time.Duration }

func (f daysFlag) Set(s string) error {
	var d yamlfile.Days
	err := d.UnmarshalText([]byte(s))
	*f.Duration = time.Duration(d)
	return err
}
func (f daysFlag) String() string { return fmt.Sprint(config.InUnits(*f.Duration)) }
func (f daysFlag) Type() string   { return "TIME" }

func signCommand(l wording.Language) *cobra.Command {
	var (
		s       signing
		seq     uint64
		expires time.Duration
	)
	c := &cobra.Command{
		Use:   "sign FILE",
		Short: textSign.In(l),
		Long:  textSignLong.Paragraphs(l, "\n\n"),
		Example: `  lachan lists sign co-bac.hosts --key a05.key --expires 7d
  minisign -V -p a05.key.pub -m co-bac.hosts`,
		Args: command.Exactly(1),
		RunE: command.Run(l, func(c command.Call, args []string) error {
			key, err := s.secret(c)
			if err != nil {
				return err
			}
			signature, err := publish.SignFile(args[0], key, signedComment(args[0], seq, expires))
			if err != nil {
				return explained(err)
			}
			c.Say(textSigned.With(signature, release.PublicKey(key).ID()))
			return nil
		}),
	}
	s.addFlags(c.Flags(), l)
	c.Flags().Uint64Var(&seq, "seq", 0, textFlagSeq.In(l))
	c.Flags().Var(daysFlag{&expires}, "expires", textFlagExpires.In(l))
	return c
}

// signedComment is the trusted comment of a signature that is made now. Without
// a number of its own a version has that of the second.
func signedComment(file string, seq uint64, expires time.Duration) string {
	now := time.Now()
	comment := release.Comment{Seq: seq}
	if seq == 0 {
		comment.Seq = uint64(now.Unix())
	}
	if expires > 0 {
		comment.Expires = now.Add(expires)
	}
	name := strings.Join(strings.Fields(filepath.Base(file)), "_")
	return "timestamp:" + strconv.FormatInt(now.Unix(), 10) + "\tfile:" + name + "\t" + comment.String()
}
