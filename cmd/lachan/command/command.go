// Package command holds what the commands have in common: how they end, which
// arguments they take, where their configuration is, and how they print.
package command

import (
	"os"
	"os/user"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/config"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// defaultFile is the configuration of commands that are not told one.
func defaultFile() string {
	if file := os.Getenv(config.EnvFile); file != "" {
		return file
	}
	return "lachan.yaml"
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

// User is the name of the person who gives the command, as far as is known.
func User() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "?"
}
