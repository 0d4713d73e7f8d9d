package config

import (
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"lachan/internal/yamlfile"
)

// Load reads the configuration: the defaults, over them the file, over it
// the environment, over that the flags that were given (see AddFlags;
// flags may be nil). With file "" there is none. All problems are returned, and
// what is right is set even then.
func Load(file string, flags *pflag.FlagSet) (*Config, yamlfile.Problems) {
	c := &Config{}
	c.SetDefaults()
	c.file, c.origin = file, map[string]string{}
	var problems yamlfile.Problems
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			c.Policy = "" // its place is not known either
			problems.Add(file, 0, textNoFile.With(err))
			return c, problems
		}
		problems = yamlfile.Decode(file, data, c)
	}
	problems = append(problems, override(c, flags)...)
	problems = append(problems, unknownVariables(c, os.Environ())...)
	c.resolvePaths()
	takeFleet(c)
	problems = append(problems, c.check()...)
	addHandedOver(c)
	TakeChosen(c)
	takeCarried(c)
	problems.Sort()
	return c, problems
}

// originOf is the variable or flag that set the value at path, or what it is
// part of; "" when it comes from the file or is the default.
func originOf(c *Config, path string) string {
	for path != "" {
		if o := c.origin[path]; o != "" {
			return o
		}
		path = parent(path)
	}
	return ""
}

// LineOf is the line of the file where the value at path stands, or what it is
// part of; 0 when it is not there.
func (c *Config) LineOf(path string) int {
	for path != "" {
		if l := c.Lines[path]; l > 0 {
			return l
		}
		path = parent(path)
	}
	return 0
}

// parent is the path without its last key or place in a list.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// Item is the path of an item of a list.
func Item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// File is the file of the configuration as the user named it; "" if there is
// none.
func (c *Config) File() string { return c.file }
