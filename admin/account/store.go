package account

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"lachan/admin/account/secret"
	"lachan/internal/durable"
)

// Bounds of accounts.
const (
	mostAccounts  = 100_000
	leastNameLen  = 2
	mostNameLen   = 64
	inviteHolds   = 7 * 24 * time.Hour
	resetHolds    = 24 * time.Hour
	secretKeyFile = "secret.key"
)

// An Account is what may be shown of one.
type Account struct {
	ID            string
	Name          string // that it is logged in by
	Made          time.Time
	Password      bool
	TOTP          bool
	Passkeys      []Passkey // without their credentials
	RecoveryCodes int       // not used yet
	Issuer        string    // of OpenID Connect; "" if none
	InvitedUntil  time.Time // zero if no code waits
}

// SecondFactor reports whether an account has one.
func (a Account) SecondFactor() bool { return a.TOTP || len(a.Passkeys) > 0 }

// A Store is the accounts in a directory. Its methods may be called by any number of
// goroutines; a directory has one Store.
type Store struct {
	dir string
	key *secret.Key

	mu         sync.Mutex        // held while a file changes
	names      map[string]string // mu; by id
	ids        map[string]string // mu; by name
	identities map[Identity]string
	empty      bool // mu; there never was an account
}

// OpenStore opens a directory, which is made when it is not there. Damaged is what was
// set aside.
func OpenStore(dir string) (s *Store, damaged []error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("open accounts: %w", err)
	}
	s = &Store{dir: dir, empty: true}
	s.names, s.ids, s.identities = map[string]string{}, map[string]string{}, map[Identity]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open accounts: %w", err)
	}
	for _, e := range entries {
		if durable.IsTemporary(e.Name()) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
		if strings.HasPrefix(e.Name(), idPrefix) {
			s.empty = false // a damaged one was somebody's too
		}
		id, ok := strings.CutSuffix(e.Name(), fileEnd)
		if !ok || !isID(id, idPrefix) {
			continue
		}
		f, readErr := readFile(dir, id)
		if readErr == nil && s.ids[f.Name] != "" {
			readErr = fmt.Errorf("account %s has the name of %s, and is left out", id, s.ids[f.Name])
		}
		if readErr != nil {
			damaged = append(damaged, readErr)
			continue
		}
		s.remember(f)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open accounts: %w", err)
	}
	if s.key, err = secret.OpenKey(s.keyPath()); err != nil {
		damaged = append(damaged, err)
		if _, err := durable.SetAside(s.keyPath()); err != nil {
			return nil, damaged, err
		}
		s.key, err = secret.OpenKey(s.keyPath()) // what the old one sealed stays shut
	}
	return s, damaged, err
}

func (s *Store) keyPath() string { return filepath.Join(s.dir, secretKeyFile) }

// remember notes a file for look-ups. The caller holds mu, or nobody knows the store yet.
func (s *Store) remember(f file) {
	if old := s.names[f.ID]; old != f.Name {
		delete(s.ids, old)
	}
	s.names[f.ID], s.ids[f.Name] = f.Name, f.ID
	if f.OIDC != nil {
		s.identities[*f.OIDC] = f.ID
	}
}

// canonicalName is a name that accounts are logged in by: small letters of English,
// digits and some signs, so that no two look alike.
func canonicalName(name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	strange := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("._@-", c)
	}
	if len(name) < leastNameLen || len(name) > mostNameLen || strings.ContainsFunc(name, strange) {
		return "", refuse(Invalid, "name", textName.With(leastNameLen, mostNameLen))
	}
	return name, nil
}

// Create makes an account that nobody can enter yet, and a code by which its owner sets a
// password.
func (s *Store) Create(name string, now time.Time) (a Account, code string, err error) {
	code = secret.NewCode()
	f := file{Name: name, Made: now.UTC(), Invite: &invitation{secret.HashCode(code), now.Add(inviteHolds).UTC()}}
	a, err = s.add(f)
	return a, code, err
}

// add makes the file of a new account.
func (s *Store) add(f file) (Account, error) {
	name, err := canonicalName(f.Name)
	if err != nil {
		return Account{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids[name] != "" {
		return Account{}, refuse(Taken, "name", textNameTaken.With(name))
	}
	if len(s.names) >= mostAccounts {
		return Account{}, refuse(Full, "", textFull.With(mostAccounts))
	}
	f.ID, f.Name = newID(idPrefix), name
	if err := f.write(s.dir); err != nil {
		return Account{}, err
	}
	s.remember(f)
	s.empty = false
	return f.account(), nil
}

// account is what may be shown of a file.
func (f file) account() Account {
	a := Account{
		ID: f.ID, Name: f.Name, Made: f.Made,
		Password: f.Password != "", TOTP: f.TOTP != nil, RecoveryCodes: len(f.Recovery),
	}
	for _, p := range f.Passkeys {
		p.Credential = nil
		a.Passkeys = append(a.Passkeys, p)
	}
	if f.OIDC != nil {
		a.Issuer = f.OIDC.Issuer
	}
	if f.Invite != nil {
		a.InvitedUntil = f.Invite.Until
	}
	return a
}

// Get is an account by its id.
func (s *Store) Get(id string) (Account, error) {
	f, err := s.file(id)
	return f.account(), err
}

// Named is an account by its name.
func (s *Store) Named(name string) (Account, error) {
	return s.Get(s.idOf(name))
}

// idOf is the id of a name; "" if there is none.
func (s *Store) idOf(name string) string {
	name, err := canonicalName(name)
	if err != nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids[name]
}

// file reads the file of an account.
func (s *Store) file(id string) (file, error) {
	s.mu.Lock()
	name, known := s.names[id]
	s.mu.Unlock()
	if !known {
		return file{}, refuse(NotThere, "account", textNoAccount)
	}
	f, err := readFile(s.dir, id)
	if errors.Is(err, fs.ErrNotExist) || err == nil && f.Name != name {
		return file{}, refuse(NotThere, "account", textNoAccount)
	}
	return f, err
}

// A Name is an account in a list.
type Name struct{ ID, Name string }

// List is all accounts by name, without what is in their files.
func (s *Store) List() []Name {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Name, 0, len(s.names))
	for id, name := range s.names {
		list = append(list, Name{id, name})
	}
	slices.SortFunc(list, func(a, b Name) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// change changes the file of an account, one at a time. If do fails, the file stays.
func (s *Store) change(id string, do func(*file) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.names[id]; !known {
		return refuse(NotThere, "account", textNoAccount)
	}
	f, err := readFile(s.dir, id)
	if err != nil {
		return err
	}
	if err := do(&f); err != nil {
		return err
	}
	if err := f.write(s.dir); err != nil {
		return err
	}
	s.remember(f)
	return nil
}

// remove takes an account away.
func (s *Store) remove(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, known := s.names[id]
	if !known {
		return refuse(NotThere, "account", textNoAccount)
	}
	if err := os.Remove(filepath.Join(s.dir, id+fileEnd)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove account %s: %w", id, err)
	}
	delete(s.names, id)
	delete(s.ids, name)
	for identity, of := range s.identities {
		if of == id {
			delete(s.identities, identity)
		}
	}
	return durable.SyncDir(s.dir)
}

// identified is the account of an identity; "" if there is none.
func (s *Store) identified(i Identity) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identities[i]
}

// isEmpty reports whether there is no account, and never was one.
func (s *Store) isEmpty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.empty && len(s.names) == 0
}
