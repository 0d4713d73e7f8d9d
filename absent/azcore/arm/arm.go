// Package arm is named by tests of Prometheus, which nobody here builds; go mod tidy wants it to be there.
package arm
