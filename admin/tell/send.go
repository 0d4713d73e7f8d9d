package tell

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wneessen/go-mail"

	"lachan/internal/wording"
)

// A Sender sends notes by mail and to webhooks.
type Sender struct {
	// Server is the mail server, HOST or HOST:PORT. "" sends no mail.
	Server string
	From   string
	// User and PasswordFile are how one logs in there; "" is without.
	User, PasswordFile string
	// Client asks webhooks; nil is one that follows no redirect and asks nothing on this
	// machine.
	Client *http.Client
}

// sendTime bounds one mail and one webhook.
const sendTime = 20 * time.Second

// Send sends a note by all ways that a person has. What one way does not take fails all of
// them: it is sent again, and by both.
func (s *Sender) Send(ctx context.Context, p Person, n Note) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	var failed error
	if p.Mail != "" && s.Server != "" {
		failed = s.mail(ctx, p, n)
	}
	if p.Webhook != "" {
		failed = errors.Join(failed, s.post(ctx, p.Webhook, n))
	}
	return failed
}

// mail sends a note as a mail.
func (s *Sender) mail(ctx context.Context, p Person, n Note) error {
	m := mail.NewMsg()
	if err := errors.Join(m.From(s.From), m.To(p.Mail)); err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	text := wording.Text{VI: n.VI, EN: n.EN}
	m.Subject(textSubject.With(n.Waiting).In(p.Language))
	body := text.Paragraphs(p.Language, "\n\n")
	if n.Link != "" {
		body += "\n\n" + n.Link
	}
	m.SetBodyString(mail.TypeTextPlain, body+"\n")
	m.SetGenHeader("Auto-Submitted", "auto-generated") // nobody answers that they are away
	client, err := s.client()
	if err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		return fmt.Errorf("send mail by %s: %w", s.Server, err)
	}
	return nil
}

// client is a connection to the mail server, with TLS unless it is on this machine.
func (s *Sender) client() (*mail.Client, error) {
	host, port := s.Server, "587"
	if h, p, err := net.SplitHostPort(s.Server); err == nil {
		host, port = h, p
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	options := []mail.Option{mail.WithPort(number), mail.WithTimeout(sendTime), mail.WithTLSPolicy(mail.TLSMandatory)}
	if a, err := netip.ParseAddr(host); host == "localhost" || err == nil && a.IsLoopback() {
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic)) // nobody listens on the way
	} else if number == 465 {
		options = append(options, mail.WithSSL())
	}
	if s.User != "" {
		password, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return nil, err
		}
		options = append(
			options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User),
			mail.WithPassword(strings.TrimSpace(string(password))),
		)
	}
	return mail.NewClient(host, options...)
}

// post sends a note to a webhook as JSON.
func (s *Sender) post(ctx context.Context, address string, n Note) error {
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("tell a webhook: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	client := s.Client
	if client == nil {
		client = outside()
	}
	reply, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("tell a webhook: %w", err)
	}
	defer reply.Body.Close()
	if reply.StatusCode/100 != 2 {
		return fmt.Errorf("tell a webhook: %s", reply.Status)
	}
	return nil
}

// outside is a client that reaches other machines alone: whoever sets the webhook of an
// account is no user of this one.
func outside() *http.Client {
	dialer := &net.Dialer{Timeout: sendTime, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if a := to.Addr().Unmap(); err != nil || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() {
			return fmt.Errorf("a webhook may not be at %s", address)
		}
		return nil
	}}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
