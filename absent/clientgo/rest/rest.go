// Package rest stands in for Kubernetes' client, which lachan is never: nobody warns it.
package rest

import "context"

// WarningHandlerWithContext takes what a server warns of.
type WarningHandlerWithContext interface {
	HandleWarningHeaderWithContext(ctx context.Context, code int, agent, text string)
}

// WarningLogger takes it and says nothing.
type WarningLogger struct{}

// HandleWarningHeaderWithContext implements WarningHandlerWithContext.
func (WarningLogger) HandleWarningHeaderWithContext(context.Context, int, string, string) {}
