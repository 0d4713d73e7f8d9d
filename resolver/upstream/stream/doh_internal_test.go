package stream

import (
	"errors"
	"fmt"
	"testing"

	"github.com/quic-go/quic-go/http3"
	"golang.org/x/net/http2"
)

// A query is sent again only if the server says that it did nothing of it.
func TestWhichRequestsAServerDidNothingOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("connection reset"), false},
		{resetBy(http2.ErrCodeRefusedStream), true},
		{fmt.Errorf("post: %w", resetBy(http2.ErrCodeRefusedStream)), true},
		{resetBy(http2.ErrCodeCancel), false},
		{&http3.Error{ErrorCode: http3.ErrCodeRequestRejected}, true},
		{&http3.Error{ErrorCode: http3.ErrCodeRequestCanceled}, false},
	} {
		if got := isRefused(c.err); got != c.want {
			t.Errorf("%v: refused %v", c.err, got)
		}
	}
}
