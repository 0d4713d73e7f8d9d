package config

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// envPrefix is how the variables that set a key begin: LACHAN_CACHE_MAX_TTL
// sets cache.max_ttl.
const envPrefix = "LACHAN_"

// EnvFile names the file of the configuration, as the flag --config does.
const EnvFile = envPrefix + "CONFIG"

// EnvLanguage is the language of the commands, as the flag --lang is.
const EnvLanguage = envPrefix + "LANG"

// keySeparator joins the keys of a path for viper. It is in no key.
const keySeparator = "/"

// override sets what variables and flags say. A value that cannot be used is
// reported and leaves what the file says.
func override(c *Config, flags *pflag.FlagSet) yamlfile.Problems {
	v := viper.NewWithOptions(viper.KeyDelimiter(keySeparator))
	v.AllowEmptyEnv(true)
	var problems yamlfile.Problems
	for _, k := range yamlfile.Keys(c) {
		key, origin := strings.Join(k.Path, keySeparator), envName(k.Path)
		// Both refuse only an empty name or flag.
		_ = v.BindEnv(key, origin)
		if flag := lookup(flags, flagName(k.Path)); flag != nil {
			_ = v.BindPFlag(key, flag)
			if flag.Changed {
				origin = "--" + flag.Name
			}
		}
		if !v.IsSet(key) {
			continue
		}
		wrong := yamlfile.Set(k.Value, v.GetString(key))
		for _, p := range wrong {
			problems.Add(origin, 0, p.Text)
		}
		if len(wrong) == 0 {
			c.origin[strings.Join(k.Path, ".")] = origin
		}
	}
	return problems
}

func lookup(flags *pflag.FlagSet, name string) *pflag.Flag {
	if flags == nil {
		return nil
	}
	return flags.Lookup(name)
}

// envName is the variable of a key: LACHAN_CACHE_MAX_TTL.
func envName(path []string) string {
	return envPrefix + strings.ToUpper(strings.Join(path, "_"))
}

// flagName is the flag of a key: cache.max_ttl.
func flagName(path []string) string { return strings.Join(path, ".") }

// unknownVariables reports variables that look as if they were to set a key.
func unknownVariables(c *Config, environ []string) yamlfile.Problems {
	known := []string{EnvFile, EnvLanguage}
	for _, k := range yamlfile.Keys(c) {
		known = append(known, envName(k.Path))
	}
	var problems yamlfile.Problems
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(known, name) {
			continue
		}
		if near, ok := yamlfile.Nearest(name, known); ok {
			problems.Add(name, 0, textNearEnv.With(near))
		} else {
			problems.Add(name, 0, textUnknownEnv)
		}
	}
	return problems
}

// AddFlags adds a flag for every key of the configuration, each as
// --cache.max_ttl=12h. Those that are rarely wanted are not shown in the help.
func AddFlags(flags *pflag.FlagSet, l wording.Language) {
	shown := []string{"state_dir", "server.listen", "http.listen", "upstream.servers", "policy", "log.level"}
	for _, k := range yamlfile.Keys(&Config{}) {
		name := flagName(k.Path)
		flags.String(name, "", textFlagKey.With(name).In(l))
		flags.Lookup(name).Hidden = !slices.Contains(shown, name)
	}
}
