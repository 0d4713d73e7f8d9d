// Package azcore stands in for the part of Azure's SDK that holds tokens, which lachan never asks for.
package azcore

import (
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// AccessToken is a token and when it ends.
type AccessToken struct {
	Token     string
	ExpiresOn time.Time
}

// TokenCredential gives out tokens. Nothing in lachan is one.
type TokenCredential interface {
	GetToken(context.Context, policy.TokenRequestOptions) (AccessToken, error)
}

// ClientOptions says which cloud a token is of.
type ClientOptions struct {
	Cloud cloud.Configuration
}
