package feed_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist/feed"
)

// crashing examines lists whose path leads through a feed by a process that
// kills itself.
func crashing(name string) func(context.Context, feed.Examination) (feed.Copy, error) {
	return func(ctx context.Context, e feed.Examination) (feed.Copy, error) {
		if filepath.Base(filepath.Dir(e.Path)) != name {
			return e.Do(ctx)
		}
		err := exec.CommandContext(ctx, "sh", "-c", "kill -9 $$").Run()
		return feed.Copy{}, fmt.Errorf("job feed: %w: panic: it went wrong", err)
	}
}

// A list that crashes the process that reads it is a failure of its feed, which
// keeps its copy; others are updated.
func TestAnExaminationThatCrashesIsAFailureOfItsFeed(t *testing.T) {
	p := newPublisher(t, nil)
	s := open(t, t.TempDir())
	p.do(serving(names(10)))
	bad, good := p.source(), p.source()
	good.Name = "good"
	update(t, s, bad)

	p.do(serving(names(11)))
	s.Examine = crashing(bad.Name)
	wantRefused(t, s, bad, feed.ErrUnreadable, "killed: panic: it went wrong")
	wantGood(t, s, names(10))
	st, err := s.Status(bad.Name)
	if err != nil || !strings.Contains(st.Failure.VI, "signal: killed") || !strings.Contains(st.Failure.EN, "it went wrong") {
		t.Errorf("%v, %+v", err, st.Failure)
	}
	if st := update(t, s, good); st.Copy.Entries != 11 {
		t.Errorf("the other feed: %+v", st)
	}

	s.Examine = nil
	if st := update(t, s, bad); st.Copy.Entries != 11 || st.Failure != (feed.Failure{}) {
		t.Errorf("after it: %+v", st)
	}
}
