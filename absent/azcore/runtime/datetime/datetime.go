// Package datetime is named by tests of Prometheus, which nobody here builds; go mod tidy wants it to be there.
package datetime
