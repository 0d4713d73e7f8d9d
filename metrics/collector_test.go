package metrics_test

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lachan/metrics"
)

// handler serves c with fixed readings and conditions, ready.
func handler(c *metrics.Counters, conditions *metrics.Conditions, readings metrics.Readings) *http.ServeMux {
	a, bring := aggregated(c)
	current := func() metrics.Readings {
		bring()
		return readings
	}
	return metrics.Handler(a, conditions, current, func() []string { return nil },
		func(context.Context) (*metrics.Totals, error) { return c.Totals(), nil })
}

// scrape is what h serves to operators.
func scrape(t *testing.T, h http.Handler) series {
	t.Helper()
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if answer.Code != http.StatusOK {
		t.Fatalf("status %d: %s", answer.Code, answer.Body)
	}
	return parse(t, answer.Body.String())
}

// operators is what c alone says to operators.
func operators(t *testing.T, c *metrics.Counters) series {
	t.Helper()
	return scrape(t, handler(c, new(metrics.Conditions), metrics.Readings{}))
}

// readings are of a node with something to tell in every metric.
func readings(now time.Time) metrics.Readings {
	return metrics.Readings{
		Quiet: metrics.QuietReading{Schools: map[string]int{"likely": 2}, Judged: 40},
		Tested: metrics.SelfTestReading{
			Ended: time.Unix(1788739200, 0), Due: time.Unix(1788735600, 0), Questions: 340, Failed: map[string]int{"let-past": 2}, Empty: 1,
		},
		ResolverReadings: metrics.ResolverReadings{
			Cache:   metrics.CacheReading{Entries: 100, Hits: 7, Misses: 5, Evictions: 3},
			Pending: metrics.PendingReading{Queries: 4, Exchanges: 2, Abandoned: 8},
			Memory:  []metrics.MemoryReading{{Part: "cache", Budget: 1 << 20, Used: 1 << 10}},
			Upstreams: []metrics.UpstreamReading{
				{Name: "1.1.1.1", Exchanges: 9, Failures: map[string]uint64{"timeout": 2, "servfail": 1}, RTT: 12500 * time.Microsecond, Up: true, Case: "kept"},
				{Name: "tls://9.9.9.9"}, {Name: "192.0.2.53:53", Case: "lost"},
			},
			Filtered:            map[string]uint64{"censored": 7},
			Tap:                 metrics.TapReading{On: true, Sent: 12, Dropped: 5},
			BloomFalsePositives: 6,
			RulesSerial:         42,
		},
		Feeds: []metrics.FeedReading{
			{Name: "co-bac", Entries: 1000, RejectedLines: 4, Refused: 9, LastSuccess: now.Add(-time.Hour), InForce: now.Add(-time.Minute)},
			{Name: "lenh", Orders: metrics.OrderReading{
				Total: 5, Late: 1, Within6h: 3, Within24h: 4, Last: 90 * time.Second, Median: time.Hour, Worst: 30 * time.Hour,
			}},
			{Name: "moi"},
		},
		History: metrics.HistoryReading{
			Ticked: time.UnixMilli(1788782400500), Ships: true, Shipped: time.Unix(1788782100, 0), Refused: 3,
		},
		RADIUS: metrics.RADIUSReading{Sessions: 3, Requests: 9, Dropped: map[string]uint64{"secret": 1}},
		Fleet:  metrics.FleetReading{Nodes: map[string]int{"linked": 12}, Joined: true, Even: time.Unix(1788782000, 0)},
	}
}

