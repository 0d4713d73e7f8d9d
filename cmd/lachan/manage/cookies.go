package manage

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/internal/durable"
	"lachan/resolver/cookie"
)

// secretLife is after how long the server's own secret of cookies is renewed.
const secretLife = 24 * time.Hour

// renewCookies takes the secrets of cookies up: those that a fleet shares, or the
// server's own. While they cannot be had those in force stay; without any the
// server makes one for itself.
func (n *node) renewCookies(now time.Time) {
	secrets, err := cookieSecrets(n.cfg, now)
	if secrets != nil {
		n.identity.cookies = secrets
	}
	if err == nil {
		n.conditions.Clear("cookies")
		return
	}
	if n.conditions.Set("cookies", textCookiesBroken.With(err).String()) {
		n.log.Error("renew the secret of cookies", "error", err)
	}
	if n.identity.cookies == nil {
		n.identity.cookies = cookie.Secrets(nil).Renewed()
	}
}

func cookieSecrets(cfg *config.Config, now time.Time) (cookie.Secrets, error) {
	if file := cfg.Server.Cookies.SecretFile; file != "" {
		return cookie.ReadFile(file)
	}
	return ownSecrets(filepath.Join(cfg.StateDir, "cookies.key"), now)
}

// ownSecrets are in a file that is as old as its first secret. One that cannot be
// read is replaced: clients get new cookies.
func ownSecrets(file string, now time.Time) (cookie.Secrets, error) {
	secrets, err := cookie.ReadFile(file)
	if info, statErr := os.Stat(file); err == nil && statErr == nil && now.Sub(info.ModTime()) < secretLife {
		return secrets, nil
	}
	secrets = secrets.Renewed()
	if err := durable.WriteFile(file, secrets.Text(), 0o600); err != nil {
		return nil, fmt.Errorf("write secrets of cookies: %w", err)
	}
	return secrets, nil
}
