package seen_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/cmd/lachan/manage/seen"
	"lachan/metrics"
	"lachan/resolver/firstseen"
)

func TestWhatWasSeenIsKeptOrSetAside(t *testing.T) {
	f := seen.File{
		Path: filepath.Join(t.TempDir(), "first-seen"), Conditions: &metrics.Conditions{}, Log: slog.New(slog.DiscardHandler),
	}
	if f.Image() != nil {
		t.Error("there is something before there is")
	}
	image, _ := firstseen.New([16]byte{7}, time.Now()).Image()
	f.Take(image)
	f.Take(image[1:]) // is not kept
	if !bytes.Equal(f.Image(), image) {
		t.Error("it is not what was kept")
	}
	if info, err := os.Stat(f.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(f.Path, image[:100], 0o600); err != nil {
		t.Fatal(err)
	}
	if f.Image() != nil {
		t.Error("what is damaged is used")
	}
	if _, err := os.Stat(f.Path); err == nil {
		t.Error("it is not set aside")
	}
}
