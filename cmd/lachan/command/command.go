// Package command holds what the commands have in common: how they end, which
// arguments they take, where their configuration is, and how they print.
package command

import (
	"errors"
	"io/fs"
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// usualFiles are where the configuration of commands is that are not told one: the
// first that is there.
func usualFiles() []string { return []string{"lachan.yaml", "/etc/lachan/lachan.yaml"} }

// defaultFile is the configuration of commands that are not told one. It is the first
// of the usual ones even if that may not be read, and where none is there.
func defaultFile() string {
	if file := os.Getenv(config.EnvFile); file != "" {
		return file
	}
	return firstThere(usualFiles())
}

func firstThere(files []string) string {
	for _, file := range files {
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			return file
		}
	}
	return files[0]
}

// WithKeys gives a command a flag for every key of the configuration, and the
// one that names it.
func WithKeys(c *cobra.Command, l wording.Language) *cobra.Command {
	config.AddFlags(c.Flags(), l)
	return WithConfig(c, l)
}

// WithConfig gives a command the flag that names the configuration.
func WithConfig(c *cobra.Command, l wording.Language) *cobra.Command {
	c.Flags().String("config", defaultFile(), textFlagConfig.In(l))
	return c
}

// Config reads the configuration that a command was given.
func Config(c *cobra.Command) (*config.Config, yamlfile.Problems) {
	file, err := c.Flags().GetString("config")
	if err != nil {
		panic(err) // WithConfig has defined it
	}
	return config.Load(file, c.Flags())
}

// ConfigOrDefaults is Config for a command that works without a file: if none is
// named and there is none in the usual place, the defaults hold.
func ConfigOrDefaults(c *cobra.Command) (*config.Config, yamlfile.Problems) {
	_, err := os.Stat(defaultFile())
	if os.Getenv(config.EnvFile) == "" && !c.Flags().Changed("config") && errors.Is(err, fs.ErrNotExist) {
		return config.Load("", c.Flags())
	}
	return Config(c)
}

// User is the name of the person who gives the command, as far as is known.
func User() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "?"
}
