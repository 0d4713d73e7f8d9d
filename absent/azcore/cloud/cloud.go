// Package cloud stands in for the names of Azure's clouds.
package cloud

// Configuration is where a cloud is.
type Configuration struct{}

// The clouds that Prometheus' configuration may name.
var AzureChina, AzureGovernment, AzurePublic Configuration
