package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lachan/internal/confine"
	"lachan/internal/yamlfile"
)

// resolvePaths takes relative paths from where they were written: in the file,
// its directory; in a variable or a flag, the working directory.
func (c *Config) resolvePaths() {
	resolve(c, "state_dir", &c.StateDir)
	resolve(c, "policy", &c.Policy)
	resolve(c, "http.token_file", &c.HTTP.TokenFile)
	resolve(c, "fleet.ca", &c.Fleet.CA)
	resolve(c, "console.cert", &c.Console.Cert)
	resolve(c, "console.key", &c.Console.Key)
	resolve(c, "console.oidc.secret_file", &c.Console.OIDC.SecretFile)
	resolve(c, "console.mail.password_file", &c.Console.Mail.PasswordFile)
	resolve(c, "server.tls.cert", &c.Server.TLS.Cert)
	resolve(c, "server.tls.key", &c.Server.TLS.Key)
	resolve(c, "server.tls.ticket_keys", &c.Server.TLS.TicketKeys)
	resolve(c, "server.cookies.secret_file", &c.Server.Cookies.SecretFile)
	resolve(c, "server.page.cert", &c.Server.Page.Cert)
	resolve(c, "server.page.key", &c.Server.Page.Key)
	for i := range c.RADIUS.Clients {
		resolve(c, Item("radius.clients", i)+".secret_file", &c.RADIUS.Clients[i].SecretFile)
	}
	for i := range c.Server.RPZOut.Zones {
		resolve(c, Item("server.rpz_out.zones", i)+".tsig.secret_file", &c.Server.RPZOut.Zones[i].TSIG.SecretFile)
	}
	for i := range c.Feeds {
		f, at := &c.Feeds[i], Item("feeds", i)
		resolve(c, at+".url", &f.URL)
		resolve(c, at+".verify.sha256_url", &f.Verify.SHA256URL)
		f.URL, f.Verify.SHA256URL = oneFile(f.URL), oneFile(f.Verify.SHA256URL)
		resolve(c, at+".tsig.secret_file", &f.TSIG.SecretFile)
	}
	for i := range c.Reports.Schedule {
		resolve(c, Item("reports.schedule", i)+".dir", &c.Reports.Schedule[i].Dir)
	}
}

// resolve makes the relative path that key has one from the working directory.
// An address (https://...) and "" stay as they are.
func resolve(c *Config, key string, path *string) {
	local := strings.TrimPrefix(*path, "file://")
	if local == "" || filepath.IsAbs(local) || strings.Contains(local, "://") || originOf(c, key) != "" {
		return
	}
	*path = filepath.Join(filepath.Dir(c.file), local)
}

// oneFile is the address of a local file wherever the server was started: a list is not
// another one because its path is relative now. Others stay as they are.
func oneFile(address string) string {
	if address == "" || strings.Contains(address, "://") {
		return address
	}
	absolute, err := filepath.Abs(address)
	if err != nil {
		return address // nobody knows where this process is
	}
	return absolute
}

// ListsDir is where the compiled lists are.
func (c *Config) ListsDir() string { return filepath.Join(c.StateDir, "lists") }

// PolicyDir is where the compiled policies are.
func (c *Config) PolicyDir() string { return filepath.Join(c.StateDir, "policy") }

// LedgerDir is where the ledger of this machine is.
func LedgerDir(c *Config) string { return filepath.Join(c.StateDir, "ledger") }

// FleetDir is where what belongs to a fleet is: of a hub what nodes get, of a node what it
// has got.
func FleetDir(c *Config) string { return filepath.Join(c.StateDir, "fleet") }

// ConsoleFile has what people decided: as the ledger tells it, on a node of a fleet also as
// those of its hub do.
func ConsoleFile(c *Config) string {
	if path := fleetConsole(c); isFile(path) {
		return path
	}
	return filepath.Join(LedgerDir(c), "console.yaml")
}

func fleetConsole(c *Config) string { return filepath.Join(FleetDir(c), "console.yaml") }

// takeFleet has a node of a fleet use the policy of its hub, once that is here.
func takeFleet(c *Config) {
	if path := filepath.Join(FleetDir(c), "current", "policy.yaml"); isFile(path) {
		c.Policy = path
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// FeedsDir is where the copies of feeds are.
func (c *Config) FeedsDir() string { return filepath.Join(c.StateDir, "feeds") }

// HistoryDir is where the statistics are.
func (c *Config) HistoryDir() string { return filepath.Join(c.StateDir, "history") }

// DaysDir is where the files of days are. Those of other nodes may be copied to
// directories in it.
func (c *Config) DaysDir() string { return filepath.Join(c.HistoryDir(), "days") }

// RequestsDir is where requests from the block page are.
func (c *Config) RequestsDir() string { return filepath.Join(c.StateDir, "requests") }

// OrdersFile is the record of authorities' orders.
func (c *Config) OrdersFile() string { return filepath.Join(c.StateDir, "orders.jsonl") }

// VersionsFile is the record of which versions of lists were in force.
func VersionsFile(c *Config) string { return filepath.Join(c.StateDir, "versions.jsonl") }

// SignedDir has what publishers have signed of them.
func SignedDir(c *Config) string { return filepath.Join(c.StateDir, "signed") }

// MakeStateDir makes the directory of the state, and checks that it can be
// written to.
func (c *Config) MakeStateDir() error {
	denied := func(err error) error {
		return yamlfile.Problem{Text: textStateDirDenied.With(c.StateDir, err)}
	}
	if err := os.MkdirAll(c.StateDir, 0o700); err != nil {
		return denied(err)
	}
	probe, err := os.CreateTemp(c.StateDir, "probe-*.tmp")
	if err != nil {
		return denied(err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// StateOwner is the user that serves: the one to whom the state belongs. ok is
// false while there is no state.
func StateOwner(c *Config) (owner confine.Owner, ok bool) {
	return confine.OwnerOf(c.StateDir, c.FeedsDir(), c.ListsDir(), c.HistoryDir())
}

// StateError is err, with the remedy if some of the state belongs to another user
// than the one that serves.
func StateError(c *Config, err error) error {
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	owner, _ := StateOwner(c)
	return yamlfile.Problem{Text: textStateForeign.With(c.StateDir, err, owner, c.StateDir)}
}
