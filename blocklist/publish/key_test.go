package publish_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist/publish"
	"lachan/blocklist/release"
)

// lockedKey is a secret key of minisign with the password "mật khẩu", made
// cheap to unlock, and lockedPublic is its public key.
const (
	lockedKey = "untrusted comment: minisign encrypted secret key\n" +
		"RWRTY0Iyb8TmVECPphiclFIQIY3Jy0wbRA0PfW01lLGQrdLpKkgAgAAAAAAAAAAAAAEAAAAAR1fDLAbzEEbwIXBHwCxVCI+qDvU+i2uaxAedoQqIYEO5mUCFFUZYhCzfOSSN4KbBwYg6rvzt5abx0E4eWWNpzRmtAcfy8B2hXWMoS1wcwwpVmCqI5dIAeif07dhDR0A/wBr9Qd3/4Ak=\n"
	lockedPublic = "RWS0CFpB/P2PqhMmFfK3ke+uwrCTFyBWKGg2bTv9dkMB3XH8gJOIResy"
	password     = "mật khẩu"
)

// runMinisign runs Debian's minisign in a directory.
func runMinisign(t *testing.T, dir, input string, args ...string) {
	t.Helper()
	tool, err := exec.LookPath("minisign")
	if err != nil {
		t.Skip("minisign is not installed; run make tools")
	}
	c := exec.Command(tool, args...)
	c.Dir, c.Stdin = dir, strings.NewReader(input)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("minisign %v: %v\n%s", args, err, out)
	}
}

func TestKeysServeMinisignAndUs(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "list.txt")
	write(t, list, "a.example\n")

	public, err := publish.NewKey(filepath.Join(dir, "ours"), "")
	if err != nil {
		t.Fatal(err)
	}
	runMinisign(t, dir, "", "-S", "-s", "ours", "-m", "list.txt", "-t", "seq:3")
	proof, err := release.Keys{public}.Verify(strings.NewReader("a.example\n"), readFile(t, list+".minisig"))
	if err != nil || proof.Seq != 3 {
		t.Errorf("signed by minisign with our key: %+v, %v", proof, err)
	}

	runMinisign(t, dir, "", "-G", "-W", "-s", "theirs", "-p", "theirs.pub")
	key, err := publish.ReadKey(filepath.Join(dir, "theirs"), "")
	if err != nil {
		t.Fatal(err)
	}
	if name, err := publish.SignFile(list, key, "seq:4"); err != nil || name != list+".minisig" {
		t.Fatal(name, err)
	}
	runMinisign(t, dir, "", "-V", "-p", "theirs.pub", "-m", "list.txt")
}

func TestLockedKeysServeMinisignAndUs(t *testing.T) {
	dir := t.TempDir()
	file, list := filepath.Join(dir, "key"), filepath.Join(dir, "list.txt")
	write(t, file, lockedKey)
	write(t, list, "a.example\n")
	runMinisign(t, dir, password+"\n", "-S", "-s", "key", "-m", "list.txt")
	runMinisign(t, dir, "", "-V", "-P", lockedPublic, "-m", "list.txt")

	key, err := publish.ReadKey(file, password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publish.SignFile(list, key, "seq:5"); err != nil {
		t.Fatal(err)
	}
	runMinisign(t, dir, "", "-V", "-P", lockedPublic, "-m", "list.txt")
	for _, wrong := range []string{"", "mk"} {
		if _, err := publish.ReadKey(file, wrong); !errors.Is(err, publish.ErrPassword) {
			t.Errorf("with the password %q: %v", wrong, err)
		}
	}
}

// TestAPasswordLocksANewKey takes a second: a password is made slow to guess.
func TestAPasswordLocksANewKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if _, err := publish.NewKey(file, password); err != nil {
		t.Fatal(err)
	}
	if _, err := publish.ReadKey(file, ""); !errors.Is(err, publish.ErrPassword) {
		t.Errorf("without it: %v", err)
	}
}

func TestKeysAreForTheirOwnerAndNeverOverwritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if _, err := publish.NewKey(file, ""); err != nil {
		t.Fatal(err)
	}
	before := readFile(t, file)
	if _, err := publish.NewKey(file, ""); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made again: %v", err)
	}
	if !bytes.Equal(readFile(t, file), before) {
		t.Error("the key is another")
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	other := filepath.Join(t.TempDir(), "key")
	write(t, other+".pub", "of another key")
	if _, err := publish.NewKey(other, ""); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a public key lies there: %v", err)
	}
	if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of the pair was made: %v", err)
	}
}

func TestWhatIsNoSecretKeyIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	f := func(text string) {
		t.Helper()
		write(t, file, text)
		if _, err := publish.ReadKey(file, "x"); !errors.Is(err, publish.ErrKey) {
			t.Errorf("%q: %v", text, err)
		}
	}
	f("")
	f("chuỗi bất kỳ")
	f("untrusted comment: minisign public key\n" + lockedPublic + "\n") // the other of the pair
	f(lockedKey[:120])
	f(lockedKey[:80] + "!" + lockedKey[81:])
}

// FuzzReadKey: whatever a file holds, it is a key that signs, or an error; a
// password is never asked of what is no locked key.
func FuzzReadKey(f *testing.F) {
	key := func() []byte {
		file := filepath.Join(f.TempDir(), "key")
		if _, err := publish.NewKey(file, ""); err != nil {
			f.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		return text
	}()
	f.Add(key)
	f.Add([]byte(lockedKey))
	f.Add([]byte(lockedPublic))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "key")
		write(t, file, string(text))
		key, err := publish.ReadKey(file, "")
		if err != nil {
			return
		}
		signature, err := release.Sign(key, strings.NewReader("x"), "seq:1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (release.Keys{release.PublicKey(key)}).Verify(strings.NewReader("x"), signature); err != nil {
			t.Fatalf("what the key signs is not good: %v", err)
		}
	})
}
