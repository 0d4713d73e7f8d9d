// Package policy stands in for what a request for a token says.
package policy

// TokenRequestOptions is what a token is to be good for.
type TokenRequestOptions struct {
	Scopes []string
}
