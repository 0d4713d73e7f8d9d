package account_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/admin/account"
)

// A ledger is the grants of accounts.
type ledger map[string][]account.Grant

func (l ledger) Grants(id string) []account.Grant { return l[id] }

const password = "con mèo trèo cây cau"

var (
	home  = account.Visit{From: netip.MustParseAddr("127.0.1.1")}
	cafe  = account.Visit{From: netip.MustParseAddr("127.0.2.1")}
	units = ledger{}
)

func openDoor(t *testing.T, dir string, grants ledger) *account.Door {
	t.Helper()
	d, damaged, err := account.Open(account.Settings{Dir: dir, Grants: grants, UnitName: func(unit string) string { return "Trường " + unit }})
	if err != nil || damaged != nil {
		t.Fatal(err, damaged)
	}
	return d
}

// newAccount makes an account that has a password.
func newAccount(t *testing.T, d *account.Door, name string) account.Account {
	t.Helper()
	a, code, err := d.Store.Create(name, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Redeem(t.Context(), home, name, code, password, now); err != nil {
		t.Fatal(err)
	}
	return a
}

// refused checks how something was refused.
func refused(t *testing.T, err error, kind account.RefusalKind) *account.Refusal {
	t.Helper()
	var r *account.Refusal
	if !errors.As(err, &r) || r.Kind != kind || r.Text.VI == "" || r.Text.EN == "" {
		t.Errorf("got %v, want it refused as %s", err, kind)
		return &account.Refusal{}
	}
	return r
}

// code is what an app shows, made without the library that checks it (RFC 6238).
func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, uint64(at.Unix()/30))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%1_000_000)
}

// withTOTP gives an account an app, and returns its secret and the recovery codes.
func withTOTP(t *testing.T, d *account.Door, name string, at time.Time) (secret string, recovery []string) {
	t.Helper()
	p, err := d.Login(t.Context(), home, name, password, at)
	if err != nil {
		t.Fatal(err)
	}
	own, err := d.Own(t.Context(), p.Token)
	if err != nil {
		t.Fatal(err)
	}
	app, err := own.StartTOTP("Lá Chắn")
	if err != nil {
		t.Fatal(err)
	}
	strong, recovery, err := own.ConfirmTOTP(t.Context(), home, code(t, app.Secret, at), at)
	if err != nil || !strong.Session.Strong || strong.Token == p.Token || len(recovery) != 8 {
		t.Fatal(strong, recovery, err)
	}
	return app.Secret, recovery
}

func TestTheFirstAccountTakesTheCodeOfTheTerminal(t *testing.T) {
	dir := t.TempDir()
	d := openDoor(t, dir, units)
	first, ok := d.FirstCode(now)
	if !ok {
		t.Fatal("no code")
	}
	f := func(code, name, word string, at time.Time, kind account.RefusalKind) {
		t.Helper()
		_, err := d.First(t.Context(), home, code, name, word, at)
		refused(t, err, kind)
	}
	f("", "lan", password, now, account.Wrong)
	f("aaaa-aaaa-aaaa-aaaa", "lan", password, now, account.Wrong)
	f(first, "lan", password, now.Add(30*time.Minute), account.Wrong)
	f(first, "Lan!", password, now, account.Invalid)
	f(first, "lan", "short", now, account.Invalid)
	p, err := d.First(t.Context(), home, strings.ToUpper(first), "Lan", password, now)
	if err != nil || p.NeedsFactor || p.Account.Name != "lan" {
		t.Fatal(p, err)
	}
	f(first, "minh", password, now, account.Wrong) // once
	for _, d := range []*account.Door{d, openDoor(t, dir, units)} {
		if _, ok := d.FirstCode(now); ok {
			t.Error("there is a code for another first account")
		}
		if e, err := d.BySession(t.Context(), p.Token); err != nil || e.Actor.ID != p.Account.ID || e.Actor.Name != "lan" {
			t.Error("the session does not outlast a start", e, err)
		}
	}
	// A file that is damaged was somebody's: there is no first account again.
	if err := os.WriteFile(filepath.Join(dir, "accounts", p.Account.ID+".json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d, _, err := account.Open(account.Settings{Dir: dir, Grants: units})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := d.FirstCode(now); ok {
			t.Error("damage opens the door")
		}
		if _, err := d.BySession(t.Context(), p.Token); err == nil {
			t.Error("the session of an account that cannot be read goes on")
		}
	}
	t.Log(account.FirstText(first, now))
}

