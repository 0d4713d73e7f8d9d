package resolve

import (
	"errors"
	"os"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/inforce"
	"lachan/internal/confine"
)

// systemFiles are what the libraries of this process read of the system: where
// resolvers and hosts are, which authorities vouch for certificates, what the
// process may use.
var systemFiles = []string{
	"/etc", "/run/systemd/resolve", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
	"/usr/lib/ssl", "/usr/share/zoneinfo", "/proc", "/sys/fs/cgroup",
}

// giveUp takes from this process what it does not need: it reads compiled files
// and writes one, what it counted, at its end.
func giveUp(use *inforce.Use, cfg *config.Config) error {
	// It may have begun with what was proven, and be given the newest later.
	readable := []string{use.ListsDir, use.PolicyDir, cfg.ListsDir(), cfg.PolicyDir(), inforce.ProvenDir(cfg.StateDir)}
	readable = append(readable, systemFiles...)
	for _, variable := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if path := os.Getenv(variable); path != "" {
			readable = append(readable, path)
		}
	}
	history := cfg.HistoryDir()
	err := os.MkdirAll(history, 0o700) // one that is made later could not be written to
	err = errors.Join(err, confine.Files(readable, []string{history}))
	return errors.Join(err, confine.Privileges(confine.ReadFiles|confine.WriteFiles))
}
