package job

import (
	"testing"
	"testing/synctest"
	"time"
)

// With little memory jobs are done one after another, and one that takes long is waited
// for no longer than patience.
func TestJobsAreDoneOneAfterAnotherWithLittleMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var jobs Jobs
		jobs.SetMemory(placeBytes)
		giveBack := jobs.take(t.Context())
		second := make(chan func(), 1)
		go func() { second <- jobs.take(t.Context()) }()
		if synctest.Wait(); len(second) > 0 {
			t.Fatal("a job began beside another where memory is for one")
		}
		giveBack()
		giveBack = <-second
		began := time.Now()
		jobs.take(t.Context())() // has no place, and gives none back
		if waited := time.Since(began); waited != patience {
			t.Errorf("waited %s for a job that takes long, not %s", waited, patience)
		}
		giveBack()
		began = time.Now()
		if jobs.take(t.Context())(); time.Since(began) != 0 {
			t.Error("waited for a place when there was one")
		}
	})
}

func TestWithMoreMemoryMoreJobsAreDoneAtOnce(t *testing.T) {
	for part, want := range map[int64]int{1 << 20: 1, 32 << 20: 1, 128 << 20: 2, 1 << 30: 8, 64 << 30: 8} {
		if got := placesWithin(part); got != want {
			t.Errorf("with %d MiB each %d jobs at once, not %d", part>>20, got, want)
		}
	}
}
