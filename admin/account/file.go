package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"lachan/internal/durable"
)

// Bounds of what is kept of an account.
const (
	mostFileBytes = 64 << 10
	mostPasskeys  = 10
	recoveryCodes = 8
	idPrefix      = "acc_"
	fileEnd       = ".json"
)

// A file is what is kept of an account. What can be kept as a hash is; what has to be
// read again is sealed.
type file struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Made     time.Time   `json:"made"`
	Password string      `json:"password,omitempty"` // argon2id; "" is none
	TOTP     *sealedTOTP `json:"totp,omitempty"`
	Pending  *sealedTOTP `json:"totp_pending,omitempty"` // until its first code is typed
	Recovery []string    `json:"recovery,omitempty"`     // hashes of those not used yet
	Passkeys []Passkey   `json:"passkeys,omitempty"`
	OIDC     *Identity   `json:"oidc,omitempty"`
	Invite   *invitation `json:"invite,omitempty"`
}

// sealedTOTP is the secret of an app.
type sealedTOTP struct {
	Sealed []byte `json:"sealed"`
	Step   int64  `json:"step"` // of the last code that was used
}

// A Passkey is a key of a device that an account is entered with.
type Passkey struct {
	ID         string          `json:"id"`   // of the credential, in base64
	Name       string          `json:"name"` // as its owner calls it
	Made       time.Time       `json:"made"`
	Credential json.RawMessage `json:"credential"`
}

// An Identity is somebody as a provider of OpenID Connect knows him. Names may be given
// to others later; these two not.
type Identity struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// An invitation is a code that a password is set by, once.
type invitation struct {
	Hash  string    `json:"hash"`
	Until time.Time `json:"until"`
}

// newID is a new id of a thing: ids sort by when they were made.
func newID(prefix string) string { return prefix + ulid.Make().String() }

// isID reports whether a text is an id with a prefix, and so safe as the name of a file.
func isID(text, prefix string) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	id, err := ulid.ParseStrict(rest)
	return ok && err == nil && id.String() == rest
}

var (
	errTooLong = errors.New("the file is too long")
	errNotIt   = errors.New("the file holds something else than its name says")
)

// parseFile reads what write wrote. What is not whole opens nothing.
func parseFile(id string, text []byte) (f file, err error) {
	if err := json.Unmarshal(text, &f); err != nil {
		return file{}, err
	}
	name, err := canonicalName(f.Name)
	if err != nil || name != f.Name || f.ID != id || len(f.Passkeys) > mostPasskeys || len(f.Recovery) > recoveryCodes {
		return file{}, errNotIt
	}
	if f.OIDC != nil && (f.OIDC.Issuer == "" || f.OIDC.Subject == "") {
		return file{}, errNotIt
	}
	return f, nil
}

// readBounded reads a file of at most so many bytes.
func readBounded(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(text)) > most {
		err = errTooLong
	}
	return text, err
}

// readFile reads the file of an account. One that is damaged is set aside.
func readFile(dir, id string) (file, error) {
	path := filepath.Join(dir, id+fileEnd)
	text, err := readBounded(path, mostFileBytes)
	if err != nil && !errors.Is(err, errTooLong) {
		return file{}, fmt.Errorf("read account %s: %w", id, err)
	}
	f, parseErr := parseFile(id, text)
	if err = errors.Join(err, parseErr); err != nil {
		_, aside := durable.SetAside(path)
		return file{}, fmt.Errorf("read account %s: %w", id, errors.Join(err, aside))
	}
	return f, nil
}

func (f file) write(dir string) error {
	text, err := json.Marshal(f)
	if err == nil && len(text) > mostFileBytes {
		err = errTooLong
	}
	if err == nil {
		err = durable.WriteFile(filepath.Join(dir, f.ID+fileEnd), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("write account %s: %w", f.ID, err)
	}
	return nil
}
