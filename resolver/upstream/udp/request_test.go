package udp_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"lachan/resolver/upstream/exchange"
	"lachan/resolver/upstream/udp"
)

// An exchange that cannot be sent ends with the error of the network or, if it
// was canceled, with that; whichever is seen first.
func TestAnExchangeThatIsCanceledAndCannotBeSent(t *testing.T) {
	query := []byte{2: 1, 5: 1, 14: 6, 16: 1}
	pool := udp.New(nil, netip.MustParseAddrPort("[fe80::1%nowhere0]:53"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		reply, err := pool.Exchange(ctx, query, nil)
		if reply != nil || !errors.Is(err, exchange.ErrNetwork) && !errors.Is(err, context.Canceled) {
			t.Fatalf("%v, %v", reply, err)
		}
	}
}
