package backup

import (
	"errors"
	"io"
	"os"
	"strings"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"lachan/internal/wording"
)

// workFactor is how costly a guess of a passphrase is: 2 to this power, 64 MiB of
// memory, which a small box has too. mostWork bounds what an archive may ask for.
const (
	workFactor = 16
	mostWork   = 20
)

// mostSecret bounds a file with a passphrase or keys, in bytes.
const mostSecret = 1 << 20

// A lock is how an archive is encrypted, as flags say it.
type lock struct {
	recipients []string
	passphrase string // a file
	open       bool   // not at all, and without secrets
}

func (o *lock) flags(c *cobra.Command, l wording.Language) {
	c.Flags().StringArrayVar(&o.recipients, "age", nil, textFlagAge.In(l))
	c.Flags().StringVar(&o.passphrase, "passphrase-file", "", textFlagPassphrase.In(l))
	c.Flags().BoolVar(&o.open, "without-secrets", false, textFlagOpen.In(l))
}

// parse is for whom an archive is encrypted; nobody means that it is not.
func (o *lock) parse() (recipients []age.Recipient, err error) {
	ways := 0
	for _, chosen := range []bool{len(o.recipients) > 0, o.passphrase != "", o.open} {
		if chosen {
			ways++
		}
	}
	if ways != 1 {
		return nil, refuse(textHow)
	}
	for _, text := range o.recipients {
		r, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return nil, refuse(textBadRecipient, text)
		}
		recipients = append(recipients, r...)
	}
	if o.passphrase == "" {
		return recipients, nil
	}
	phrase, err := readPassphrase(o.passphrase)
	if err != nil {
		return nil, err
	}
	r, err := age.NewScryptRecipient(phrase)
	if err != nil {
		return nil, err
	}
	r.SetWorkFactor(workFactor)
	return []age.Recipient{r}, nil
}

// A key opens an archive, as flags say it.
type key struct{ identity, passphrase string } // files

func (o *key) flags(c *cobra.Command, l wording.Language) {
	c.Flags().StringVar(&o.identity, "identity", "", textFlagIdentity.In(l))
	c.Flags().StringVar(&o.passphrase, "passphrase-file", "", textFlagPassphraseOpen.In(l))
}

func (o *key) parse() (keys []age.Identity, err error) {
	if o.identity != "" {
		text, err := readSecret(o.identity)
		if err != nil {
			return nil, err
		}
		if keys, err = age.ParseIdentities(strings.NewReader(text)); err != nil {
			return nil, refuse(textBadIdentity, o.identity)
		}
	}
	if o.passphrase != "" {
		phrase, err := readPassphrase(o.passphrase)
		if err != nil {
			return nil, err
		}
		s, err := age.NewScryptIdentity(phrase)
		if err != nil {
			return nil, err
		}
		s.SetMaxWorkFactor(mostWork)
		keys = append(keys, s)
	}
	return keys, nil
}

// readPassphrase is the first line of a file.
func readPassphrase(name string) (string, error) {
	text, err := readSecret(name)
	if err != nil {
		return "", err
	}
	phrase, _, _ := strings.Cut(text, "\n")
	if phrase = strings.TrimSuffix(phrase, "\r"); phrase == "" {
		return "", refuse(textNoPassphrase, name)
	}
	return phrase, nil
}

func readSecret(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, mostSecret))
	return string(text), errors.Join(err, f.Close())
}
