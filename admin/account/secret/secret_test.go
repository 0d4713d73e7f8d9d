package secret_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/admin/account/secret"
)

func TestAPasswordMatchesItsHashAlone(t *testing.T) {
	h := secret.NewHasher()
	hash, err := h.Hash(t.Context(), "một câu dễ nhớ")
	if err != nil {
		t.Fatal(err)
	}
	f := func(password, hash string, want bool) {
		t.Helper()
		if got, err := h.Matches(t.Context(), password, hash); got != want || err != nil {
			t.Errorf("%q, %q: %v, %v", password, hash, got, err)
		}
	}
	f("một câu dễ nhớ", hash, true)
	f("mo\u0323\u0302t ca\u0302u de\u0302\u0303 nho\u031b\u0301", hash, true) // as other keyboards write it
	f("một câu dễ nhớ ", hash, false)
	f("", hash, false)
	f("", "", false)
	f("một câu dễ nhớ", "", false)
	f("một câu dễ nhớ", hash[:len(hash)-1], false)
	f("một câu dễ nhớ", strings.Replace(hash, "m=19456", "m=99999999", 1), false)
	f("một câu dễ nhớ", strings.Replace(hash, "t=2", "t=0", 1), false)
	if secret.Outdated(hash) || !secret.Outdated(strings.Replace(hash, "t=2", "t=1", 1)) {
		t.Error("outdated")
	}
}

// TestPasswordsAreWorkedOnTwoAtATime: of those that come at once, two are worked on,
// some wait, and the rest are told so at once.
func TestPasswordsAreWorkedOnTwoAtATime(t *testing.T) {
	h := secret.NewHasher()
	var all sync.WaitGroup
	var mu sync.Mutex
	done, busy := 0, 0
	for range 200 {
		all.Go(func() {
			_, err := h.Matches(t.Context(), "wrong", "")
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, secret.ErrBusy) {
				busy++
			} else if err == nil {
				done++
			} else {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if done < 64 || done+busy != 200 || busy == 0 {
		t.Errorf("%d done, %d refused", done, busy)
	}
	t.Logf("of 200 at once %d were worked on, %d were told to come again", done, busy)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 { // a caller that has gone: either it was its turn, or it is told
		if _, err := h.Matches(ctx, "wrong", ""); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

func TestPasswordsThatAreTriedFirstAreRefused(t *testing.T) {
	f := func(password, refused string) {
		t.Helper()
		err := secret.Check(password, "cntt.kimdong", "th-kim-dong", "Trường Tiểu học Kim Đồng")
		if (err == nil) != (refused == "") || err != nil && !strings.Contains(err.Error(), refused) {
			t.Errorf("%q: %v", password, err)
		}
	}
	f("con mèo trèo cây cau", "")
	f("correct horse battery", "")
	f("xK4!qWz9pL", "")
	f("9271640358264", "")
	f("!@#$%^&*()", "")
	f("ngắn quá", "at least 10")
	f(strings.Repeat("dài quá ", 200), "longer")
	f("\xff\xfe67890123", "not valid")
	f("kimdong2026", "guess")
	f("Kim Đồng 2026", "guess")
	f("th-kim-dong!", "guess")
	f("cntt.kimdong1", "guess")
	f("matkhau123456", "guess")
	f("Mật khẩu 1234567", "guess")
	f("aaaaaaaaaaaa", "guess")
	f("          ", "guess")
	f("1234567890", "guess")
	f("lachan2026", "guess")
}

func TestCodesAndTokens(t *testing.T) {
	code := secret.NewCode()
	if len(code) != 19 || secret.NewCode() == code {
		t.Error(code)
	}
	if typed := " " + strings.ToUpper(strings.ReplaceAll(code, "-", "")); secret.HashCode(typed) != secret.HashCode(code) {
		t.Errorf("%s is not %s", typed, code)
	}
	token, hash := secret.NewToken()
	if got, ok := secret.HashToken(token); !ok || got != hash || !strings.HasPrefix(token, "lachan_") || len(token) != 45 {
		t.Errorf("%s: %s, %v", token, got, ok)
	}
	for i := range len(token) { // a letter that is wrong is seen without looking anywhere
		wrong := token[:i] + "~" + token[i+1:]
		if _, ok := secret.HashToken(wrong); ok {
			t.Errorf("%s is a token", wrong)
		}
	}
	if _, ok := secret.HashToken(""); ok {
		t.Error("nothing is a token")
	}
}

func TestWhatIsSealedIsOpenedForItsPurposeAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	key, err := secret.OpenKey(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed := key.Seal("JBSWY3DP", "totp acc_1")
	again, err := secret.OpenKey(path) // as after a start
	if err != nil {
		t.Fatal(err)
	}
	if text, err := again.Unseal(sealed, "totp acc_1"); text != "JBSWY3DP" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := again.Unseal(sealed, "totp acc_2"); text != "" || err == nil {
		t.Errorf("opened for another: %q", text)
	}
	sealed[len(sealed)-1] ^= 1
	if text, err := again.Unseal(sealed, "totp acc_1"); text != "" || err == nil {
		t.Errorf("changed and opened: %q", text)
	}
	if _, err := again.Unseal(nil, ""); err == nil {
		t.Error("nothing was opened")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.OpenKey(path); err == nil {
		t.Error("a key that is cut opens")
	}
}

// TestCodesOfAnAppAreThoseOfTheStandard: the values of RFC 6238, appendix B, for SHA-1,
// their last six digits; a step from now they hold, two steps away and a second time not.
func TestCodesOfAnAppAreThoseOfTheStandard(t *testing.T) {
	const key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		f := func(after time.Duration, last int64, want bool) {
			t.Helper()
			step, ok := secret.TOTPStep(key, code, last, time.Unix(at, 0).Add(after))
			if ok != want || ok && step != at/30 {
				t.Errorf("%d + %s after step %d: %d, %v", at, after, last, step, ok)
			}
		}
		f(0, 0, true)
		f(30*time.Second, 0, true)
		f(-30*time.Second, 0, true)
		f(60*time.Second, 0, false)
		f(-90*time.Second, 0, false)
		f(0, at/30, false)
		f(0, at/30-1, true)
	}
	for _, code := range []string{"", "28708", "2870822", "abcdef", "94287082"} {
		if _, ok := secret.TOTPStep(key, code, 0, time.Unix(59, 0)); ok {
			t.Errorf("%q is a code", code)
		}
	}
	made, url, err := secret.NewTOTP("Lá Chắn", "cntt.kimdong")
	if err != nil || len(made) != 32 || !strings.HasPrefix(url, "otpauth://totp/") {
		t.Error(made, url, err)
	}
}

// FuzzHashes: whatever a file says a hash is, it costs no more than is affordable and
// matches nothing by chance.
func FuzzHashes(f *testing.F) {
	h := secret.NewHasher()
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("")
	f.Fuzz(func(t *testing.T, hash string) {
		if ok, err := h.Matches(t.Context(), "a password", hash); ok || err != nil {
			t.Errorf("%q: %v, %v", hash, ok, err)
		}
	})
}
