package figures

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/metrics"
)

// Answers are the number of answers of nodes, and the time they took. A time is one
// of the limits that are counted, so it is exact: at least that share of answers took
// no longer.
type Answers struct {
	Count Figure `json:"count"`
	P50   string `json:"p50"` // a duration as Go writes it, "any" when it is longer than all that are counted, or NoData
	P95   string `json:"p95"`
}

// AnyLong is the label that counts all answers.
const AnyLong = "any"

// readAnswers reads how long the answers of the nodes of the report took, which is
// counted for each node and not for each school, and how long the nodes were up.
func (g *gatherer) readAnswers(ctx context.Context) error {
	byNode := make(map[string]map[string]int64)
	names := make([]string, len(g.nodes))
	for i, n := range g.nodes {
		names[i], byNode[n.Node] = regexp.QuoteMeta(n.Node), make(map[string]int64)
	}
	s := selector{metric: metrics.NodeAnswers}
	if len(names) <= fewSchools {
		s.also = "node=~" + strconv.Quote(strings.Join(names, "|"))
	}
	match := func(l labels.Labels) string { return l.Get("node") + "\x00" + l.Get("within") }
	list, err := g.reader.counted(ctx, s, match, g.spec.Period.Start, g.until)
	if err != nil {
		return err
	}
	for _, c := range list {
		if node := byNode[nodeOf(c.labels)]; node != nil {
			node[c.labels.Get("within")] = c.n
		}
	}
	all := make(map[string]int64)
	for i := range g.nodes {
		counts := byNode[g.nodes[i].Node]
		for within, n := range counts {
			all[within] += n
		}
		g.nodes[i].Answers = answersOf(counts)
		g.nodes[i].Up = Share(seconds(g.census.up[g.nodes[i].Node]), seconds(g.until.Sub(g.spec.Period.Start)))
	}
	g.answers = answersOf(all)
	return nil
}

// answersOf makes Answers from the counts of answers within each limit.
func answersOf(within map[string]int64) Answers {
	none := string(NoData)
	a := Answers{Count: Figure{Sign: NoData}, P50: none, P95: none}
	count := within[AnyLong]
	if count == 0 {
		return a
	}
	type step struct {
		label string
		took  time.Duration
		count int64
	}
	var steps []step
	for label, n := range within {
		if d, err := time.ParseDuration(label); err == nil {
			steps = append(steps, step{label, d, n})
		}
	}
	slices.SortFunc(steps, func(x, y step) int { return cmp.Compare(x.took, y.took) })
	percentile := func(p int64) string {
		for _, s := range steps {
			if s.count*100 >= count*p {
				return s.label
			}
		}
		return AnyLong
	}
	return Answers{Number(count), percentile(50), percentile(95)}
}

func seconds(d time.Duration) Figure { return Number(int64(d / time.Second)) }
