package command

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// healthTimeout bounds the question to a running server.
const healthTimeout = 3 * time.Second

// AskHealth is nil if address answers 200.
func AskHealth(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Fail(textHealthDown.With(address, err))
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return Fail(textHealthDown.With(address, err))
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return Fail(textHealthDown.With(address, reply.Status))
	}
	return nil
}

// AskDNS is nil if the server at address answers a question over UDP, whatever it
// says. The question is one that it asks no upstream.
func AskDNS(ctx context.Context, address netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	question := new(dns.Msg).SetQuestion("id.server.", dns.TypeTXT)
	question.Question[0].Qclass = dns.ClassCHAOS
	client := dns.Client{Dialer: &net.Dialer{}, Timeout: healthTimeout}
	if _, _, err := client.ExchangeContext(ctx, question, address.String()); err != nil {
		return Fail(textHealthNoDNS.With(address, err))
	}
	return nil
}
