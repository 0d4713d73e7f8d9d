package fleet_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lachan/fleet"
)

// TestSecretsChangeAndClientsGoOn looks every ten minutes for a month: what was made with a
// secret is good at every node for a day after that, also at one that asked last six hours
// ago, and none is in use or good for longer than it may be.
func TestSecretsChangeAndClientsGoOn(t *testing.T) {
	const every = 24 * time.Hour
	begin := time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC)
	var s fleet.Secrets
	type look struct {
		at   time.Time
		then fleet.Secrets
	}
	var looks []look
	seen := map[string]time.Time{} // when a secret was in use last
	for now := begin; now.Before(begin.Add(30 * every)); now = now.Add(10 * time.Minute) {
		s, _ = s.Renewed(now, every)
		if again, changed := s.Renewed(now, every); changed || len(again) != len(s) {
			t.Fatalf("%s: renewed twice", now)
		}
		good := s.At(now)
		if good[0].From.After(now) || now.Sub(good[0].From) >= every {
			t.Fatalf("%s: in use is one from %s", now, good[0].From)
		}
		looks = append(looks, look{now, s})
		seen[string(good[0].Ticket)] = now
		if len(looks) <= 36 {
			continue
		}
		behind := looks[len(looks)-37].then.At(now)
		if len(behind) == 0 || !bytes.Equal(behind[0].Ticket, good[0].Ticket) || !bytes.Equal(behind[0].Cookie, good[0].Cookie) {
			t.Fatalf("%s: a node that asked six hours ago uses another secret", now)
		}
		for ticket, last := range seen {
			has := func(s fleet.Secrets) (has bool) {
				for _, one := range s {
					has = has || string(one.Ticket) == ticket
				}
				return has
			}
			if age := now.Sub(last); age <= every && (!has(good) || !has(behind)) || age > 3*every && has(good) {
				t.Fatalf("%s: a secret that was in use until %s: %v, %v", now, last, has(good), has(behind))
			}
		}
	}
	if len(seen) != 30 {
		t.Errorf("%d secrets in 30 days", len(seen))
	}
	if left := s.At(begin.Add(35 * every)); len(left) != 0 {
		t.Errorf("without a hub %d secrets are good for five days", len(left))
	}
}

// TestSecretsOfAWrongClockAreMadeAnew: nodes would not use them for as long as it was wrong.
func TestSecretsOfAWrongClockAreMadeAnew(t *testing.T) {
	now := time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC)
	ahead, _ := fleet.Secrets(nil).Renewed(now.Add(1000*time.Hour), time.Hour)
	is, changed := ahead.Renewed(now, time.Hour)
	if good := is.At(now); !changed || len(good) != 2 || good[0].From.After(now) {
		t.Errorf("%v, %d secrets", changed, len(good))
	}
}

// TestSecretsAreInNoText that somebody could come to print.
func TestSecretsAreInNoText(t *testing.T) {
	s, _ := fleet.Secrets(nil).Renewed(time.Now(), time.Hour)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(verb, s)
		if strings.Contains(text, fmt.Sprintf("%x", s[0].Ticket)) || strings.Contains(text, fmt.Sprint(s[0].Ticket)) || !strings.Contains(text, "[secret]") {
			t.Errorf("%s: %s", verb, text)
		}
	}
}

// FuzzSecrets: what is read can be used and is what it was when it was written again; all
// else is refused.
func FuzzSecrets(f *testing.F) {
	s, _ := fleet.Secrets(nil).Renewed(time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC), time.Hour)
	text, err := json.Marshal(s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("null"))
	f.Add([]byte(`[{"from":"2026-09-07T07:00:00Z","until":"2026-09-07T07:00:00Z","ticket":"","cookie":""}]`))
	f.Add(bytes.Replace(text, []byte(`"cookie":"`), []byte(`"cookie":"AA`), 1))
	f.Fuzz(func(t *testing.T, text []byte) {
		is, err := fleet.ParseSecrets(text)
		if err != nil {
			if !errors.Is(err, fleet.ErrSecrets) {
				t.Fatal(err)
			}
			return
		}
		for _, one := range is.At(time.Now()) {
			_, _ = [fleet.TicketSize]byte(one.Ticket), [fleet.CookieSize]byte(one.Cookie)
		}
		if is.AskEvery(time.Minute) < 100*time.Millisecond {
			t.Error("a node asks without end")
		}
		again, err := json.Marshal(is)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := fleet.ParseSecrets(again); err != nil || len(same) != len(is) {
			t.Fatalf("%d secrets, then %d, %v", len(is), len(same), err)
		}
	})
}
