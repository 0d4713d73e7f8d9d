// Package config is lachan.yaml: what its keys are, what holds where they are
// left out, how file, environment and flags are read over each other, and what
// is wrong with a value. It starts nothing and opens only what it checks.
package config

import (
	_ "time/tzdata" // time zones on machines that have none

	"lachan/cmd/lachan/config/console"
	"lachan/cmd/lachan/config/dnstap"
	"lachan/cmd/lachan/config/fleet"
	"lachan/cmd/lachan/config/radius"
	"lachan/internal/yamlfile"
)

// A Config is lachan.yaml. Every key has a default (see SetDefaults); a
// relative path in the file is taken from the file's directory.
type Config struct {
	// Lines is where each value stands in the file.
	Lines yamlfile.Lines `json:"-"`

	// StateDir holds everything the program writes; it is made with mode 0700.
	// Default /var/lib/lachan.
	StateDir string `yaml:"state_dir"`
	// Timezone is the one of timetables, expiry dates and reports. Default
	// Asia/Ho_Chi_Minh.
	Timezone Timezone `yaml:"timezone"`
	// Start is what a first start does until lists were had once that have to be fetched:
	// wait for them, for at most 15 seconds, or serve without them. Default wait.
	Start Start `yaml:"start"`
	// Memory is what the processes that serve may have together; jobs, which end,
	// come beside it. Default auto, a quarter of what the machine has or the control
	// group may have, at least 64MiB; 64MiB to 1TiB.
	Memory Size   `yaml:"memory"`
	Server Server `yaml:"server"`
	HTTP   HTTP   `yaml:"http"`
	// Console is how people come in who run the program.
	Console  console.Console `yaml:"console"`
	Upstream Upstreams       `yaml:"upstream"`
	Cache    Cache           `yaml:"cache"`
	// Feeds are the lists, in order of rank (which matters to rpz only).
	// Default none.
	Feeds []Feed `yaml:"feeds"`
	// Policy is the file of units, profiles and timetables. Default
	// policy.yaml; "" gives everyone the built-in default profile.
	Policy string `yaml:"policy"`
	// Units is what a mistake in a row of a table of units does. Default each.
	Units   Units   `yaml:"units"`
	Metrics Metrics `yaml:"metrics"`
	// Fleet is how this machine serves the nodes that join it. Default none.
	Fleet fleet.Fleet `yaml:"fleet"`
	// RADIUS is which access servers say whose an address is. Default none.
	RADIUS radius.RADIUS `yaml:"radius"`
	// DNSTAP is which collector is told of questions and answers once two people have
	// decided so. Default none.
	DNSTAP dnstap.DNSTAP `yaml:"dnstap"`
	// Reports are made by themselves when their periods are over. Default none.
	Reports Reports `yaml:"reports"`
	Log     Log     `yaml:"log"`

	file   string            // as the user named it; "" when there is none
	origin map[string]string // variable or flag that set a value, by path
}
