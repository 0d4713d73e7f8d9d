package resolver

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
)

// recheckAfter is how many questions a reader may keep for itself.
const recheckAfter = 64

// lately is what Popular tells, rounded.
func (r *Resolver) lately() map[string]int {
	names := map[string]int{}
	r.Popular(func(n *domain.Name, asked float64) bool {
		names[n.String()] = int(math.Round(asked))
		return true
	})
	return names
}

func TestWhatIsAskedOftenIsPopular(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newTestResolver(t, quietSettings(), func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
			switch name := q.Question[0].Name; name {
			case "broken.example.":
				return records(dns.RcodeServerFailure), nil
			case "short.example.":
				return records(0, name+" 10 A 198.51.100.7"), nil
			default:
				return records(0, name+" 86400 A 198.51.100.7"), nil
			}
		})
		lately := r.cache.NewHot()
		ask := func(name string, qtype uint16, times int) {
			t.Helper()
			for range times {
				q, box := r.question(t, name, qtype), make(mailbox, 1)
				q.to, q.hot = box, lately
				q.begin(r.snapshot.Load(), r.clock())
				if r.serve(q) {
					r.finish(q, r.clock(), r.lane)
				}
				<-box
			}
		}
		f := func(name string, least, most int) {
			t.Helper()
			if asked := r.lately()[name]; asked < least || asked > most {
				t.Errorf("%s was asked %d times, want %d to %d", name, asked, least, most)
			}
		}
		ask("lesson.example.", dns.TypeA, 900)
		ask("lesson.example.", dns.TypeAAAA, 100)
		ask("www.blocked.example.", dns.TypeA, 10)
		ask("broken.example.", dns.TypeA, 10)
		for range 10 { // its answer is fetched again each time
			ask("short.example.", dns.TypeA, 5)
			after(11 * time.Second)
		}
		f("lesson.example", 1000-2*recheckAfter, 1000)
		f("short.example", 35, 50)
		f("www.blocked.example", 0, 0) // never came from the cache
		f("broken.example", 0, 0)

		after(time.Hour)
		f("lesson.example", 500-recheckAfter, 500)
		after(10 * time.Hour)
		f("lesson.example", 0, 1)
	})
}
