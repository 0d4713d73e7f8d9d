// Package http stands in for a transport that logs in to Google Cloud, which lachan never does.
package http

import (
	"context"
	"errors"
	"net/http"

	"google.golang.org/api/option"
)

// NewTransport returns errors.ErrUnsupported.
func NewTransport(context.Context, http.RoundTripper, ...option.ClientOption) (http.RoundTripper, error) {
	return nil, errors.ErrUnsupported
}