func TestReadingsAreShownAsTheyAreAtTheScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		var conditions metrics.Conditions
		conditions.Set("feed_late", "x")
		served := scrape(t, handler(metrics.New("node-1"), &conditions, readings(now)))
		f := func(name string, value float64, parts ...string) {
			t.Helper()
			served.want(t, value, name, parts...)
		}
		f("lachan_cache_entries", 100)
		f("lachan_memory_used_bytes", 1<<10, `part="cache"`)
		f("lachan_cache_hits_total", 7)
		f("lachan_cache_misses_total", 5)
		f("lachan_cache_evictions_total", 3)
		f("lachan_waiting_queries", 4)
		f("lachan_pending_exchanges", 2)
		f("lachan_abandoned_exchanges_total", 8)
		f("lachan_upstream_exchanges_total", 9, `upstream="1.1.1.1"`)
		f("lachan_upstream_failures_total", 2, `upstream="1.1.1.1"`, `kind="timeout"`)
		f("lachan_upstream_failures_total", 1, `upstream="1.1.1.1"`, `kind="servfail"`)
		f("lachan_upstream_rtt_seconds", 0.0125, `upstream="1.1.1.1"`)
		f("lachan_upstream_up", 1, `upstream="1.1.1.1"`)
		f("lachan_upstream_up", 0, `upstream="tls://9.9.9.9"`)
		f("lachan_upstream_filtered_answers_total", 7, `kind="censored"`)
		f("lachan_upstream_case_kept", 1, `upstream="1.1.1.1"`)
		f("lachan_upstream_case_kept", 0, `upstream="192.0.2.53:53"`)
		f("lachan_feed_entries", 1000, `feed="co-bac"`)
		f("lachan_feed_rejected_lines", 4, `feed="co-bac"`)
		f("lachan_feed_refused_expressions", 9, `feed="co-bac"`)
		f("lachan_feed_age_seconds", 3600, `feed="co-bac"`)
		f("lachan_feed_age_seconds", math.Inf(1), `feed="moi"`)
		f("lachan_feed_last_success_timestamp_seconds", float64(now.Unix()-3600), `feed="co-bac"`)
		f("lachan_feed_last_success_timestamp_seconds", 0, `feed="moi"`)
		f("lachan_feed_in_force_timestamp_seconds", float64(now.Unix()-60), `feed="co-bac"`)
		f("lachan_orders_total", 5) // of one feed: the others have no orders
		f("lachan_orders_total", 5, `feed="lenh"`)
		f("lachan_orders_late_total", 1, `feed="lenh"`)
		f("lachan_orders_within_total", 3, `feed="lenh"`, `limit="6h"`)
		f("lachan_orders_within_total", 4, `feed="lenh"`, `limit="24h"`)
		f("lachan_order_seconds", 90, `feed="lenh"`)
		f("lachan_order_median_seconds", 3600, `feed="lenh"`)
		f("lachan_order_worst_seconds", 30*3600, `feed="lenh"`)
		f("lachan_memory_budget_bytes", 1<<20, `part="cache"`)
		f("lachan_feed_in_force_timestamp_seconds", 0, `feed="moi"`)
		f("lachan_bloom_false_positives_total", 6)
		f("lachan_rules_serial", 42)
		f("lachan_self_test_timestamp_seconds", 1788739200)
		f("lachan_self_test_due_timestamp_seconds", 1788735600)
		f("lachan_self_test_questions_total", 340)
		f("lachan_self_test_failed_questions", 2, `kind="let-past"`)
		f("lachan_self_test_empty_categories", 1)
		f("lachan_schools_quiet", 2, `sure="likely"`)
		f("lachan_schools_judged", 40)
		f("lachan_dnstap_on", 1)
		f("lachan_dnstap_connected", 0)
		f("lachan_dnstap_sent_messages_total", 12)
		f("lachan_dnstap_dropped_messages_total", 5)
		f("lachan_history_ticked_timestamp_seconds", 1788782400.5)
		f("lachan_history_shipped_timestamp_seconds", 1788782100)
		f("lachan_history_refused_samples_total", 3)
		f("lachan_condition", 1, `name="feed_late"`)
		f("lachan_build_info", 1, `version="1.2.3"`, `revision="abc"`, `goversion="`+runtime.Version()+`"`)
		if _, ok := served[`lachan_upstream_case_kept{upstream="tls://9.9.9.9"}`]; ok {
			t.Error("an upstream that is asked over TLS keeps or loses the case")
		}
		if _, ok := served[`lachan_orders_total{feed="moi"}`]; ok {
			t.Error("a feed without orders counts them")
		}
		if _, ok := served[`lachan_upstream_rtt_seconds{upstream="tls://9.9.9.9"}`]; ok {
			t.Error("an upstream that never answered has a round-trip time")
		}
	})
}

