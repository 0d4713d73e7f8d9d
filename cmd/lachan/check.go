package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lachan/policy"
	"lachan/wording"
	"lachan/yamlfile"
)

func checkCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: wording.CLICheck.String(),
		Args:  noArguments,
		RunE:  func(c *cobra.Command, _ []string) error { return check(c, asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, wording.CLIFlagJSON.String())
	addConfigFlags(c.Flags())
	return withConfig(c)
}

// A checkResult is what `lachan check --json` prints.
type checkResult struct {
	Good     bool        `json:"good"`
	Mistakes []checkLine `json:"mistakes"`
	Notes    []checkLine `json:"notes"`
}

type checkLine struct {
	File string `json:"file"`
	Line int    `json:"line"` // 0: none
	VI   string `json:"vi"`
	EN   string `json:"en"`
}

// check prints everything that is wrong with the configuration and the policy,
// not only the first of it.
func check(c *cobra.Command, asJSON bool) error {
	cfg, mistakes := configOf(c)
	p, said := loadPolicy(cfg)
	mistakes = append(mistakes, said...)
	var notes yamlfile.Problems
	if p != nil {
		notes = append(p.Notes(time.Now()), checkEntries(cfg, p)...)
	}
	mistakes.Sort()
	if asJSON {
		if err := writeJSON(c.OutOrStdout(), checkResult{len(mistakes) == 0, checkLines(mistakes), checkLines(notes)}); err != nil {
			return err
		}
	} else {
		printCheck(c, cfg, p, mistakes, notes)
	}
	if len(mistakes) > 0 {
		return errSaid
	}
	return nil
}

// checkEntries looks at what only the lists on disk can tell.
func checkEntries(cfg *Config, p *policy.Policy) yamlfile.Problems {
	off := &offline{cfg: cfg, policy: p}
	lists, err := off.newest()
	if err != nil || lists == nil {
		return nil
	}
	return p.CheckLocks(bind(lists, p, cfg))
}

func printCheck(c *cobra.Command, cfg *Config, p *policy.Policy, mistakes, notes yamlfile.Problems) {
	for _, m := range mistakes {
		fmt.Fprintln(c.ErrOrStderr(), m.Error())
	}
	for _, n := range notes {
		fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", wording.CLINote, n.Error())
	}
	if len(mistakes) > 0 {
		fmt.Fprintln(c.ErrOrStderr(), wording.CLICheckBad.With(len(mistakes)))
		return
	}
	fmt.Fprintln(c.OutOrStdout(), wording.CLICheckGood.With(cfg.file, len(p.Groups())-1, len(cfg.Feeds)))
}

func checkLines(problems yamlfile.Problems) []checkLine {
	lines := make([]checkLine, 0, len(problems))
	for _, p := range problems {
		lines = append(lines, checkLine{p.File, p.Line, p.Text.VI, p.Text.EN})
	}
	return lines
}
