//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// compileNumbers measures fetching and compiling: the lists of the measurement
// and the real ones where they are.
func (b *bench) compileNumbers() {
	if err := b.compileIn(b.lachan, b.dir, fmt.Sprintf("%d generated names in eight lists", b.names), b.names); err != nil {
		b.numbers = append(b.numbers, "- not measured: names compiled a second: "+err.Error())
	}
	if err := b.compileReal(); err != nil {
		b.numbers = append(b.numbers, "- not measured: real names compiled a second: "+err.Error())
	}
}

func (b *bench) compileIn(s *subject, dir, what string, names int) error {
	say("compiling %s", what)
	begin := time.Now()
	if err := b.compile(s); err != nil {
		return err
	}
	took := time.Since(begin)
	size := snapshotSize(dir)
	b.numbers = append(b.numbers, fmt.Sprintf(
		"- %s: fetched, checked and compiled in %.2f s on both cores, %.0f names a second; snapshot of %.1f MB, %.1f octets a name",
		what, took.Seconds(), float64(names)/took.Seconds(), float64(size)/1e6, float64(size)/float64(names)))
	return nil
}

// realLists are the lists of the folder with real data, by how they are
// written and what they are.
var realLists = [...]struct{ file, format, category string }{
	{"hostsvn-gambling.hosts", "hosts", "gambling"},
	{"hostsvn-adult.domains", "domains", "adult"},
	{"hostsvn-threat.adblock", "adblock", "phishing"},
	{"hostsvn-ads.dnsmasq", "dnsmasq", "ads"},
	{"chongluadao-phishing.adblock", "adblock", "phishing"},
	{"blp-phishing.domains", "domains", "phishing"},
	{"blp-redirect.hosts", "hosts", "malware"},
	{"blp-drugs.hosts", "hosts", "drugs"},
	{"blp-scam.hosts", "hosts", "phishing"},
	{"blp-youtube.hosts", "hosts", "short-video"},
	{"blp-facebook.hosts", "hosts", "social"},
	{"blp-tiktok.hosts", "hosts", "short-video"},
	{"blp-malware.ips", "addresses", "malware"},
}

// realFeeds are the entries of a configuration for the real lists, and how many
// lines these have.
func (l *lab) realFeeds() (feeds string, lines int, err error) {
	lists, err := filepath.Abs(filepath.Join(l.data, "lists"))
	if err != nil {
		return "", 0, err
	}
	var config strings.Builder
	for _, list := range realLists {
		text, err := os.ReadFile(filepath.Join(lists, list.file))
		if err != nil {
			return "", 0, err
		}
		lines += strings.Count(string(text), "\n")
		name := strings.ReplaceAll(list.file, ".", "-")
		fmt.Fprintf(&config, "  - {name: %s, url: %q, format: %s, category: %s}\n", name, filepath.Join(lists, list.file), list.format, list.category)
	}
	return config.String(), lines, nil
}

func (b *bench) compileReal() error {
	feeds, lines, err := b.realFeeds()
	if err != nil {
		return err
	}
	dir := b.file("real")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	config := fmt.Sprintf("state_dir: %q\npolicy: \"\"\nfeeds:\n", filepath.Join(dir, "state")) + feeds
	file := filepath.Join(dir, "lachan.yaml")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		return err
	}
	s := &subject{name: "lachan", program: b.bin("lachan"), args: []string{file}}
	return b.compileIn(s, dir, fmt.Sprintf("%d lines of %d real lists", lines, len(realLists)), lines)
}
