package tell_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/admin/tell"
	"lachan/internal/wording"
)

var zone = time.FixedZone("+07", 7*3600)

// at is a moment of Monday 30 November 2026, or of a day after it.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, 30+day, hour, minute, 0, 0, zone)
}

// A diary is a teller with what it sent.
type diary struct {
	tell.Teller
	people []tell.Person
	sent   []tell.Note
	fails  error
}

func newDiary(t *testing.T, path string) *diary {
	t.Helper()
	d := &diary{}
	d.Teller = tell.Teller{
		People: func(context.Context) ([]tell.Person, error) { return d.people, nil },
		Send: func(_ context.Context, _ tell.Person, n tell.Note) error {
			if d.fails == nil {
				d.sent = append(d.sent, n)
			}
			return d.fails
		},
		Link: func() string { return "https://loc.truong.example/requests" }, Zone: zone, Log: slog.New(slog.DiscardHandler),
	}
	if err := d.Open(path); err != nil {
		t.Fatal(err)
	}
	return d
}

// look looks every ten minutes from one moment to another, and returns when something was
// sent.
func (d *diary) look(t *testing.T, from, to time.Time) (when []string) {
	t.Helper()
	for now := from; now.Before(to); now = now.Add(10 * time.Minute) {
		before := len(d.sent)
		if err := d.Look(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if len(d.sent) > before {
			when = append(when, now.Format("02 15:04"))
		}
	}
	return when
}

func TestEachIsToldAsTheyWish(t *testing.T) {
	f := func(mode tell.Mode, want ...string) {
		t.Helper()
		d := newDiary(t, filepath.Join(t.TempDir(), "told.json"))
		p := tell.Person{Account: "acc_1", Mode: mode, Mail: "it@school.example", Waiting: []string{"a"}, Lessons: true}
		d.people = []tell.Person{p}
		when := d.look(t, at(0, 6, 0), at(0, 9, 0))
		d.people[0].Waiting = []string{"a", "b"}
		when = append(when, d.look(t, at(0, 9, 0), at(0, 9, 30))...)
		d.people[0].Waiting = []string{"a", "b", "c"}
		when = append(when, d.look(t, at(0, 9, 30), at(1, 0, 0))...)
		d.people[0].Lessons = false // Tet
		when = append(when, d.look(t, at(1, 0, 0), at(2, 0, 0))...)
		d.people[0].Waiting = nil
		when = append(when, d.look(t, at(2, 0, 0), at(3, 0, 0))...)
		if !slices.Equal(when, want) {
			t.Errorf("%q was told at %q, want %q", mode, when, want)
		}
	}
	f("", "30 07:00")
	f(tell.SchoolDay, "30 07:00")
	f(tell.Daily, "30 07:00", "01 07:00")
	f(tell.AtOnce, "30 06:00", "30 09:00", "30 09:30")
	f(tell.Hourly, "30 06:00", "30 09:00", "30 10:00")
	f(tell.Never)
}

// TestWhatCouldNotBeSentIsSentLater: not each minute, and not twice after a start.
func TestWhatCouldNotBeSentIsSentLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "told.json")
	d := newDiary(t, path)
	tries := 0
	send := d.Send
	d.Send = func(ctx context.Context, p tell.Person, n tell.Note) error { tries++; return send(ctx, p, n) }
	d.people = []tell.Person{{Account: "acc_1", Mode: tell.AtOnce, Mail: "it@school.example", Waiting: []string{"a"}}}
	d.fails = errors.New("away")
	for now := at(0, 8, 0); now.Before(at(0, 14, 0)); now = now.Add(time.Minute) {
		if err := d.Look(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	if tries < 5 || tries > 20 {
		t.Errorf("%d tries in six hours", tries)
	}
	d.fails = nil
	if when := d.look(t, at(0, 14, 0), at(0, 16, 0)); len(when) != 1 {
		t.Errorf("it was sent at %q, want once", when)
	}
	again := newDiary(t, path)
	again.people = d.people
	if when := again.look(t, at(0, 16, 0), at(0, 18, 0)); len(when) != 0 {
		t.Errorf("after a start it was sent again, at %q", when)
	}
}

// serve is a mail server that takes one mail and returns it.
func serve(t *testing.T) (address string, got <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	mails := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in, text, data := bufio.NewScanner(c), "", false
		say := func(line string) { _, _ = io.WriteString(c, line+"\r\n") }
		say("220 mail.example")
		for in.Scan() {
			line := in.Text()
			switch {
			case data && line == ".":
				data = false
				mails <- text
				say("250 taken")
			case data:
				text += line + "\n"
			case line == "DATA":
				data = true
				say("354 go on")
			case line == "QUIT":
				say("221 bye")
				return
			default:
				text += line + "\n"
				say("250 mail.example")
			}
		}
	}()
	return l.Addr().String(), mails
}

// TestAMailHasANumberAndALink: and no name that somebody asked for.
func TestAMailHasANumberAndALink(t *testing.T) {
	server, got := serve(t)
	s := tell.Sender{Server: server, From: "lachan@so.example"}
	n := tell.Note{Waiting: 3, New: 1, Late: 1, Link: "https://loc.truong.example/requests", VI: "Có 3 yêu cầu", EN: "3 requests"}
	p := tell.Person{Mail: "it@school.example", Language: wording.Both}
	if err := s.Send(t.Context(), p, n); err != nil {
		t.Fatal(err)
	}
	raw := <-got
	body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(raw)))
	if err != nil {
		body = []byte(raw)
	}
	for _, want := range []string{"MAIL FROM:<lachan@so.example>", "RCPT TO:<it@school.example>", "Auto-Submitted: auto-generated", "https://loc.truong.example/requests", "Có 3 yêu cầu", "3 requests"} {
		if !strings.Contains(string(body), want) && !strings.Contains(raw, want) {
			t.Errorf("the mail has no %q:\n%s", want, body)
		}
	}
}

func TestAWebhookIsToldAndMayNotBeThisMachine(t *testing.T) {
	var got tell.Note
	hook := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer hook.Close()
	n := tell.Note{Waiting: 2, Link: "https://loc.truong.example/requests"}
	s := tell.Sender{Client: hook.Client()}
	if err := s.Send(t.Context(), tell.Person{Webhook: hook.URL}, n); err != nil || got.Waiting != 2 || got.Link != n.Link {
		t.Errorf("%+v %v", got, err)
	}
	s.Client = nil
	if err := s.Send(t.Context(), tell.Person{Webhook: hook.URL}, n); err == nil || !strings.Contains(err.Error(), "may not be at 127.0.0.1") {
		t.Errorf("a webhook on this machine: %v", err)
	}
}
