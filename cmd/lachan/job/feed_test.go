package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/job"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// TestMain lets this program do the jobs that its tests order.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == job.Name {
		c := job.Command(wording.English)
		c.SetArgs(os.Args[2:])
		if err := c.Execute(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A list is found to be the same in this process and by a job, and so is what is
// wrong with one.
func TestAJobFindsWhatThisProcessFinds(t *testing.T) {
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := func(name, text string, as format.Format) {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		e := feed.Examination{
			Path: path, Format: as, Asked: as, Subdomains: true, Name: name,
			Core: source.Core(facts), Zone: time.UTC,
		}
		here, hereErr := e.Do(t.Context())
		there, thereErr := new(job.Jobs).Examine(t.Context(), e)
		here.Verified, there.Verified = time.Time{}, time.Time{}
		here.AskedFormat, there.AskedFormat = "", "" // Update sets it
		if a, b := encoded(t, here), encoded(t, there); a != b {
			t.Errorf("%s: here %s, by the job %s", name, a, b)
		}
		if fmt.Sprint(hereErr) != fmt.Sprint(thereErr) {
			t.Errorf("%s: here %v, by the job %v", name, hereErr, thereErr)
		}
		for _, is := range []error{feed.ErrUnreadable, feed.ErrAnswer} {
			if errors.Is(hereErr, is) != errors.Is(thereErr, is) {
				t.Errorf("%s: only one of %v and %v is %v", name, hereErr, thereErr, is)
			}
		}
		var a, b *feed.Error
		if errors.As(hereErr, &a) && (!errors.As(thereErr, &b) || a.Text != b.Text) {
			t.Errorf("%s: here %v, by the job %v", name, a.Text, b)
		}
	}
	f("a.txt", "a.example\nb.example\nnot a name!\ntime.apple.com\n", format.Domains)
	f("a.csv", "domain,expires,document,authority\na.example,2030-01-01,12/QĐ,Sở\nb.example,,12/QĐ,Sở\n", format.CSV)
	f("page.txt", "<!doctype html><html><body>log in</body></html>", format.Auto)
	f("bad.xlsx", "PK\x03\x04 and then nothing", format.Auto)
	f("zero.bin", strings.Repeat("\x00\x01\x02", 1000), format.Auto)
}

func encoded(t *testing.T, c feed.Copy) string {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A job that cannot do its work says why in the error.
func TestAJobThatFailsSaysWhy(t *testing.T) {
	_, err := new(job.Jobs).Examine(t.Context(), feed.Examination{Path: filepath.Join(t.TempDir(), "gone"), Format: format.Domains})
	if err == nil || !strings.Contains(err.Error(), "there is no file") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := new(job.Jobs).Examine(ctx, feed.Examination{Format: format.Domains}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
