package config

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lachan/internal/memory"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/resolver/upstream"
)

// A checker gathers what is wrong with values that are right by themselves.
// Each section of the configuration checks itself with one.
type checker struct {
	cfg      *Config
	problems yamlfile.Problems
}

// check reports what the types of the values cannot know: bounds, files that
// are not there, and values that do not go together.
func (c *Config) check() yamlfile.Problems {
	k := &checker{cfg: c}
	k.stateDir()
	if c.Memory != auto {
		between[yamlfile.Bytes](k, "memory", yamlfile.Bytes(c.Memory), memory.Least, 1<<40)
	}
	c.Server.check(k)
	c.Server.Page.check(k)
	c.Server.TLS.check(k)
	k.encrypted()
	c.Server.Discovery.check(k)
	c.Server.Cookies.check(k)
	k.listeners()
	c.Server.RPZOut.check(k)
	c.HTTP.check(k)
	c.Fleet.Check(func(path string, text wording.Text) { k.wrong("fleet."+path, text) })
	c.RADIUS.Check(func(path string, text wording.Text) { k.wrong(strings.TrimSuffix("radius."+path, "."), text) })
	c.DNSTAP.Check(func(path string, text wording.Text) { k.wrong("dnstap."+path, text) })
	c.Console.Check(func(path string, text wording.Text) { k.wrong("console."+path, text) })
	c.Upstream.check(k)
	c.Cache.check(k)
	c.Metrics.check(k)
	k.feeds()
	k.reports()
	return k.problems
}

const day = 24 * time.Hour

var itemPlace = regexp.MustCompile(`\[\d+\]`)

// wrong reports the value at path.
func (k *checker) wrong(path string, text wording.Text) {
	k.problems = append(k.problems, k.cfg.Wrong(path, text))
}

// Wrong is what is wrong with the value at path, at the line or the variable it
// comes from.
func (c *Config) Wrong(path string, text wording.Text) yamlfile.Problem {
	name := itemPlace.ReplaceAllString(path, "")
	text = wording.Text{VI: name + ": " + text.VI, EN: name + ": " + text.EN}
	if origin := originOf(c, path); origin != "" {
		return yamlfile.Problem{File: origin, Text: text}
	}
	return yamlfile.Problem{File: c.file, Line: c.LineOf(path), Text: text}
}

// Problem is an error of one key as a mistake in the file.
func (c *Config) Problem(key string, err error) *yamlfile.Problem {
	text := wording.Text{VI: err.Error(), EN: err.Error()}
	var mistake *upstream.ConfigError
	if errors.As(err, &mistake) {
		text = mistake.Text
	}
	return &yamlfile.Problem{File: c.file, Line: c.LineOf(key), Text: text}
}

// between reports a value that is out of its bounds.
func between[T cmp.Ordered](k *checker, path string, value, least, most T) {
	if value < least || value > most {
		k.wrong(path, textBetween.With(InUnits(least), InUnits(most)))
	}
}

// InUnits writes a bound as a person would write it in the file.
func InUnits(bound any) any {
	if b, is := bound.(time.Duration); is {
		if b >= day && b%day == 0 {
			return strconv.Itoa(int(b/day)) + "d"
		}
		whole := strings.NewReplacer("h0m0s", "h", "m0s", "m")
		return whole.Replace(b.String())
	}
	return bound
}

// stateDir checks that the directory of the state can be made.
func (k *checker) stateDir() {
	c := k.cfg
	if c.StateDir == "" {
		k.wrong("state_dir", textNoStateDir)
	} else if file := fileOnTheWay(c.StateDir); file != "" {
		k.wrong("state_dir", textStateDir.With(file))
	}
}

// fileOnTheWay is the file, if any, that keeps a directory from being made.
func fileOnTheWay(dir string) string {
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return dir
		case err == nil, dir == filepath.Dir(dir):
			return ""
		}
		dir = filepath.Dir(dir)
	}
}
