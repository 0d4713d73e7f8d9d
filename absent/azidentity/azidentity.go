// Package azidentity stands in for the ways to log in to Azure, which lachan never does. Each of them
// returns errors.ErrUnsupported.
package azidentity

import (
	"crypto"
	"crypto/x509"
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// ClientID names who logs in.
type ClientID string

// ManagedIdentityCredentialOptions goes with NewManagedIdentityCredential.
type ManagedIdentityCredentialOptions struct {
	azcore.ClientOptions
	ID ClientID
}

// WorkloadIdentityCredentialOptions goes with NewWorkloadIdentityCredential.
type WorkloadIdentityCredentialOptions struct {
	azcore.ClientOptions
	ClientID, TenantID, TokenFilePath string
}

// ClientSecretCredentialOptions goes with NewClientSecretCredential.
type ClientSecretCredentialOptions struct{ azcore.ClientOptions }

// ClientCertificateCredentialOptions goes with NewClientCertificateCredential.
type ClientCertificateCredentialOptions struct {
	azcore.ClientOptions
	SendCertificateChain bool
}

// DefaultAzureCredentialOptions goes with NewDefaultAzureCredential.
type DefaultAzureCredentialOptions struct {
	azcore.ClientOptions
	TenantID string
}

// NewManagedIdentityCredential logs nobody in.
func NewManagedIdentityCredential(*ManagedIdentityCredentialOptions) (azcore.TokenCredential, error) {
	return nil, errors.ErrUnsupported
}

// NewWorkloadIdentityCredential logs nobody in.
func NewWorkloadIdentityCredential(*WorkloadIdentityCredentialOptions) (azcore.TokenCredential, error) {
	return nil, errors.ErrUnsupported
}

// NewClientSecretCredential logs nobody in.
func NewClientSecretCredential(_, _, _ string, _ *ClientSecretCredentialOptions) (azcore.TokenCredential, error) {
	return nil, errors.ErrUnsupported
}

// NewDefaultAzureCredential logs nobody in.
func NewDefaultAzureCredential(*DefaultAzureCredentialOptions) (azcore.TokenCredential, error) {
	return nil, errors.ErrUnsupported
}

// ParseCertificates reads nothing.
func ParseCertificates(_, _ []byte) ([]*x509.Certificate, crypto.PrivateKey, error) {
	return nil, nil, errors.ErrUnsupported
}

// NewClientCertificateCredential logs nobody in.
func NewClientCertificateCredential(_, _ string, _ []*x509.Certificate, _ crypto.PrivateKey,
	_ *ClientCertificateCredentialOptions) (azcore.TokenCredential, error) {
	return nil, errors.ErrUnsupported
}
