package ship

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"

	"lachan/internal/printable"
	"lachan/internal/wording"
)

// answerWithin is how long a receiver may take for one request.
const answerWithin = 30 * time.Second

// A receiver takes remote write.
type receiver struct {
	url    *url.URL
	client *http.Client
}

// ValidURL reports whether an address can be one that takes remote write.
func ValidURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func newReceiver(address string) (*receiver, error) {
	if !ValidURL(address) {
		return nil, wording.Error(BadURL.With(printable.Address(address)))
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("parse the address of the receiver: %w", err)
	}
	return &receiver{u, &http.Client{Timeout: answerWithin}}, nil
}

// name is the URL without its secrets.
func (r *receiver) name() string {
	public := *r.url
	public.User, public.RawQuery, public.Fragment = nil, "", ""
	return public.String()
}

// tooOld is the error of a receiver that takes no samples this old, and never will.
type tooOld struct{ said string }

func (t *tooOld) Error() string { return t.said }

// post sends a WriteRequest. An error that is not *tooOld is worth trying again.
func (r *receiver) post(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(
		ctx,
		http.MethodPost,
		r.url.String(),
		bytes.NewReader(s2.EncodeSnappy(nil, body)),
	)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	request.Header.Set("User-Agent", "lachan")
	reply, err := r.client.Do(request)
	if err != nil {
		var inURL *url.Error
		if errors.As(err, &inURL) {
			err = inURL.Err // its text would tell the password
		}
		return err
	}
	defer reply.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(reply.Body, 512)) // an error: the text is cut, which is for people only
	if reply.StatusCode/100 == 2 {
		return nil
	}
	said := strings.TrimSpace(string(text))
	refused := reply.StatusCode == http.StatusBadRequest ||
		reply.StatusCode == http.StatusInternalServerError // Prometheus 2, of samples beyond its window
	if refused && isTooOld(said) {
		return &tooOld{said}
	}
	return fmt.Errorf("%s: %s", reply.Status, said)
}

// isTooOld recognises the messages of Prometheus and of engines that share its storage.
func isTooOld(said string) bool {
	for _, reason := range []string{"out of bounds", "out of order", "too old", "duplicate sample"} {
		if strings.Contains(strings.ReplaceAll(said, "-", " "), reason) {
			return true
		}
	}
	return false
}
