//go:build !unix

package confine

// OwnerOnly does nothing here.
func OwnerOnly() {}
