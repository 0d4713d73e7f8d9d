package metrics

import (
	"math"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// This file has the metrics for operators, each with its description.

var (
	queriesDesc = desc(
		"lachan_queries_total",
		"Finished queries by what carried them and what became of them.",
		"transport",
		"action",
	)
	answersDesc  = desc("lachan_answers_total", "Answers by where they came from.", "source")
	durationDesc = desc("lachan_query_duration_seconds", "Time from reading a query to writing its answer.", "source")
	rcodesDesc   = desc("lachan_rcodes_total", "Answers by RCODE.", "rcode")

	cacheEntriesDesc   = desc("lachan_cache_entries", "Answers held in the cache.")
	cacheHitsDesc      = desc("lachan_cache_hits_total", "Questions that the cache could answer.")
	cacheMissesDesc    = desc("lachan_cache_misses_total", "Questions that the cache could not answer.")
	cacheEvictionsDesc = desc("lachan_cache_evictions_total", "Answers thrown out of the cache to make room.")

	waitingDesc   = desc("lachan_waiting_queries", "Queries that wait for an upstream.")
	pendingDesc   = desc("lachan_pending_exchanges", "Exchanges with upstreams that are under way.")
	abandonedDesc = desc("lachan_abandoned_exchanges_total", "Exchanges that were canceled because no "+
		"query waited for them any more.")

	memoryBudgetDesc = desc("lachan_memory_budget_bytes", "Memory that a part of the server may have.", "part")
	memoryUsedDesc   = desc("lachan_memory_used_bytes", "Memory that a part of the server has.", "part")

	upstreamExchangesDesc = desc("lachan_upstream_exchanges_total", "Exchanges begun with an upstream.", "upstream")
	upstreamFailuresDesc  = desc("lachan_upstream_failures_total", "Exchanges with an upstream that brought "+
		"no usable answer, by kind.", "upstream", "kind")
	upstreamRTTDesc = desc("lachan_upstream_rtt_seconds", "Smoothed round-trip time of an upstream; "+
		"absent before its first answer.", "upstream")
	upstreamUpDesc = desc("lachan_upstream_up", "Whether an upstream is in use (1) or taken to be "+
		"down (0).", "upstream")
	upstreamCaseDesc = desc("lachan_upstream_case_kept", "Whether an upstream that is asked over UDP keeps the "+
		"case of letters (1), so that names go out in random case, or not (0); absent before it is learned.", "upstream")

	upstreamFilteredDesc = desc("lachan_upstream_filtered_answers_total", "Answers that an upstream said it has "+
		"filtered (extended DNS errors 15 to 18), by kind.", "kind")

	tunnelsDesc = desc("lachan_tunnels_stopped_total", "Tunnels through questions that were stopped: a group, "+
		"and a domain below which it sent too much.")

	feedEntriesDesc  = desc("lachan_feed_entries", "Rules of a feed that are in force.", "feed")
	feedRejectedDesc = desc("lachan_feed_rejected_lines", "Lines of the copy in force of a feed that were "+
		"rejected.", "feed")
	feedRefusedDesc = desc("lachan_feed_refused_expressions", "Expressions of a feed that are left out, as "+
		"all feeds together have too many.", "feed")
	feedAgeDesc = desc("lachan_feed_age_seconds", "Time since the copy in force of a feed was last "+
		"known to be the newest; +Inf when it never was.", "feed")
	feedLastSuccessDesc = desc("lachan_feed_last_success_timestamp_seconds", "When the copy in force of a "+
		"feed was last known to be the newest; 0 when it never was.", "feed")
	feedInForceDesc = desc("lachan_feed_in_force_timestamp_seconds", "When the copy in force of a feed "+
		"began to decide; 0 when none does.", "feed")

	ordersDesc     = desc("lachan_orders_total", "Versions of an authority's list that came in force here.", "feed")
	ordersLateDesc = desc("lachan_orders_late_total", "Those that took longer than the law gives, from "+
		"received to in force.", "feed")
	ordersWithinDesc = desc("lachan_orders_within_total", "Those that were in force within 6h, and within "+
		"24h, of being received.", "feed", "limit")
	orderSecondsDesc = desc("lachan_order_seconds", "Time of the newest one from received to in force.", "feed")
	orderMedianDesc  = desc("lachan_order_median_seconds", "Median of that time over the orders on record.", "feed")
	orderWorstDesc   = desc("lachan_order_worst_seconds", "The longest of those times.", "feed")

	tickedDesc = desc("lachan_history_ticked_timestamp_seconds", "The newest tick of the counters of "+
		"schools that is on the disk; 0 when none is.")
	shippedDesc = desc(HistoryShipped, "Until when the history of this node has been sent to the engine "+
		"elsewhere; 0 when nothing has.")
	refusedDesc = desc("lachan_history_refused_samples_total", "Samples that were too old for the engine elsewhere.")

	nodesDesc = desc("lachan_fleet_nodes", "Nodes of this hub: those that have joined, are linked, lack decisions, "+
		"refuse some.", "state")
	evenDesc = desc("lachan_fleet_even_timestamp_seconds", "When this node last had everything that its hub has; "+
		"0 when not since it was started.")

	sessionsDesc     = desc("lachan_radius_sessions", "Sessions of customers that access servers have told of and that go on.")
	radiusDesc       = desc("lachan_radius_requests_total", "Accounting requests that were answered.")
	radiusMissedDesc = desc("lachan_radius_ineffective_total", "Those of them that gave no unit an address: of a line "+
		"that no unit has, after the end of their session, without room for another.", "reason")
	radiusDroppedDesc = desc("lachan_radius_dropped_total", "Requests without an answer: of no client, signed with another "+
		"secret, unreadable, more than can be taken.", "reason")

	testedDesc = desc("lachan_self_test_timestamp_seconds", "When the newest test of this node by itself has ended; 0 when "+
		"there was none.")
	testDueDesc = desc("lachan_self_test_due_timestamp_seconds", "Since when a test has to have ended; 0 when none has to. One is "+
		"missing while this is the later of the two.")
	testQuestionsDesc = desc("lachan_self_test_questions_total", "Questions of such tests.")
	testFailedDesc    = desc("lachan_self_test_failed_questions", "Questions of the newest such test that were not answered as "+
		"they have to be.", "kind")
	testEmptyDesc = desc("lachan_self_test_empty_categories", "Categories that some unit blocks and of which no list has a name.")

	quietDesc = desc("lachan_schools_quiet", "Schools that asked far less than usual on the day that was judged last, by how sure "+
		"it is that their devices no longer come by the filter.", "sure")
	judgedDesc = desc("lachan_schools_judged", "Schools that could be compared with days of their own then.")

	watchesDesc = desc("lachan_device_checks_total", "How often somebody has had shown what the own device asks.")

	tapOnDesc        = desc("lachan_dnstap_on", "Whether a collector is told of questions and answers (1) or not (0).")
	tapConnectedDesc = desc("lachan_dnstap_connected", "Whether that collector is there (1) or not (0).")
	tapSentDesc      = desc("lachan_dnstap_sent_messages_total", "Messages that a collector was told.")
	tapDroppedDesc   = desc("lachan_dnstap_dropped_messages_total", "Messages for which there was no room, or no collector.")

	bloomDesc = desc("lachan_bloom_false_positives_total", "Hits of the Bloom filter that the exact set "+
		"did not confirm.")
	serialDesc = desc("lachan_rules_serial", "Serial of the rules in force: it grows with every list, "+
		"policy and minute.")
	conditionDesc = desc("lachan_condition", "A degraded state that holds now; absent when it does not.", "name")
	buildDesc     = desc("lachan_build_info", "The running program.", "version", "revision", "goversion")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// A Collector shows operators the state of the process, never a school. It
// computes nothing between scrapes.
type Collector struct {
	aggregator *Aggregator
	conditions *Conditions
	readings   func() Readings
}

// NewCollector makes the collector of the operators' metrics. Readings is
// called once a scrape, by any number of goroutines, and must not block.
func NewCollector(aggregator *Aggregator, conditions *Conditions, readings func() Readings) *Collector {
	return &Collector{aggregator: aggregator, conditions: conditions, readings: readings}
}

// Describe sends nothing, which tells Prometheus that the series are known
// only at a scrape: upstreams and feeds come and go with a reload.
func (c *Collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends one metric for every series there is now.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	s := series(out)
	readings := c.readings()
	s.queries(c.aggregator.sumShards())
	s.cache(readings.Cache)
	s.pending(readings.Pending)
	for _, part := range readings.Memory {
		s.memory(part)
	}
	for said, n := range readings.Filtered {
		s.counter(upstreamFilteredDesc, n, said)
	}
	s.counter(tunnelsDesc, readings.Tunnels.Stopped)
	for _, u := range readings.Upstreams {
		s.upstream(u)
	}
	for _, f := range readings.Feeds {
		s.feed(f)
	}
	for _, condition := range c.conditions.List() {
		s.gauge(conditionDesc, 1, condition.Name)
	}
	s.history(readings.History)
	s.fleet(readings.Fleet)
	s.radius(readings.RADIUS)
	s.tested(readings.Tested)
	s.quiet(readings.Quiet)
	s.tap(readings.Tap)
	s.counter(watchesDesc, readings.Watches)
	s.counter(bloomDesc, readings.BloomFalsePositives)
	s.gauge(serialDesc, float64(readings.RulesSerial))
	s.gauge(buildDesc, 1, c.aggregator.build.Version, c.aggregator.build.Revision, runtime.Version())
}

// series receives the metrics of one scrape.
type series chan<- prometheus.Metric

func (s series) counter(d *prometheus.Desc, n uint64, labels ...string) {
	s.send(d)(prometheus.NewConstMetric(d, prometheus.CounterValue, float64(n), labels...))
}

func (s series) gauge(d *prometheus.Desc, v float64, labels ...string) {
	s.send(d)(prometheus.NewConstMetric(d, prometheus.GaugeValue, v, labels...))
}

// send passes a metric on, or its error, which spoils that metric alone.
func (s series) send(d *prometheus.Desc) func(prometheus.Metric, error) {
	return func(m prometheus.Metric, err error) {
		if err != nil {
			m = prometheus.NewInvalidMetric(d, err)
		}
		s <- m
	}
}

func (s series) queries(sum shardTotals) {
	for t := range sum.queries {
		for a, n := range sum.queries[t] {
			s.counter(queriesDesc, n, Transport(t).String(), Action(a).String())
		}
	}
	for r, n := range sum.rcodes {
		s.counter(rcodesDesc, n, rcodeNames[r])
	}
	for i := range sum.buckets {
		source := Source(i).String()
		count, cumulative := uint64(0), make(map[float64]uint64, len(bounds))
		for b, n := range sum.buckets[i] {
			count += n
			if b < len(bounds) {
				cumulative[bounds[b].Seconds()] = count
			}
		}
		seconds := float64(sum.nanoseconds[i]) / 1e9
		s.counter(answersDesc, count, source)
		s.send(durationDesc)(prometheus.NewConstHistogram(durationDesc, count, seconds, cumulative, source))
	}
}

func (s series) cache(r CacheReading) {
	s.gauge(cacheEntriesDesc, float64(r.Entries))
	s.counter(cacheHitsDesc, r.Hits)
	s.counter(cacheMissesDesc, r.Misses)
	s.counter(cacheEvictionsDesc, r.Evictions)
}

func (s series) pending(r PendingReading) {
	s.gauge(waitingDesc, float64(r.Queries))
	s.gauge(pendingDesc, float64(r.Exchanges))
	s.counter(abandonedDesc, r.Abandoned)
}

func (s series) memory(r MemoryReading) {
	s.gauge(memoryBudgetDesc, float64(r.Budget), r.Part)
	s.gauge(memoryUsedDesc, float64(r.Used), r.Part)
}

func (s series) upstream(r UpstreamReading) {
	s.counter(upstreamExchangesDesc, r.Exchanges, r.Name)
	for kind, n := range r.Failures {
		s.counter(upstreamFailuresDesc, n, r.Name, kind)
	}
	if r.RTT > 0 {
		s.gauge(upstreamRTTDesc, r.RTT.Seconds(), r.Name)
	}
	up := 0.0
	if r.Up {
		up = 1
	}
	s.gauge(upstreamUpDesc, up, r.Name)
	switch r.Case {
	case "kept":
		s.gauge(upstreamCaseDesc, 1, r.Name)
	case "lost":
		s.gauge(upstreamCaseDesc, 0, r.Name)
	}
}

func (s series) feed(r FeedReading) {
	s.gauge(feedEntriesDesc, float64(r.Entries), r.Name)
	s.gauge(feedRejectedDesc, float64(r.RejectedLines), r.Name)
	s.gauge(feedRefusedDesc, float64(r.Refused), r.Name)
	age := math.Inf(1) // every threshold on it fires
	if !r.LastSuccess.IsZero() {
		age = time.Since(r.LastSuccess).Seconds()
	}
	s.gauge(feedAgeDesc, age, r.Name)
	s.gauge(feedLastSuccessDesc, timestamp(r.LastSuccess), r.Name)
	s.gauge(feedInForceDesc, timestamp(r.InForce), r.Name)
	if o := r.Orders; o.Total > 0 {
		s.counter(ordersDesc, o.Total, r.Name)
		s.counter(ordersLateDesc, o.Late, r.Name)
		s.counter(ordersWithinDesc, o.Within6h, r.Name, "6h")
		s.counter(ordersWithinDesc, o.Within24h, r.Name, "24h")
		s.gauge(orderSecondsDesc, o.Last.Seconds(), r.Name)
		s.gauge(orderMedianDesc, o.Median.Seconds(), r.Name)
		s.gauge(orderWorstDesc, o.Worst.Seconds(), r.Name)
	}
}

func (s series) history(r HistoryReading) {
	s.gauge(tickedDesc, timestamp(r.Ticked))
	if r.Ships {
		s.gauge(shippedDesc, timestamp(r.Shipped))
		s.counter(refusedDesc, r.Refused)
	}
}

func (s series) fleet(r FleetReading) {
	for state, n := range r.Nodes {
		s.gauge(nodesDesc, float64(n), state)
	}
	if r.Joined {
		s.gauge(evenDesc, timestamp(r.Even))
	}
}

func (s series) radius(r RADIUSReading) {
	if r.Dropped == nil {
		return
	}
	s.gauge(sessionsDesc, float64(r.Sessions))
	s.counter(radiusDesc, r.Requests)
	s.counter(radiusMissedDesc, r.Nameless, "line")
	s.counter(radiusMissedDesc, r.Late, "late")
	s.counter(radiusMissedDesc, r.Full, "full")
	for why, n := range r.Dropped {
		s.counter(radiusDroppedDesc, n, why)
	}
}

func (s series) tested(r SelfTestReading) {
	s.gauge(testedDesc, timestamp(r.Ended))
	s.gauge(testDueDesc, timestamp(r.Due))
	s.counter(testQuestionsDesc, r.Questions)
	for kind, n := range r.Failed {
		s.gauge(testFailedDesc, float64(n), kind)
	}
	s.gauge(testEmptyDesc, float64(r.Empty))
}

func (s series) quiet(r QuietReading) {
	for sure, n := range r.Schools {
		s.gauge(quietDesc, float64(n), sure)
	}
	s.gauge(judgedDesc, float64(r.Judged))
}

func (s series) tap(r TapReading) {
	for d, is := range map[*prometheus.Desc]bool{tapOnDesc: r.On, tapConnectedDesc: r.Connected} {
		v := 0.0
		if is {
			v = 1
		}
		s.gauge(d, v)
	}
	s.counter(tapSentDesc, r.Sent)
	s.counter(tapDroppedDesc, r.Dropped)
}

// timestamp is t in seconds since 1970; 0 if t is zero.
func timestamp(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1e3
}
