package source_test

import (
	"testing"

	"lachan/policy/source"
)

// TestANetworkIsReadAsRoutersShowIt: with its mask, or by its first and last address.
func TestANetworkIsReadAsRoutersShowIt(t *testing.T) {
	for text, want := range map[string]string{
		"10.20.0.0/255.255.0.0":         "10.20.0.0/16",
		"10.20.3.0/255.255.255.0":       "10.20.3.0/24",
		"10.20.3.0/255.255.254.0":       "10.20.2.0/23",
		"10.20.3.128/255.255.255.128":   "10.20.3.128/25",
		"10.20.3.7 / 255.255.255.255":   "10.20.3.7/32",
		"10.20.0.0-10.20.255.255":       "10.20.0.0/16",
		"10.20.2.0 - 10.20.3.255":       "10.20.2.0/23",
		"10.20.3.4-10.20.3.7":           "10.20.3.4/30",
		"10.20.3.4-10.20.3.6":           "",
		"10.20.3.1-10.20.3.255":         "",
		"10.20.0.0/255.0.255.0":         "",
		"10.20.0.0/16":                  "",
		"2001:db8::/ffff:ffff::":        "",
		"10.20.0.0":                     "",
		"":                              "",
		"10.20.0.0/255.255.0.0/x":       "",
		"10.20.0.0-10.20.255.255-again": "",
	} {
		got, ok := source.MaskedNetwork(text)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: %s, %v; want %q", text, got, ok, want)
		}
	}
}
