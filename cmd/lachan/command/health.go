package command

import (
	"context"
	"net/http"
	"time"
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