func TestALoginTakesNameAndPassword(t *testing.T) {
	d := openDoor(t, t.TempDir(), units)
	a := newAccount(t, d, "lan")
	if _, _, err := d.Store.Create("minh", now); err != nil { // invited, without a password
		t.Fatal(err)
	}
	f := func(name, word string) string {
		t.Helper()
		_, err := d.Login(t.Context(), cafe, name, word, now)
		return refused(t, err, account.Wrong).Error()
	}
	same := f("lan", "another password")
	if f("nobody", password) != same || f("minh", "") != same {
		t.Error("the answer tells which names there are")
	}
	p, err := d.Login(t.Context(), home, " LAN ", password, now)
	if err != nil || p.Account.ID != a.ID {
		t.Fatal(p, err)
	}
	if err := d.Logout(p.Token); err != nil {
		t.Fatal(err)
	}
	_, err = d.BySession(t.Context(), p.Token)
	refused(t, err, account.Ended)
	_, err = d.BySession(t.Context(), "")
	refused(t, err, account.Ended)
}

// TestAThousandWrongPasswordsHoldNobodyUp: of a thousand wrong passwords at once from one
// address few are looked at, and meanwhile the owner comes in: from elsewhere, and at the
// same address with a device that was in before.
func TestAThousandWrongPasswordsHoldNobodyUp(t *testing.T) {
	d := openDoor(t, t.TempDir(), units)
	newAccount(t, d, "lan")
	p, err := d.Login(t.Context(), cafe, "lan", password, now)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	kinds := map[account.RefusalKind]int{}
	for i := range 1000 {
		all.Go(func() {
			_, err := d.Login(t.Context(), cafe, "lan", fmt.Sprint("wrong password ", i), now)
			var r *account.Refusal
			mu.Lock()
			defer mu.Unlock()
			if errors.As(err, &r) {
				kinds[r.Kind]++
			}
		})
	}
	began := time.Now()
	if _, err := d.Login(t.Context(), home, "lan", password, now); err != nil {
		t.Error("the owner is held up elsewhere:", err)
	}
	took := time.Since(began)
	all.Wait()
	if kinds[account.Wrong] > 25 || kinds[account.Wrong]+kinds[account.TooSoon] != 1000 {
		t.Error(kinds)
	}
	t.Logf("of 1000 wrong passwords %d were looked at; the owner was in after %s", kinds[account.Wrong], took)
	_, err = d.Login(t.Context(), cafe, "lan", password, now)
	if r := refused(t, err, account.TooSoon); r.Wait <= 0 {
		t.Error(r.Wait)
	}
	beside := account.Visit{From: cafe.From, Device: p.Device}
	if _, err := d.Login(t.Context(), beside, "lan", password, now); err != nil {
		t.Error("the owner's device is held up:", err)
	}
}

// TestNamesAreNotToldByTime: a name that there is not costs the same work.
func TestNamesAreNotToldByTime(t *testing.T) {
	d := openDoor(t, t.TempDir(), units)
	newAccount(t, d, "lan")
	took := map[string]time.Duration{}
	for i := range 9 { // in turn: what else the machine does slows both
		for _, name := range []string{"lan", "nobody"} {
			from := account.Visit{From: netip.AddrFrom4([4]byte{127, 1, byte(i), 1})}
			began := time.Now()
			_, err := d.Login(t.Context(), from, name, "wrong password", now)
			refused(t, err, account.Wrong)
			if n := time.Since(began); took[name] == 0 || n < took[name] {
				took[name] = n
			}
		}
	}
	known, unknown := took["lan"], took["nobody"]
	if unknown < known/2 || known < unknown/2 {
		t.Errorf("known %s, unknown %s", known, unknown)
	}
	t.Logf("known %s, unknown %s", known, unknown)
}

