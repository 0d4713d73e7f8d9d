package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"lachan/admin/request"
	"lachan/metrics"
	"lachan/metrics/history"
)

// What there is from before the start: a week of counters, and requests.

// A counted is what one school counts by.
type counted struct {
	school
	group *metrics.GroupCounters
}

// busy is the share of the questions of an hour of lessons that is asked at a time, in
// hundredths.
func busy(at time.Time) int {
	switch hour := at.Hour(); {
	case at.Weekday() == time.Sunday:
		return 2
	case hour == 11 || hour == 12:
		return 40
	case hour >= 7 && hour < 17:
		return 100
	case hour >= 17 && hour < 22:
		return 15
	}
	return 1
}

// writeWeek writes the history of the week before now.
func writeWeek(ctx context.Context, dir string, zone *time.Location, now time.Time) error {
	store, err := history.Open(filepath.Join(dir, "history"), history.Options{})
	if err != nil {
		return fmt.Errorf("open the history: %w", err)
	}
	counters := metrics.New("demo")
	shard := counters.Shard()
	var all []counted
	var inForce []metrics.School
	for _, s := range schools() {
		if !s.silent {
			all = append(all, counted{s, counters.Group(s.id, "")})
			inForce = append(inForce, metrics.School{ID: s.id, Province: "lao-cai", Commune: s.commune, Level: s.level})
		}
	}
	counters.SetSchools(inForce)
	random := rand.New(rand.NewPCG(1, 2))
	y, m, d := now.In(zone).AddDate(0, 0, -14).Date()
	for at := time.Date(y, m, d, 0, 0, 0, 0, zone); at.Before(now.Add(-history.Step)); at = at.Add(history.Step) {
		for i := range all {
			all[i].count(counters, shard, random, busy(at))
		}
		counters.Protect(history.Step)
		if _, err := store.Tick(ctx, at, counters.Totals()); err != nil {
			return fmt.Errorf("write the history: %w", err)
		}
	}
	if err := store.Close(); err != nil {
		return fmt.Errorf("close the history: %w", err)
	}
	return nil
}

// count counts what a school asks in a quarter of an hour; share is in hundredths of an
// hour of lessons.
func (s *counted) count(c *metrics.Counters, shard *metrics.Shard, random *rand.Rand, share int) {
	asked := s.perHour * share / 400
	asked += random.IntN(asked/4 + 1)
	for i, of := range [...]int{s.games, s.social, s.harm, s.advert} {
		event := metrics.Event{Group: s.group, Decision: metrics.DecisionBlocked, Category: c.Category(categories[i])}
		for range asked * of / 1000 {
			shard.Record(&event)
		}
	}
	for range asked {
		shard.Record(&metrics.Event{Group: s.group})
	}
}

// writeRequests leaves two requests that wait.
func writeRequests(dir string, now time.Time) error {
	store, err := request.Open(filepath.Join(dir, "requests"))
	if err != nil {
		return fmt.Errorf("open the requests: %w", err)
	}
	for _, r := range [...]struct {
		unit, name, category, why string
		ago                       time.Duration
	}{
		{"sa-pa-thcs-1", "games-1.example", "games", "học hình lớp 7A", 3 * time.Hour},
		{"bac-ha-thpt-1", "social-2.example", "social", "nhóm lớp trao đổi bài", 26 * time.Hour},
	} {
		if err := store.Add(r.unit, r.name, r.category, r.why, now.Add(-r.ago)); err != nil {
			return fmt.Errorf("ask for %s: %w", r.name, err)
		}
	}
	return nil
}
