package release_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"lachan/blocklist/release"
)

// newKey is a pair of keys.
func newKey(t *testing.T) (minisign.PrivateKey, release.Key) {
	t.Helper()
	_, secret, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return secret, release.PublicKey(secret)
}

func sign(t *testing.T, secret minisign.PrivateKey, message, comment string) []byte {
	t.Helper()
	signature, err := release.Sign(secret, strings.NewReader(message), comment)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

func TestOnlyASignatureOfThisContentByAPinnedKeyIsTaken(t *testing.T) {
	oldSecret, oldKey := newKey(t)
	newSecret, nextKey := newKey(t)
	stranger, _ := newKey(t)
	f := func(keys release.Keys, message string, signature []byte, want error) {
		t.Helper()
		proof, err := keys.Verify(strings.NewReader(message), signature)
		if !errors.Is(err, want) || err == nil && !keys.Has(proof.Key) {
			t.Errorf("Verify: %+v, %v; want %v", proof, err, want)
		}
	}
	both := release.Keys{oldKey, nextKey}
	good := sign(t, oldSecret, "a.example\n", "timestamp:1")
	f(both, "a.example\n", good, nil)
	f(both, "a.example\n", sign(t, newSecret, "a.example\n", ""), nil) // while a key is replaced both count
	f(release.Keys{nextKey}, "a.example\n", good, release.ErrUnknownKey)
	f(both, "a.example\n", sign(t, stranger, "a.example\n", ""), release.ErrUnknownKey)
	f(both, "b.example\n", good, release.ErrForged)
	f(both, "a.example\n", bytes.Replace(good, []byte("timestamp:1"), []byte("timestamp:2"), 1), release.ErrForged)
	f(both, "a.example\n", []byte("untrusted comment: x\n"), release.ErrSignature)
	f(both, "a.example\n", nil, release.ErrSignature)
	f(nil, "a.example\n", good, release.ErrUnknownKey)

	whole := minisign.SignWithComments(oldSecret, []byte("a.example\n"), "seq:3", "x")
	f(both, "a.example\n", whole, nil)
	f(both, "b.example\n", whole, release.ErrForged)
}

func TestTrustedCommentNumbersAndEndsAVersion(t *testing.T) {
	f := func(text string, want release.Comment, wantErr bool) {
		t.Helper()
		got, err := release.ParseComment(text)
		if (err != nil) != wantErr || err != nil && !errors.Is(err, release.ErrComment) || got.Seq != want.Seq || !got.Expires.Equal(want.Expires) {
			t.Errorf("ParseComment(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
	noon := time.Date(2026, 12, 31, 5, 0, 0, 0, time.UTC)
	f("timestamp:1700000000\tfile:list.txt\thashed", release.Comment{}, false)
	f("timestamp:1 seq:12 expires:2026-12-31T12:00:00+07:00", release.Comment{Seq: 12, Expires: noon}, false)
	f("expires:2026-12-31", release.Comment{Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}, false) // the day counts whole
	f(release.Comment{Seq: 12, Expires: noon}.String(), release.Comment{Seq: 12, Expires: noon}, false)
	f("seq:x", release.Comment{}, true)
	f("seq:-1", release.Comment{}, true)
	f("seq:1 seq:2", release.Comment{}, true)
	f("expires:soon", release.Comment{}, true)
}

func TestKeysAreReadAsPeopleCopyThem(t *testing.T) {
	_, key := newKey(t)
	line, _ := key.MarshalText()
	f := func(text string, want int) {
		t.Helper()
		var keys release.Keys
		err := keys.SetShort(text)
		if len(keys) != want || err != nil && !strings.Contains(err.Error(), "RW...") {
			t.Errorf("SetShort(%q): %d keys, %v; want %d", text, len(keys), err, want)
		}
		if want == 1 && !keys.Has(key.ID()) {
			t.Errorf("SetShort(%q) is another key", text)
		}
	}
	f(string(line), 1)
	f("  "+string(line)+"\r\n", 1)
	f("untrusted comment: minisign public key X\n"+string(line)+"\n", 1)
	f("", 0)
	f("RWx", 0)
	f("-----BEGIN PUBLIC KEY-----", 0)
}

// TestTheReferenceToolAndWeTakeEachOthersSignatures runs Debian's minisign.
func TestTheReferenceToolAndWeTakeEachOthersSignatures(t *testing.T) {
	tool, err := exec.LookPath("minisign")
	if err != nil {
		t.Skip("minisign is not installed; run make tools")
	}
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		c := exec.Command(tool, args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("minisign %v: %v\n%s", args, err, out)
		}
	}
	list := filepath.Join(dir, "list.txt")
	if err := os.WriteFile(list, []byte("a.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run("-G", "-W", "-p", "k.pub", "-s", "k.key")
	var key release.Key
	if err := key.UnmarshalText(readFile(t, filepath.Join(dir, "k.pub"))); err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"-H", "-l"} { // of a digest, of the whole
		run("-S", way, "-s", "k.key", "-m", "list.txt", "-t", "seq:7 expires:2030-01-01")
		proof, err := release.Keys{key}.Verify(bytes.NewReader(readFile(t, list)), readFile(t, list+".minisig"))
		if err != nil || proof.Seq != 7 || proof.Expires.Year() != 2030 || proof.Key != key.ID() {
			t.Errorf("minisign %s: %+v, %v", way, proof, err)
		}
	}

	secret, ours := newKey(t)
	signature := sign(t, secret, "a.example\n", "seq:8")
	if err := os.WriteFile(list+".minisig", signature, 0o600); err != nil {
		t.Fatal(err)
	}
	line, _ := ours.MarshalText()
	run("-V", "-P", string(line), "-m", "list.txt")
}

// FuzzSignature: whatever the text, it is refused with an error that is named,
// or it is the signature that the key made of this message; another message it
// never signs.
func FuzzSignature(f *testing.F) {
	_, secret, err := minisign.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	good, err := release.Sign(secret, strings.NewReader("a.example\n"), "seq:1 expires:2030-01-01")
	if err != nil {
		f.Fatal(err)
	}
	keys := release.Keys{release.PublicKey(secret)}
	f.Add(good)
	f.Add(minisign.SignWithComments(secret, []byte("a.example\n"), "seq:x", "y"))
	f.Add([]byte("untrusted comment: x\n"))
	f.Fuzz(func(t *testing.T, signature []byte) {
		proof, err := keys.Verify(strings.NewReader("a.example\n"), signature)
		if err == nil && proof.Key != keys[0].ID() {
			t.Fatalf("proof %+v", proof)
		}
		named := errors.Is(err, release.ErrSignature) || errors.Is(err, release.ErrUnknownKey) ||
			errors.Is(err, release.ErrForged) || errors.Is(err, release.ErrComment)
		if err != nil && !named {
			t.Fatal(err)
		}
		if _, err := keys.Verify(strings.NewReader("b.example\n"), signature); err == nil || errors.Is(err, release.ErrComment) {
			t.Fatalf("signs another message: %v", err)
		}
	})
}

// FuzzKey: whatever people paste, it is a key that reads again as itself, or an
// error.
func FuzzKey(f *testing.F) {
	f.Add("RWS0CFpB/P2PqhMmFfK3ke+uwrCTFyBWKGg2bTv9dkMB3XH8gJOIResy")
	f.Add("untrusted comment: x\nRWS0CFpB/P2PqhMmFfK3ke+uwrCTFyBWKGg2bTv9dkMB3XH8gJOIResy\n")
	f.Fuzz(func(t *testing.T, text string) {
		var keys, again release.Keys
		if keys.SetShort(text) != nil || len(keys) == 0 {
			return
		}
		line, err := keys[0].MarshalText()
		if err == nil {
			err = again.SetShort(string(line))
		}
		if err != nil || len(again) != 1 || again[0].ID() != keys[0].ID() {
			t.Fatalf("%q is read as %s and then %v: %v", text, line, again, err)
		}
	})
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