func TestASecondFactorIsAskedForAndUsedOnce(t *testing.T) {
	dir := t.TempDir()
	d := openDoor(t, dir, units)
	newAccount(t, d, "lan")
	app, recovery := withTOTP(t, d, "lan", now)
	at := now.Add(time.Minute)
	half, err := d.Login(t.Context(), home, "lan", password, at)
	if err != nil || !half.NeedsFactor || half.Device != "" {
		t.Fatal(half, err)
	}
	_, err = d.BySession(t.Context(), half.Token)
	refused(t, err, account.Ended)
	_, err = d.Own(t.Context(), half.Token)
	refused(t, err, account.Ended)
	second := func(d *account.Door, token, code string, at time.Time) (account.Pass, error) {
		return d.Second(t.Context(), home, token, code, at)
	}
	_, err = second(d, half.Token, code(t, app, now), now) // the one that the app was confirmed by
	refused(t, err, account.Wrong)
	_, err = second(d, half.Token, "000000", at)
	refused(t, err, account.Wrong)
	whole, err := second(d, half.Token, code(t, app, at), at)
	if err != nil || !whole.Session.Strong || whole.Token == half.Token {
		t.Fatal(whole, err)
	}
	_, err = second(d, half.Token, code(t, app, at.Add(time.Minute)), at.Add(time.Minute))
	refused(t, err, account.Ended)

	d = openDoor(t, dir, units) // as after a start
	if half, err = d.Login(t.Context(), home, "lan", password, at); err != nil {
		t.Fatal(err)
	}
	_, err = second(d, half.Token, code(t, app, at), at)
	refused(t, err, account.Wrong)
	if _, err := second(d, half.Token, " "+strings.ToUpper(recovery[3])+" ", at); err != nil {
		t.Fatal(err)
	}
	d = openDoor(t, dir, units)
	if half, err = d.Login(t.Context(), home, "lan", password, at); err != nil {
		t.Fatal(err)
	}
	_, err = second(d, half.Token, recovery[3], at)
	refused(t, err, account.Wrong)
	if a, err := d.Store.Named("lan"); err != nil || a.RecoveryCodes != 7 || !a.TOTP {
		t.Error(a, err)
	}
}

