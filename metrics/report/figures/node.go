package figures

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"lachan/internal/wording"
	"lachan/metrics"
)

// heardSlack is how long before the end of the period the last samples of a complete
// node may be, if it has no mark of what was shipped.
const heardSlack = 16 * time.Minute

// readNodes finds the nodes of the schools, and the time until which each has sent its
// counters: its mark of what was shipped, or, if it ships nothing because its own
// history is read, when it was last heard.
func (g *gatherer) readNodes(ctx context.Context) error {
	listed, err := g.reader.engine.List(
		ctx,
		selector{metric: metrics.SchoolProtected, schools: g.ids()}.String(),
		g.spec.Period.Start,
		g.until,
	)
	if err != nil {
		return fmt.Errorf("list nodes: %w", err)
	}
	ours := make(map[string]bool, len(g.schools))
	for _, s := range g.schools {
		ours[s.ID] = true
	}
	nodes := make(map[string]bool)
	for _, l := range listed {
		if ours[schoolOf(l)] {
			nodes[l.Get("node")] = true
		}
	}
	shipped, err := g.reader.last(ctx, selector{metric: metrics.HistoryShipped}, nodeOf, g.spec.Now, lookback)
	if err != nil {
		return fmt.Errorf("read how far nodes have told: %w", err)
	}
	marks := make(map[string]time.Time)
	for _, s := range shipped {
		at := time.Unix(int64(s.Value), 0)
		if node := nodeOf(s.Labels); at.After(marks[node]) {
			marks[node] = at
		}
	}
	heard, err := g.heardAtEnd(ctx)
	if err != nil {
		return err
	}
	for _, node := range slices.Sorted(maps.Keys(nodes)) {
		mark, marked := marks[node]
		if !marked && heard[node] {
			mark, marked = g.until, true // what its mark would say too, so that both engines give one report
		}
		state := NodeState{Node: node, Until: string(NoData), Short: !marked || mark.Before(g.until)}
		if marked {
			state.sent = earlier(mark, g.until).In(g.until.Location())
			state.Until = Moment(state.sent)
		}
		state.Retired = state.Short && slices.Contains(g.spec.Typed.RetiredNodes, node)
		g.nodes = append(g.nodes, state)
	}
	for _, node := range slices.Sorted(slices.Values(g.spec.Nodes)) {
		_, marked := marks[node]
		if nodes[node] || marked || heard[node] {
			continue
		}
		g.nodes = append(g.nodes, NodeState{
			Node: node, Until: string(NoData), Short: true, Never: true,
			Retired: slices.Contains(g.spec.Typed.RetiredNodes, node),
		})
	}
	return nil
}

// heardAtEnd returns the nodes with samples at the end of the period or after it.
func (g *gatherer) heardAtEnd(ctx context.Context) (map[string]bool, error) {
	at := earlier(g.until.Add(2*heardSlack), g.spec.Now)
	window := at.Sub(g.until) + heardSlack
	heard := make(map[string]bool)
	samples, err := g.reader.engine.Query(
		ctx,
		fmt.Sprintf("group by (node) (%s)", lastOver(selector{metric: metrics.SchoolProtected}, window)),
		at,
	)
	if err != nil {
		return nil, fmt.Errorf("ask which nodes are heard: %w", err)
	}
	for _, s := range samples {
		heard[nodeOf(s.Labels)] = true
	}
	return heard, nil
}

func nodeOf(l labels.Labels) string { return l.Get("node") }

// reasons are those why figures may still change.
func (b *builder) reasons() (why []wording.Text) {
	if b.spec.Now.Before(b.spec.Period.End) {
		why = append(why, textNotOver.With(momentOf(b.until)))
	}
	for _, n := range b.nodes {
		switch {
		case n.Retired:
		case n.Never:
			why = append(why, textNeverSent.With(n.Node))
		case n.Short:
			why = append(why, textSentShort.With(n.Node, momentOf(n.sent)))
		}
	}
	for _, node := range b.census.backwards {
		why = append(why, textCountedAnew.With(node))
	}
	return why
}

// inVietnamese is what a document has of sentences.
func inVietnamese(texts []wording.Text) (said []string) {
	for _, t := range texts {
		said = append(said, t.VI)
	}
	return said
}
