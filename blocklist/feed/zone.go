package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"lachan/blocklist/transfer"
)

// Bounds of the timers that a zone sets, so that no primary is asked without
// pause and none is forgotten.
const (
	leastZoneRefresh = time.Minute
	mostZoneRefresh  = 24 * time.Hour
)

// A TSIG is the key of a zone transfer (RFC 8945); the zero TSIG is none.
type TSIG struct {
	Name       string
	Algorithm  string // hmac-sha256, hmac-sha384 or hmac-sha512
	SecretFile string // holds the secret in base64; it is read for each transfer
}

// isZone reports whether an address is fetched by zone transfer.
func isZone(address string) bool { return strings.HasPrefix(address, "axfr://") }

// transfer writes the zone at the address of src to w, unless the known copy is
// its newest version.
func (s *Store) transfer(ctx context.Context, src *Source, known *Copy, w io.Writer) (answer, error) {
	zone, err := transfer.Parse(src.URL)
	if err != nil {
		return answer{}, refuse(TextTransferAddress, fmt.Errorf("%w: %w", ErrAddress, err))
	}
	client := transfer.Client{Zone: zone, MaxBytes: src.maxBytes(), Dial: s.Dial}
	if client.Dial == nil {
		client.Dial = (&net.Dialer{}).DialContext
	}
	if src.TSIG.Name != "" {
		if client.Key, err = transfer.ReadKey(src.TSIG.Name, src.TSIG.Algorithm, src.TSIG.SecretFile); err != nil {
			return answer{}, refuse(textTransferKey.With(err), err)
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, fetchDeadline, errDeadline)
	defer cancel()
	got, err := fetchZone(ctx, &client, known, w)
	if err != nil {
		return answer{}, explainTransfer(ctx, zone, src.maxBytes(), err)
	}
	return answer{unchanged: got.Unchanged, zone: &got.SOA}, nil
}

// fetchZone opens the known copy, if there is one, as the base of changes.
func fetchZone(ctx context.Context, client *transfer.Client, known *Copy, w io.Writer) (transfer.Answer, error) {
	if known.Digest == "" {
		return client.Fetch(ctx, nil, w)
	}
	good, err := os.Open(known.Path)
	if err != nil {
		return transfer.Answer{}, err
	}
	defer good.Close()
	return client.Fetch(ctx, good, w)
}

// explainTransfer puts what ended a transfer into words.
func explainTransfer(ctx context.Context, zone transfer.Zone, max int64, err error) error {
	var network net.Error
	slow := errors.As(err, &network) && network.Timeout()
	switch {
	case errors.Is(context.Cause(ctx), ErrSlow), slow:
		return refuse(textSlow.With(zone.Host), fmt.Errorf("%w: %w", ErrSlow, err))
	case errors.Is(err, transfer.ErrSignature):
		return refuse(textTransferSignature.With(zone.Host, err), err)
	case errors.Is(err, transfer.ErrRefused):
		return refuse(textTransferRefused.With(zone.Host, zone.Name, err), err)
	case errors.Is(err, transfer.ErrOlder):
		return refuse(textTransferOlder.With(zone.Host, err), err)
	case errors.Is(err, transfer.ErrTooLarge):
		return refuse(textTooLarge.With(max), fmt.Errorf("%w: %w", ErrTooLarge, err))
	case errors.Is(err, transfer.ErrBroken):
		return refuse(textTransferBroken.With(zone.Host, err), fmt.Errorf("%w: %w", ErrAnswer, err))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refuse(textTruncated, fmt.Errorf("%w: %w", ErrTruncated, err))
	}
	return refuse(textConnect.With(zone.Host, err), fmt.Errorf("transfer from %s: %w", zone.Host, err))
}

// Expired reports whether a zone's copy was not confirmed by its primary within
// the time that the zone itself sets. It stays in use all the same: to drop
// what blocks would open what is blocked.
func (s *Status) Expired(now time.Time) bool {
	return s.Copy.Zone != nil && s.Age(now) > s.Copy.Zone.Expire.Duration()
}

// refresh returns the time from a success to the next attempt: that of the zone's
// SOA record (RFC 1035 section 3.3.13), or else of the configuration.
func (f *scheduled) refresh(c *Copy) time.Duration {
	if c.Zone == nil {
		return f.Refresh
	}
	return min(max(c.Zone.Refresh.Duration(), leastZoneRefresh), mostZoneRefresh)
}

// longestRetry is the most that is waited after a failure, found likewise.
func (f *scheduled) longestRetry(c *Copy) time.Duration {
	if c.Zone == nil {
		return f.Refresh
	}
	return min(max(c.Zone.Retry.Duration(), firstRetry), mostZoneRefresh)
}
