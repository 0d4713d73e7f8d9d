// Package option stands in for how a client of Google Cloud is made, which lachan never has.
package option

// ClientOption is one choice.
type ClientOption struct{}

// CredentialsType says what is in a file of credentials.
type CredentialsType string

// ServiceAccount is the credentials of a program.
const ServiceAccount CredentialsType = "service_account"

// WithScopes is no choice.
func WithScopes(...string) ClientOption { return ClientOption{} }

// WithAuthCredentialsFile is no choice.
func WithAuthCredentialsFile(CredentialsType, string) ClientOption { return ClientOption{} }

// WithCredentials is no choice, whatever the credentials.
func WithCredentials(any) ClientOption { return ClientOption{} }
