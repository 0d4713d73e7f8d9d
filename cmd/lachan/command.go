package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"lachan/blocklist"
	"lachan/blocklist/feed"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// withConfig gives a command the flag that names the configuration.
func withConfig(c *cobra.Command) *cobra.Command {
	c.Flags().String("config", defaultConfig(), wording.CLIFlagConfig.String())
	return c
}

// configOf reads the configuration that a command was given.
func configOf(c *cobra.Command) (*config.Config, yamlfile.Problems) {
	file, err := c.Flags().GetString("config")
	if err != nil {
		panic(err) // withConfig has defined it
	}
	return config.Load(file, c.Flags())
}

// An offline is what commands that need no server work on: the configuration,
// the policy and what is on disk.
type offline struct {
	cfg    *config.Config
	policy *policy.Policy
	facts  *catalogue.Catalogue
}

// openOffline reads the configuration and the policy of a command. Notes are
// what is worth knowing and no mistake.
func openOffline(c *cobra.Command) (*offline, yamlfile.Problems, error) {
	cfg, problems := configOf(c)
	if len(problems) > 0 {
		return nil, nil, problems
	}
	p, notes := source.LoadPolicy(cfg, nil)
	if p == nil {
		return nil, nil, notes
	}
	facts, err := catalogue.Load()
	return &offline{cfg, p, facts}, notes, err
}

// lists are the compiled lists on disk, bound to the policy, or the built-in
// ones when there are none; note then says so.
func (o *offline) lists(c *cobra.Command) (list *blocklist.List, note wording.Text, err error) {
	lists, err := o.newest()
	if err != nil {
		note = wording.CLIExplainSnapshot.With(err)
	} else if lists == nil {
		note = wording.CLIExplainNoLists.With(o.cfg.StateDir)
	}
	if lists == nil {
		if lists, err = blocklist.CompileAside(c.Context(), source.Builtin(o.facts)); err != nil {
			return nil, note, err
		}
	}
	return source.Bind(lists, o.policy, o.cfg), note, nil
}

// newest is the newest compiled lists on disk that are whole; nil when there
// are none. It changes nothing there.
func (o *offline) newest() (*blocklist.Lists, error) {
	return blocklist.Newest(o.cfg.ListsDir())
}

// openStores opens what is on disk for a command that changes it.
func (o *offline) openStores() (*feed.Store, *blocklist.Shelf, error) {
	if err := o.cfg.MakeStateDir(); err != nil {
		return nil, nil, err
	}
	store, err1 := feed.Open(o.cfg.FeedsDir())
	shelf, err2 := blocklist.OpenShelf(o.cfg.ListsDir())
	return store, shelf, errors.Join(err1, err2)
}

// defaultConfig is the configuration of commands that are not told one.
func defaultConfig() string {
	if file := os.Getenv(config.EnvFile); file != "" {
		return file
	}
	return "lachan.yaml"
}
