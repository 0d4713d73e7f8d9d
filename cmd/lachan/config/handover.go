package config

import (
	"encoding/json"
	"fmt"
)

// Pack writes what holds, wherever it was said, for another process of the same
// program. Where a value stands in the file is left out.
func (c *Config) Pack() ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode the configuration: %w", err)
	}
	return text, nil
}

// Unpack reads what Pack has written.
func Unpack(text []byte) (*Config, error) {
	c := &Config{}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("decode the configuration: %w", err)
	}
	return c, nil
}
