// Package suspended knows how long the machine has been suspended. Go's clock stands
// still meanwhile, as the timers do: what has to end by itself, such as an answer that
// is kept, would outlive its time by a night.
package suspended

import "time"

// Wake is how soon after the machine wakes up deadlines have to be looked at again,
// which timers of longer do not.
const Wake = time.Second

// Time is how long the machine has been suspended since it was booted, to the
// millisecond. It never grows but by suspending. It takes two system calls.
func Time() time.Duration { return now().Truncate(time.Millisecond) }

// Now is the time on a clock that goes on while the machine is suspended. Only other
// times of it may be compared with it: as a time of day it is wrong.
func Now() time.Time { return time.Now().Add(Time()) }
