package cookie

import (
	"fmt"
	"os"
)

// ReadFile reads the secrets in a file.
func ReadFile(file string) (Secrets, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read secrets of cookies: %w", err)
	}
	secrets, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read secrets of cookies in %s: %w", file, err)
	}
	return secrets, nil
}
