package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// envPrefix is how the variables that set a key begin: LACHAN_CACHE_MAX_TTL
// sets cache.max_ttl.
const envPrefix = "LACHAN_"

// envConfig names the file of the configuration, as the flag --config does.
const envConfig = envPrefix + "CONFIG"

// keySeparator joins the keys of a path for viper. It is in no key.
const keySeparator = "/"

// loadConfig reads the configuration: the defaults, over them the file, over it
// the environment, over that the flags that were given (see addConfigFlags;
// flags may be nil). With file "" there is none. All problems are returned, and
// what is right is set even then.
func loadConfig(file string, flags *pflag.FlagSet) (*Config, yamlfile.Problems) {
	c := &Config{}
	c.SetDefaults()
	c.file, c.origin = file, map[string]string{}
	var problems yamlfile.Problems
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			c.Policy = "" // where it is, nobody knows
			problems.Add(file, 0, wording.ConfigNoFile.With(err))
			return c, problems
		}
		problems = yamlfile.Decode(file, data, c)
	}
	problems = append(problems, c.override(flags)...)
	problems = append(problems, unknownVariables(c, os.Environ())...)
	c.resolvePaths()
	problems = append(problems, c.check()...)
	problems.Sort()
	return c, problems
}

// override sets what variables and flags say. A value that cannot be used is
// reported and leaves what the file says.
func (c *Config) override(flags *pflag.FlagSet) yamlfile.Problems {
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
	known := []string{envConfig}
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
			problems.Add(name, 0, wording.ConfigNearEnv.With(near))
		} else {
			problems.Add(name, 0, wording.ConfigUnknownEnv)
		}
	}
	return problems
}

// addConfigFlags adds a flag for every key of the configuration, each as
// --cache.max_ttl=12h. Those that are rarely wanted are not shown in the help.
func addConfigFlags(flags *pflag.FlagSet) {
	shown := []string{"state_dir", "server.listen", "http.listen", "upstream.servers", "policy", "log.level"}
	for _, k := range yamlfile.Keys(&Config{}) {
		name := flagName(k.Path)
		flags.String(name, "", wording.CLIFlagKey.With(name).String())
		flags.Lookup(name).Hidden = !slices.Contains(shown, name)
	}
}

// resolvePaths takes relative paths from where they were written: in the file,
// its directory; in a variable or a flag, the working directory.
func (c *Config) resolvePaths() {
	c.resolve("state_dir", &c.StateDir)
	c.resolve("policy", &c.Policy)
	c.resolve("server.tls.cert", &c.Server.TLS.Cert)
	c.resolve("server.tls.key", &c.Server.TLS.Key)
	c.resolve("server.tls.ticket_keys", &c.Server.TLS.TicketKeys)
	c.resolve("server.cookies.secret_file", &c.Server.Cookies.SecretFile)
	c.resolve("server.page.cert", &c.Server.Page.Cert)
	c.resolve("server.page.key", &c.Server.Page.Key)
	for i := range c.Server.RPZOut.Zones {
		c.resolve(item("server.rpz_out.zones", i)+".tsig.secret_file", &c.Server.RPZOut.Zones[i].TSIG.SecretFile)
	}
	for i := range c.Feeds {
		f, at := &c.Feeds[i], item("feeds", i)
		c.resolve(at+".url", &f.URL)
		c.resolve(at+".verify.sha256_url", &f.Verify.SHA256URL)
		c.resolve(at+".tsig.secret_file", &f.TSIG.SecretFile)
	}
	for i := range c.Reports {
		c.resolve(item("reports", i)+".dir", &c.Reports[i].Dir)
	}
}

// resolve makes the relative path that key has one from the working directory.
// An address (https://...) and "" stay as they are.
func (c *Config) resolve(key string, path *string) {
	local := strings.TrimPrefix(*path, "file://")
	if local == "" || filepath.IsAbs(local) || strings.Contains(local, "://") || c.originOf(key) != "" {
		return
	}
	*path = filepath.Join(filepath.Dir(c.file), local)
}

// originOf is the variable or flag that set the value at path, or what it is
// part of; "" when it comes from the file or is the default.
func (c *Config) originOf(path string) string {
	for path != "" {
		if o := c.origin[path]; o != "" {
			return o
		}
		path = parent(path)
	}
	return ""
}

// lineOf is the line of the file where the value at path stands, or what it is
// part of; 0 when it is not there.
func (c *Config) lineOf(path string) int {
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

// item is the path of an item of a list.
func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
