package test

import "os"

// proving tells whether tests run in the sizes that the project promises, which
// takes long: `make proof`.
func proving() bool { return os.Getenv("TEST_PROOF") != "" }

// sized is the size of a test: as proved, or as it runs every day.
func sized(proved, daily int) int {
	if proving() {
		return proved
	}
	return daily
}
