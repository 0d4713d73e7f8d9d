package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"aead.dev/minisign"

	"lachan/blocklist/release"
	"lachan/internal/durable"
)

// Why a secret key cannot be used.
var (
	ErrKey      = errors.New("not a secret key of minisign")
	ErrPassword = errors.New("password of the secret key is missing or wrong")
)

// ReadKey reads a secret key as the tool minisign writes it. The password is
// asked of keys that are locked only.
func ReadKey(file, password string) (minisign.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return minisign.PrivateKey{}, fmt.Errorf("read secret key: %w", err)
	}
	var key minisign.PrivateKey
	if !minisign.IsEncrypted(text) {
		if err := key.UnmarshalText(text); err != nil {
			return minisign.PrivateKey{}, fmt.Errorf("read secret key %s: %w: %w", file, ErrKey, err)
		}
		if !signs(key) { // nothing in such a file guards against damage
			return minisign.PrivateKey{}, fmt.Errorf("read secret key %s: %w: its halves do not belong together", file, ErrKey)
		}
		return key, nil
	}
	if password == "" { // which would take seconds to find wrong
		return minisign.PrivateKey{}, fmt.Errorf("read secret key %s: %w", file, ErrPassword)
	}
	if key, err = minisign.DecryptKey(password, text); err != nil {
		return minisign.PrivateKey{}, fmt.Errorf("read secret key %s: %w", file, ErrPassword)
	}
	return key, nil
}

// NewKey makes a pair of keys: the secret one in file, locked by the password
// unless that is "", the public one in file plus ".pub". It never
// replaces a file.
func NewKey(file, password string) (release.Key, error) {
	_, secret, err := minisign.GenerateKey(nil)
	if err != nil {
		return release.Key{}, fmt.Errorf("make key: %w", err)
	}
	text, err := secret.MarshalText()
	if password != "" {
		text, err = minisign.EncryptKey(password, secret)
	}
	public := release.PublicKey(secret)
	line, err2 := public.MarshalText()
	if err := errors.Join(err, err2); err != nil {
		return release.Key{}, fmt.Errorf("make key: %w", err)
	}
	open := "untrusted comment: minisign public key " + public.ID() + "\n" + string(line) + "\n"
	if err := newFile(file, append(text, '\n'), 0o600); err != nil {
		return release.Key{}, fmt.Errorf("make key: %w", err)
	}
	if err := newFile(file+".pub", []byte(open), 0o644); err != nil {
		return release.Key{}, fmt.Errorf("make key: %w", errors.Join(err, os.Remove(file)))
	}
	return public, nil
}

func newFile(name string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// SignFile puts a signature beside a file, with what the comment says of it,
// and returns the signature's name.
func SignFile(file string, key minisign.PrivateKey, comment string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	defer f.Close()
	signature, err := release.Sign(key, f, comment)
	if err == nil {
		err = durable.WriteFile(file+".minisig", signature, 0o644)
	}
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", file, err)
	}
	return file + ".minisig", nil
}

// signs reports whether the public half of a key verifies what the secret half
// signs.
func signs(key minisign.PrivateKey) bool {
	message := []byte("lachan")
	public, ok := key.Public().(minisign.PublicKey)
	return ok && minisign.Verify(public, message, minisign.Sign(key, message))
}