func TestAConditionThatEndedIsNotShown(t *testing.T) {
	var conditions metrics.Conditions
	h := handler(metrics.New("node-1"), &conditions, metrics.Readings{})
	scrape(t, h).want(t, 0, "lachan_condition")
	conditions.Set("disk_full", "x")
	scrape(t, h).want(t, 1, "lachan_condition", `name="disk_full"`)
	conditions.Clear("disk_full")
	scrape(t, h).want(t, 0, "lachan_condition")
}

func TestOneBadReadingSpoilsNoOther(t *testing.T) {
	r := readings(time.Now())
	r.Upstreams = append(r.Upstreams, r.Upstreams[0], metrics.UpstreamReading{Name: "\xff"})
	h := handler(metrics.New("node-1"), new(metrics.Conditions), r)
	served := scrape(t, h)
	served.want(t, 9, "lachan_upstream_exchanges_total") // the duplicate is not counted again
	served.want(t, 100, "lachan_cache_entries")
	scrape(t, h).want(t, 1, "promhttp_metric_handler_errors_total", `cause="gathering"`) // of the scrape before
}

// operatorMetrics are the metrics that operators are promised.
var operatorMetrics = []string{
	"lachan_queries_total", "lachan_answers_total", "lachan_query_duration_seconds_bucket",
	"lachan_query_duration_seconds_sum", "lachan_query_duration_seconds_count", "lachan_rcodes_total",
	"lachan_cache_entries", "lachan_cache_hits_total", "lachan_cache_misses_total", "lachan_cache_evictions_total",
	"lachan_waiting_queries", "lachan_pending_exchanges", "lachan_abandoned_exchanges_total",
	"lachan_memory_budget_bytes", "lachan_memory_used_bytes",
	"lachan_upstream_exchanges_total", "lachan_upstream_failures_total", "lachan_upstream_rtt_seconds", "lachan_upstream_up",
	"lachan_upstream_case_kept", "lachan_upstream_filtered_answers_total", "lachan_tunnels_stopped_total",
	"lachan_feed_entries", "lachan_feed_rejected_lines", "lachan_feed_refused_expressions", "lachan_feed_age_seconds",
	"lachan_feed_last_success_timestamp_seconds", "lachan_feed_in_force_timestamp_seconds",
	"lachan_orders_total", "lachan_orders_late_total", "lachan_orders_within_total",
	"lachan_order_seconds", "lachan_order_median_seconds", "lachan_order_worst_seconds",
	"lachan_history_ticked_timestamp_seconds", "lachan_history_shipped_timestamp_seconds", "lachan_history_refused_samples_total",
	"lachan_radius_sessions", "lachan_radius_requests_total", "lachan_radius_ineffective_total", "lachan_radius_dropped_total",
	"lachan_dnstap_on", "lachan_dnstap_connected", "lachan_dnstap_sent_messages_total", "lachan_dnstap_dropped_messages_total",
	"lachan_self_test_timestamp_seconds", "lachan_self_test_due_timestamp_seconds", "lachan_self_test_questions_total", "lachan_self_test_failed_questions",
	"lachan_self_test_empty_categories", "lachan_schools_quiet", "lachan_schools_judged",
	"lachan_fleet_nodes", "lachan_device_checks_total", "lachan_fleet_even_timestamp_seconds",
	"lachan_bloom_false_positives_total", "lachan_rules_serial", "lachan_condition", "lachan_build_info",
}

func TestOperatorsSeeWhatIsPromisedAndNothingElseOfOurs(t *testing.T) {
	var conditions metrics.Conditions
	conditions.Set("feed_late", "x")
	names := make(map[string]bool)
	for key := range scrape(t, handler(twoSchools(), &conditions, readings(time.Now()))) {
		name, _, _ := strings.Cut(key, "{")
		names[name] = true
	}
	for _, name := range operatorMetrics {
		if !names[name] {
			t.Errorf("%s is missing", name)
		}
		delete(names, name)
	}
	for name := range names {
		if strings.HasPrefix(name, "lachan_") {
			t.Errorf("%s is not promised", name)
		}
	}
	for _, name := range []string{"go_goroutines", "process_cpu_seconds_total"} {
		if !names[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