// TestOneCodeLetsOneIn: a code that is shown many times at once.
func TestOneCodeLetsOneIn(t *testing.T) {
	d := openDoor(t, t.TempDir(), units)
	newAccount(t, d, "lan")
	app, recovery := withTOTP(t, d, "lan", now)
	at := now.Add(time.Minute)
	for _, word := range []string{code(t, app, at), recovery[0]} {
		var tokens []string
		for range 4 {
			p, err := d.Login(t.Context(), home, "lan", password, at)
			if err != nil {
				t.Fatal(err)
			}
			tokens = append(tokens, p.Token)
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for i, token := range tokens {
			all.Go(func() {
				from := account.Visit{From: netip.AddrFrom4([4]byte{127, 2, byte(i), 1})}
				if _, err := d.Second(t.Context(), from, token, word, at); err == nil {
					mu.Lock()
					in++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if in != 1 {
			t.Errorf("%d came in by one code", in)
		}
	}
}

func TestRolesThatNeedTwoFactorsHoldWithTwo(t *testing.T) {
	grants := ledger{}
	d := openDoor(t, t.TempDir(), grants)
	a := newAccount(t, d, "lan")
	grants[a.ID] = []account.Grant{{Account: a.ID, Role: account.School, Unit: "school-111"}, {Account: a.ID, Role: account.Operator}, {Account: a.ID, Role: account.Province, Unit: "province-1"}}
	p, err := d.Login(t.Context(), home, "lan", password, now)
	if err != nil || fmt.Sprint(p.MustEnroll) != "[operator province]" {
		t.Fatal(p, err)
	}
	may := func(token string) (school, province, all bool) {
		e, err := d.BySession(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		return e.Actor.May(account.Except, "school-111", country(), now), e.Actor.May(account.Except, "school-112", country(), now), e.Actor.May(account.Release, "", country(), now)
	}
	if school, province, all := may(p.Token); !school || province || all {
		t.Error("with one factor", school, province, all)
	}
	app, _ := withTOTP(t, d, "lan", now)
	at := now.Add(time.Minute)
	if p, err = d.Login(t.Context(), home, "lan", password, at); err != nil {
		t.Fatal(err)
	}
	if p, err = d.Second(t.Context(), home, p.Token, code(t, app, at), at); err != nil || p.MustEnroll != nil {
		t.Fatal(p, err)
	}
	if school, province, all := may(p.Token); !school || !province || !all {
		t.Error("with two factors", school, province, all)
	}
}

func TestPasswordsAreChangedByThoseWhoKnowThem(t *testing.T) {
	d := openDoor(t, t.TempDir(), ledger{})
	newAccount(t, d, "lan")
	other, err := d.Login(t.Context(), home, "lan", password, now)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Login(t.Context(), home, "lan", password, now)
	if err != nil {
		t.Fatal(err)
	}
	own, err := d.Own(t.Context(), p.Token)
	if err != nil || len(own.Sessions()) != 3 {
		t.Fatal(err)
	}
	refused(t, own.SetPassword(t.Context(), home, "wrong password", "một con vịt xòe ra", now), account.Wrong)
	refused(t, own.SetPassword(t.Context(), home, password, "short", now), account.Invalid)
	if err := own.SetPassword(t.Context(), home, password, "một con vịt xòe ra", now); err != nil {
		t.Fatal(err)
	}
	_, err = d.BySession(t.Context(), other.Token)
	refused(t, err, account.Ended)
	if _, err := d.BySession(t.Context(), p.Token); err != nil {
		t.Error(err)
	}
	_, err = d.Login(t.Context(), home, "lan", password, now)
	refused(t, err, account.Wrong)

	confirmed(t, own)
	own, err = d.Own(t.Context(), p.Token)
	if err == nil {
		t.Fatal("the token from before stepping up holds", own)
	}
}

// confirmed gives an account an app, after a code that is wrong.
func confirmed(t *testing.T, own *account.Own) {
	t.Helper()
	app, err := own.StartTOTP("Lá Chắn")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = own.ConfirmTOTP(t.Context(), home, "000000", now)
	refused(t, err, account.Wrong)
	if _, _, err := own.ConfirmTOTP(t.Context(), home, code(t, app.Secret, now), now); err != nil {
		t.Fatal(err)
	}
}

func TestAResetTakesAllWaysInAway(t *testing.T) {
	grants := ledger{}
	d := openDoor(t, t.TempDir(), grants)
	a := newAccount(t, d, "lan")
	app, recovery := withTOTP(t, d, "lan", now)
	p, err := d.Login(t.Context(), home, "lan", password, now)
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := d.Tokens.Issue(account.Actor{ID: a.ID}, a.ID, account.TokenWish{}, now)
	if err != nil {
		t.Fatal(err)
	}
	reset, err := d.Reset(a.ID, now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Second(t.Context(), home, p.Token, code(t, app, now.Add(time.Minute)), now.Add(time.Minute))
	refused(t, err, account.Ended)
	_, err = d.ByToken(text, now)
	refused(t, err, account.Ended)
	_, err = d.Login(t.Context(), cafe, "lan", password, now)
	refused(t, err, account.Wrong)
	_, err = d.Redeem(t.Context(), cafe, "lan", recovery[0], password, now)
	refused(t, err, account.Wrong)
	_, err = d.Redeem(t.Context(), cafe, "lan", reset, password, now.Add(25*time.Hour))
	refused(t, err, account.Wrong)
	_, err = d.Redeem(t.Context(), cafe, "lan", reset, "lan trường", now)
	refused(t, err, account.Invalid)
	if p, err = d.Redeem(t.Context(), cafe, "lan", reset, password, now); err != nil || p.NeedsFactor {
		t.Fatal(p, err)
	}
	_, err = d.Redeem(t.Context(), cafe, "lan", reset, password, now)
	refused(t, err, account.Wrong)
	if err := d.Remove(a.ID); err != nil {
		t.Fatal(err)
	}
	_, err = d.BySession(t.Context(), p.Token)
	refused(t, err, account.Ended)
	_, err = d.Login(t.Context(), cafe, "lan", password, now)
	refused(t, err, account.Wrong)
	_, err = d.Reset(a.ID, now)
	refused(t, err, account.NotThere)
}

func TestTokensAreProgramsAndEnd(t *testing.T) {
	dir, grants := t.TempDir(), ledger{}
	d := openDoor(t, dir, grants)
	a := newAccount(t, d, "lan")
	grants[a.ID] = []account.Grant{{Role: account.Commune, Unit: "commune-11"}, {Role: account.Operator}}
	owner := account.Actor{ID: a.ID}
	f := func(wish account.TokenWish, kind account.RefusalKind) {
		t.Helper()
		_, _, err := d.Tokens.Issue(owner, a.ID, wish, now)
		refused(t, err, kind)
	}
	f(account.TokenWish{Until: now}, account.Invalid)
	f(account.TokenWish{Until: now.Add(367 * 24 * time.Hour)}, account.Invalid)
	f(account.TokenWish{Scopes: []account.Right{"all"}}, account.Invalid)
	reader, text, err := d.Tokens.Issue(owner, a.ID, account.TokenWish{Name: "Grafana\x1b[2J"}, now)
	if err != nil || strings.Contains(reader.Name, "\x1b") || reader.Until.Sub(now) != 90*24*time.Hour || !slices.Equal(reader.Scopes, slices.Sorted(slices.Values(account.ReadOnly()))) {
		t.Fatal(reader, err)
	}
	_, writer, err := d.Tokens.Issue(account.Actor{ID: a.ID, Strong: true}, a.ID, account.TokenWish{Scopes: []account.Right{account.Except, account.Release}, Unit: ""}, now)
	if err != nil {
		t.Fatal(err)
	}
	d = openDoor(t, dir, grants) // as after a start
	may := func(text string, right account.Right, unit string, at time.Time) bool {
		actor, err := d.ByToken(text, at)
		if err != nil {
			refused(t, err, account.Ended)
			return false
		}
		if _, _, err := d.Tokens.Issue(actor, a.ID, account.TokenWish{}, at); err == nil {
			t.Error("a token made a token")
		}
		return actor.May(right, unit, country(), at)
	}
	if !may(text, account.View, "school-111", now) || may(text, account.Except, "school-111", now) || may(text, account.View, "school-211", now) {
		t.Error("a token that reads")
	}
	if !may(writer, account.Except, "school-111", now) || !may(writer, account.Release, "", now) || may(writer, account.View, "school-111", now) {
		t.Error("a token that writes")
	}
	if may(text, account.View, "school-111", now.Add(90*24*time.Hour)) || may(text+"x", account.View, "school-111", now) {
		t.Error("a token that is over")
	}
	if used := d.Tokens.Of(a.ID)[1]; used.Used != now.Format("2006-01-02") {
		t.Errorf("last used %q", used.Used)
	}
	for _, file := range glob(t, dir, "tokens/*") {
		if raw, err := os.ReadFile(file); err != nil || strings.Contains(string(raw), text) || strings.Contains(string(raw), writer) {
			t.Error("the token lies on disk", err)
		}
	}
	if err := d.Tokens.End(reader.ID); err != nil || may(text, account.View, "school-111", now) {
		t.Error("an ended token holds", err)
	}
	refused(t, d.Tokens.End(reader.ID), account.NotThere)
	for i := range 60 {
		if _, _, err := d.Tokens.Issue(owner, a.ID, account.TokenWish{}, now); err != nil {
			refused(t, err, account.Full)
			t.Logf("an account has %d tokens", i+1)
			return
		}
	}
	t.Error("tokens are not bounded")
}

func glob(t *testing.T, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatal(pattern, err)
	}
	return files
}

// TestDamageOpensNothing: each file cut, emptied, or put in place of another.
func TestDamageOpensNothing(t *testing.T) {
	f := func(damage func(t *testing.T, dir string, lan, minh account.Account)) {
		t.Helper()
		dir := t.TempDir()
		d := openDoor(t, dir, units)
		lan, minh := newAccount(t, d, "lan"), newAccount(t, d, "minh")
		app, _ := withTOTP(t, d, "lan", now)
		damage(t, dir, lan, minh)
		d, damaged, err := account.Open(account.Settings{Dir: dir, Grants: units})
		if err != nil || len(damaged) == 0 {
			t.Fatal("nothing is told", damaged, err)
		}
		t.Log(damaged)
		at := now.Add(time.Hour)
		p, err := d.Login(t.Context(), home, "lan", password, at)
		if err == nil && !p.NeedsFactor {
			t.Error("damage opens an account", p)
		}
		if err == nil {
			if _, err := d.Second(t.Context(), home, p.Token, code(t, app, at), at); err == nil {
				t.Error("what cannot be read is right")
			}
		}
		if _, _, err := account.Open(account.Settings{Dir: dir, Grants: units}); err != nil {
			t.Error("it does not open again:", err)
		}
	}
	write := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := func(dir string, a account.Account) string { return filepath.Join(dir, "accounts", a.ID+".json") }
	for _, text := range []string{"", "{}", "null", "[]", strings.Repeat(" ", 1<<17), `{"id":"x","name":"lan"}`} {
		f(func(t *testing.T, dir string, lan, _ account.Account) { write(t, file(dir, lan), text) })
	}
	f(func(t *testing.T, dir string, lan, minh account.Account) { // another's password under one's name
		text, err := os.ReadFile(file(dir, minh))
		if err != nil {
			t.Fatal(err)
		}
		write(t, file(dir, lan), string(text))
	})
	f(func(t *testing.T, dir string, _, _ account.Account) {
		write(t, filepath.Join(dir, "accounts", "secret.key"), "short")
	})
}

// FuzzAccountFiles: whatever lies in the file of an account or of a token, opening fails
// for neither, and nobody is let in by it who knows nothing.
func FuzzAccountFiles(f *testing.F) {
	f.Add(`{"id":"acc_01JZZZZZZZZZZZZZZZZZZZZZZZ","name":"lan","password":""}`, `{"id":"tok_01JZZZZZZZZZZZZZZZZZZZZZZZ","account":"acc_01JZZZZZZZZZZZZZZZZZZZZZZZ","scopes":null}`)
	f.Add(`{"id":"acc_01JZZZZZZZZZZZZZZZZZZZZZZZ","name":"lan","totp":{},"passkeys":[{}],"invite":{}}`, `{}`)
	f.Fuzz(func(t *testing.T, one, token string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"accounts/acc_01JZZZZZZZZZZZZZZZZZZZZZZZ.json": one, "tokens/tok_01JZZZZZZZZZZZZZZZZZZZZZZZ.json": token} {
			if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		d, _, err := account.Open(account.Settings{Dir: dir, Grants: units})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Login(t.Context(), home, "lan", "", now); err == nil {
			t.Error("in without a password")
		}
		if _, err := d.Redeem(t.Context(), home, "lan", "", password, now); err == nil {
			t.Error("in without a code")
		}
		if _, err := d.ByToken("", now); err == nil {
			t.Error("in without a token")
		}
		for _, t := range d.Tokens.Of("") {
			if t.Scopes == nil {
				panic("a token without scopes may do everything")
			}
		}
	})
}
