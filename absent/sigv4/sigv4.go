// Package sigv4 stands in for the signing of requests to AWS, which lachan never makes.
package sigv4

import (
	"errors"
	"net/http"
)

// SigV4Config is the part of a configuration that turns the signing on. lachan reads no such configuration.
type SigV4Config struct{}

// NewSigV4RoundTripper returns errors.ErrUnsupported.
func NewSigV4RoundTripper(*SigV4Config, http.RoundTripper) (http.RoundTripper, error) {
	return nil, errors.ErrUnsupported
}
