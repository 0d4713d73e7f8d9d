package console_test

import (
	"slices"
	"testing"

	"lachan/cmd/lachan/config/console"
	"lachan/internal/wording"
)

func TestMailNeedsAServerAndAnAddress(t *testing.T) {
	f := func(m console.Mail, want ...string) {
		t.Helper()
		c := console.Default()
		c.Mail = m
		var got []string
		c.Check(func(path string, _ wording.Text) { got = append(got, path) })
		if !slices.Equal(got, want) {
			t.Errorf("%+v: wrong are %q, want %q", m, got, want)
		}
	}
	f(console.Mail{})
	f(console.Mail{Server: "mail.example", From: "lachan@so.example"})
	f(console.Mail{From: "lachan@so.example"}, "mail.server")
	f(console.Mail{Server: "mail.example", From: "Lá Chắn <lachan@so.example>"}, "mail.from")
	f(console.Mail{Server: "mail.example", From: "a@so.example", Username: "a"}, "mail.username")
	f(console.Mail{Server: "mail.example", From: "a@so.example", Username: "a", PasswordFile: "/nowhere"}, "mail.password_file")
}
