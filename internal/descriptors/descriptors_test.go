package descriptors_test

import (
	"os"
	"testing"

	"lachan/internal/descriptors"
)

// What is opened is free no longer.
func TestFreeCountsWhatIsOpen(t *testing.T) {
	before := descriptors.Free()
	var files []*os.File
	for range 10 {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	open := descriptors.Free()
	for _, f := range files {
		f.Close()
	}
	if before-open != 10 {
		t.Errorf("%d free before, %d with 10 files", before, open)
	}
	if got := descriptors.ForClients(5, 0); got != 5 {
		t.Errorf("%d connections of 5 that are wanted", got)
	}
	if got := descriptors.ForClients(1<<30, 7); got > before/2+7 || got < 1 {
		t.Errorf("%d connections with %d free", got, before)
	}
}
