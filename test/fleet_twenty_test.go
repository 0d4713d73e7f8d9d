package test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestTwentyNodesDecideAsOne has 20 nodes with 2,000 schools, each of one area, and a server
// beside them that nobody leads: it has the same policy and lists, and all that is decided is
// decided there too. Of 20,000 random questions each is answered alike by the node of the
// school and by that server: before anything happens; where links are cut, by what was in
// force then, and by all when they are back; after 50 kills of the hub while it decides; with
// the disk of a node and of the hub full, and with room again; after a flipped bit in each
// file of the nodes, with which none opens what is shut. It is only part of make proof.
func TestTwentyNodesDecideAsOne(t *testing.T) {
	if !proving() || !mayMount(t) {
		t.Log("TEST_PROOF=1 runs it, where the test may mount; in small TestAKilledHubLosesNoDecision and others are it")
		return
	}
	newTwenty(t, 1).proves()
}

// TestTwentyNodesOfThreeHubsDecideAsOne is the same with three hubs: decisions are made at any of
// them, one is apart from the others for a while, each is killed in turn, and the disk of one is
// full. It is only part of make proof.
func TestTwentyNodesOfThreeHubsDecideAsOne(t *testing.T) {
	if !proving() || !mayMount(t) {
		t.Log("TEST_PROOF=1 runs it, where the test may mount; in small TestThreeHubsHaveOneLedger and others are it")
		return
	}
	newTwenty(t, 3).proves()
}

// proves goes through all that may happen to the fleet.
func (w *twenty) proves() {
	t := w.t
	t.Helper()
	began := time.Now()
	step := func(what string, asked int) {
		t.Logf("%-34s %6d questions alike, %v", what, asked, time.Since(began).Round(time.Second))
		began = time.Now()
	}
	w.decide(100)
	w.arrived(0)
	step("before", w.alike(nil))

	// Every other node has no link; of three hubs, which nodes know all, no node has one.
	former := w.answers(w.alone)
	off := func(n *twentyNode) bool { return n.link == w.links[1] }
	cut := w.links[1:]
	if len(w.hubs) > 1 {
		off = func(*twentyNode) bool { return true }
		cut = w.links
	}
	for _, l := range cut {
		l.cut()
	}
	mark := len(w.decided)
	w.decide(60)
	if len(w.hubs) == 1 {
		w.arrived(mark, w.links[0])
	}
	step("links of nodes cut", w.alikeWhile(former, mark, off))
	for _, l := range cut {
		l.mend()
	}
	w.arrived(mark)
	step("links mended", w.alike(nil))

	if len(w.hubs) > 1 {
		mark = len(w.decided)
		w.apart(60)
		w.arrived(mark)
		step("a hub apart from the others, and back", w.alike(nil))
	}

	mark = len(w.decided)
	w.killHub(50)
	w.arrived(mark)
	step("50 kills of the hub", w.alike(nil))

	// The disks of one node and of the hub.
	former = w.answers(w.alone)
	mark = len(w.decided)
	fill, empty := ballastOf(t, filepath.Join(w.nodes[0].dir, "state"))
	fill()
	w.decide(30)
	w.arrived(mark, w.nodes[1:])
	step("a node's disk full", w.alikeWhile(former, mark, func(n *twentyNode) bool { return n == w.nodes[0] }))
	empty()
	w.arrived(mark)
	step("room again", w.alike(nil))
	fill, empty = ballastOf(t, filepath.Join(w.last().dir, "state"))
	former = w.answers(w.alone)
	mark = len(w.decided)
	fill()
	refused := w.refusedAtHub()
	step(fmt.Sprintf("the hub's disk full, %d refused", refused),
		w.alikeWhile(former, mark, func(*twentyNode) bool { return len(w.hubs) == 1 }))
	empty()
	w.decide(30)
	w.arrived(mark)
	step("room again", w.alike(nil))

	files := w.flipBits()
	mark = len(w.decided)
	w.decide(30)
	w.arrived(mark)
	step(fmt.Sprintf("a bit of each of %d files", files), w.alike(nil))
}

const (
	twentyNodes = 20
	areaSchools = 100
	twentyAsked = 20_000
)

// A twenty is the fleet, and the server alone.
type twenty struct {
	*fleet
	hubs    []*process
	live    []*process // those of them that decide
	nodes   []*twentyNode
	alone   *process
	links   []*cutLink
	between []*cutLink // of the last of three hubs with the others
	asked   []schoolAsks
	decided []schoolDecides
	names   []string // all that anything is decided of
	random  *rand.Rand
}

// begin starts a server, for which it waits longer than start: many others start beside it.
func (p *process) begin() {
	p.t.Helper()
	p.launch()
	p.within(3*time.Minute, "it serves", func() bool {
		log := p.log.String()
		return strings.Contains(log, "msg=serving address=") && strings.Contains(log, `msg="serving http"`)
	})
	p.listens()
}

// A twentyNode is a node of one area.
type twentyNode struct {
	*process
	area int
	link *cutLink
}

// A schoolAsks is a question of a school.
type schoolAsks struct {
	area, school int
	name         string
}

func (q *schoolAsks) client() netip.Addr {
	return netip.AddrFrom4([4]byte{127, byte(20 + q.area), byte(q.school), 1})
}

// A schoolDecides is what was decided of a name, for an area or a school of it.
type schoolDecides struct {
	area   int
	school int // -1: the area
	name   string
}

// threeProfiles say the same at all hours.
const threeProfiles = `profiles:
  khach: {block: [gambling]}
  nho: {block: [gambling, games, social, ads]}
  vua: {block: [gambling, games, ads]}
  lon: {block: [gambling, social]}
`

func areaID(area int) string           { return fmt.Sprintf("tinh-%02d", area) }
func schoolID(area, school int) string { return fmt.Sprintf("truong-%02d-%02d", area, school) }

// last is the hub whose disk is full for a while, and that is apart.
func (w *twenty) last() *process { return w.hubs[len(w.hubs)-1] }

// found makes the hubs, which are not started. Three reach each other by links of their own.
func (w *twenty) found(hubs int, feeds, areas, policy, up string) {
	t := w.t
	t.Helper()
	root, trust := filepath.Join(t.TempDir(), "root.key"), filepath.Join(t.TempDir(), "trust.json")
	port, between := strconv.Itoa(freePort(t)), strconv.Itoa(freePort(t))
	for i := range hubs {
		keys := fmt.Sprintf("listen: %q, areas: [%s], rings: {canary: 0s, early: 0s}", w.address, areas)
		if hubs > 1 {
			var all []string
			for j := range hubs {
				seen := fmt.Sprintf("127.9.%d.%d", i+1, j+1) // as hub i reaches hub j
				if i == j {
					seen = fmt.Sprintf("127.9.0.%d", i+1)
				} else {
					for _, p := range []string{port, between} {
						l := newCutLink(t, seen+":"+p, fmt.Sprintf("127.8.0.%d:%s", j+1, p))
						if i == hubs-1 || j == hubs-1 {
							w.between = append(w.between, l)
						}
					}
				}
				all = append(all, strconv.Quote(seen+":"+port))
			}
			w.links = append(w.links, newCutLink(t, fmt.Sprintf("127.9.0.%d:%s", i+1, port), fmt.Sprintf("127.8.0.%d:%s", i+1, port)))
			keys = fmt.Sprintf("listen: %q, address: %q, hubs: [%s], between: %q, areas: [%s], rings: {canary: 0s, early: 0s}",
				fmt.Sprintf("127.8.0.%d:%s", i+1, port), fmt.Sprintf("127.9.0.%d:%s", i+1, port), strings.Join(all, ", "),
				fmt.Sprintf("127.8.0.%d:%s", i+1, between), areas)
		}
		h := newProcess(t, feeds+"fleet: {"+keys+"}\n", policy, up)
		mountDisk(t, filepath.Join(h.dir, "state"), 512<<20)
		w.hubs = append(w.hubs, h)
	}
	w.hub, w.live = w.hubs[0], slices.Clone(w.hubs)
	if hubs == 1 {
		w.says(w.hub, "This machine is a hub until", "fleet", "init", "--root", root)
		for range 2 {
			w.links = append(w.links, newCutLink(t, freeAddress(t), w.address))
		}
		return
	}
	for range 2 { // the last knows all, and the others after it
		for _, h := range w.hubs {
			w.says(h, "This machine is a hub until", "fleet", "init", "--root", root, "--trust", trust)
		}
	}
	w.address = w.links[0].address
}

func newTwenty(t *testing.T, hubs int) *twenty {
	t.Helper()
	w := &twenty{random: rand.New(rand.NewPCG(20, 2000))}
	var areas []string
	policy := &strings.Builder{}
	policy.WriteString(threeProfiles + "units:\n")
	for a := range twentyNodes {
		areas = append(areas, areaID(a))
		fmt.Fprintf(policy, "- {id: %s, name: Tỉnh %d, kind: province}\n", areaID(a), a)
		for s := range areaSchools {
			profile := []string{"nho", "vua", "lon"}[s%3]
			fmt.Fprintf(policy, "- {id: %s, name: Trường %d.%d, profile: %s, parent: %s, networks: [127.%d.%d.0/24]}\n",
				schoolID(a, s), a, s, profile, areaID(a), 20+a, s)
		}
	}
	feeds := "feeds:\n"
	for _, category := range []string{"gambling", "games", "social", "ads"} {
		list := &strings.Builder{}
		for i := range 300 {
			name := fmt.Sprintf("%s-%d.example", category, i)
			fmt.Fprintln(list, name)
			if i < 60 {
				w.names = append(w.names, name)
			}
		}
		path := filepath.Join(t.TempDir(), category+".txt")
		if err := os.WriteFile(path, []byte(list.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		feeds += fmt.Sprintf("- {name: %s, url: %s, category: %s}\n", category, path, category)
	}
	for i := range 200 {
		w.names = append(w.names, fmt.Sprintf("lesson-%d.example", i))
	}
	up := startStandIn(t).addr
	w.fleet = &fleet{t: t, address: freeAddress(t)}
	w.found(hubs, feeds, strings.Join(areas, ", "), policy.String(), up)
	w.alone = newProcess(t, feeds, policy.String(), up)
	for _, p := range append([]*process{w.alone}, w.hubs...) {
		p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=khach"}
		p.begin()
	}
	for _, h := range w.hubs {
		h.within(3*time.Minute, "the hub serves", func() bool {
			return strings.Contains(h.log.String(), `msg="serving the nodes of the fleet"`)
		})
	}
	for a := range twentyNodes {
		p := newProcess(t, "", guests+"units: [{id: th-cu, name: TH cũ, level: th, networks: [127.0.0.0/8]}]\n", up)
		p.env = []string{"LACHAN_SERVER_UNKNOWN_CLIENT=khach"}
		if a == 0 {
			mountDisk(t, filepath.Join(p.dir, "state"), 64<<20)
		}
		p.begin()
		n := &twentyNode{p, a, w.links[a%len(w.links)]}
		w.says(p, "is the node", "join", n.link.address, w.invite(fmt.Sprintf("nut-%02d", a), areaID(a)))
		w.nodes = append(w.nodes, n)
	}
	for _, n := range w.nodes {
		w.knows(n.process, schoolID(n.area, 0))
		w.shuts(n.process, "127.20.0.1", "gambling-299.example", true)
	}
	for range twentyAsked {
		q := schoolAsks{w.random.IntN(twentyNodes), w.random.IntN(areaSchools), w.names[w.random.IntN(len(w.names))]}
		switch w.random.IntN(4) {
		case 0:
			q.name = fmt.Sprintf("%s-%d.example", []string{"gambling", "games", "social", "ads", "lesson"}[w.random.IntN(5)], w.random.IntN(400))
		case 1:
			q.name = "www." + q.name
		}
		w.asked = append(w.asked, q)
	}
	return w
}

// answer is what a server says to a school: the response code and the addresses.
func (w *twenty) answer(p *process, q *schoolAsks) string {
	client := dns.Client{Timeout: oneReply, Dialer: &net.Dialer{LocalAddr: net.UDPAddrFromAddrPort(netip.AddrPortFrom(q.client(), 0))}}
	var err error
	for range 3 {
		var m *dns.Msg
		if m, _, err = client.Exchange(question(q.name), p.dns); err == nil {
			text := dns.RcodeToString[m.Rcode]
			for _, rr := range m.Answer {
				if a, ok := rr.(*dns.A); ok {
					text += " " + a.A.String()
				}
			}
			return text
		}
	}
	return err.Error()
}

// answers are those of a server to all questions.
func (w *twenty) answers(p *process) (all []string) {
	all = make([]string, len(w.asked))
	w.each(func(i int) { all[i] = w.answer(p, &w.asked[i]) })
	return all
}

// each calls ask with the number of each question, some at a time.
func (w *twenty) each(ask func(i int)) {
	var asking sync.WaitGroup
	next := make(chan int)
	for range 8 {
		asking.Go(func() {
			for i := range next {
				ask(i)
			}
		})
	}
	for i := range w.asked {
		next <- i
	}
	close(next)
	asking.Wait()
}

// alike asks all questions at the nodes, and compares with answers; nil are those of the
// server alone.
func (w *twenty) alike(want []string) (asked int) {
	w.t.Helper()
	if want == nil {
		want = w.answers(w.alone)
	}
	got := make([]string, len(w.asked))
	w.each(func(i int) { got[i] = w.answer(w.nodes[w.asked[i].area].process, &w.asked[i]) })
	wrong, blocked := 0, 0
	for i, q := range w.asked {
		if strings.HasPrefix(want[i], "NXDOMAIN") {
			blocked++
		}
		if want[i] == "" {
			continue
		}
		if asked++; got[i] != want[i] {
			if wrong++; wrong <= 10 {
				w.t.Errorf("%s asks %s: %s, and %s at the server alone", schoolID(q.area, q.school), q.name, got[i], want[i])
			}
		}
	}
	if wrong > 0 || blocked < asked/10 || asked-blocked < asked/10 {
		w.t.Fatalf("%d of %d answers are others; %d are blocked", wrong, asked, blocked)
	}
	return asked
}

// alikeWhile is alike where some nodes are cut off: they answer as before, but for names of
// which something was decided since, which are not compared.
func (w *twenty) alikeWhile(former []string, since int, off func(*twentyNode) bool) (asked int) {
	w.t.Helper()
	want := w.answers(w.alone)
	for i, q := range w.asked {
		if !off(w.nodes[q.area]) {
			continue
		}
		want[i] = former[i]
		if w.touched(&q, since) {
			want[i] = ""
		}
	}
	return w.alike(want)
}

// touched reports whether something was decided since that a question is answered by.
func (w *twenty) touched(q *schoolAsks, since int) bool {
	return slices.ContainsFunc(w.decided[since:], func(d schoolDecides) bool {
		return d.area == q.area && (q.name == d.name || strings.HasSuffix(q.name, "."+d.name))
	})
}

// decide decides things at random, at the hub and at the server alone.
func (w *twenty) decide(n int) {
	w.t.Helper()
	for range n {
		args, d := w.decision()
		w.decideAt(w.live[w.random.IntN(len(w.live))], args)
		w.says(w.alone, "done", args...)
		w.decided = append(w.decided, d)
	}
}

// decideAt decides at a hub. Three of them may have to agree first who leads.
func (w *twenty) decideAt(h *process, args []string) {
	w.t.Helper()
	for late := time.Now().Add(3 * time.Minute); ; {
		out, err := h.command(os.Getuid(), append(args, "--lang", "en")...)
		if err == nil && strings.Contains(out, "done") || strings.Contains(out, "it is so already") {
			return
		}
		if len(w.hubs) == 1 || time.Now().After(late) {
			w.t.Fatalf("hub %d: lachan %q: %v %s", slices.Index(w.hubs, h)+1, args, err, out)
		}
	}
}

// apart has the last of three hubs reach neither nodes nor the others while these decide. It
// decides nothing then.
func (w *twenty) apart(n int) {
	w.t.Helper()
	cut := append([]*cutLink{w.links[len(w.links)-1]}, w.between...)
	for _, l := range cut {
		l.cut()
	}
	w.live = w.hubs[:len(w.hubs)-1]
	args, d := w.decision()
	if out, err := w.last().command(os.Getuid(), append(args, "--lang", "en")...); err == nil {
		w.t.Errorf("a hub that is apart decides %q: %s", args, out)
	}
	w.decideAt(w.hub, args)
	w.says(w.alone, "done", args...)
	w.decided = append(w.decided, d)
	mark := len(w.decided)
	w.decide(n)
	w.arrived(mark)
	for _, l := range cut {
		l.mend()
	}
	w.live = slices.Clone(w.hubs)
	w.decideAt(w.last(), w.back())
}

// back is a decision for the server alone too.
func (w *twenty) back() []string {
	args, d := w.decision()
	w.says(w.alone, "done", args...)
	w.decided = append(w.decided, d)
	return args
}

// decision is one at random that was not taken yet.
func (w *twenty) decision() (args []string, d schoolDecides) {
	for {
		d = schoolDecides{w.random.IntN(twentyNodes), w.random.IntN(areaSchools), w.names[w.random.IntN(len(w.names))]}
		if w.random.IntN(3) == 0 {
			d.school = -1
		}
		if !slices.Contains(w.decided, d) {
			break
		}
	}
	unit := areaID(d.area)
	if d.school >= 0 {
		unit = schoolID(d.area, d.school)
	}
	args = []string{"except", "add", d.name, "--unit", unit, "--until", "2036-12-31"}
	if strings.HasPrefix(d.name, "lesson") || strings.HasPrefix(d.name, "gambling") {
		args = append(args, "--block")
	}
	return args, d
}

// arrived waits until what was decided since is in force at nodes: those of a link, those
// that are given, or all.
func (w *twenty) arrived(since int, at ...any) {
	w.t.Helper()
	for _, d := range w.decided[since:] {
		n := w.nodes[d.area]
		if len(at) > 0 {
			link, isLink := at[0].(*cutLink)
			nodes, _ := at[0].([]*twentyNode)
			if isLink && n.link != link || !isLink && !slices.Contains(nodes, n) {
				continue
			}
		}
		q := &schoolAsks{d.area, max(0, d.school), d.name}
		n.within(3*time.Minute, fmt.Sprintf("%+v in force at %s", d, areaID(n.area)), func() bool {
			return w.answer(n.process, q) == w.answer(w.alone, q)
		})
	}
}

// killHub kills the hub again and again while it decides. What it has confirmed is decided at
// the server alone too; what it has not is asked again.
func (w *twenty) killHub(times int) {
	w.t.Helper()
	former := w.answers(w.alone)
	mark := len(w.decided)
	for i := range times {
		args, d := w.decision()
		victim := w.hubs[i%len(w.hubs)]
		confirmed := make(chan bool, 1)
		go func() {
			_, err := victim.command(os.Getuid(), append(args, "--lang", "en")...)
			confirmed <- err == nil
		}()
		select {
		case ok := <-confirmed:
			victim.kill()
			confirmed <- ok
		case <-time.After(time.Duration(w.random.IntN(300)) * time.Millisecond):
			victim.kill()
		}
		done := <-confirmed
		for range 50 { // nodes answer meanwhile
			q := &w.asked[w.random.IntN(len(w.asked))]
			at := slices.Index(w.asked, *q)
			if got := w.answer(w.nodes[q.area].process, q); !w.touched(q, mark) && got != former[at] {
				w.t.Errorf("kill %d: %s asks %s: %s, and %s before", i, schoolID(q.area, q.school), q.name, got, former[at])
			}
		}
		if len(w.hubs) > 1 { // the others decide meanwhile
			w.decideAt(w.hubs[(i+1)%len(w.hubs)], w.back())
		}
		victim.begin()
		if !done { // it may be there, and may not
			w.decideAt(w.hubs[(i+1)%len(w.hubs)], args)
		}
		w.says(w.alone, "done", args...)
		w.decided = append(w.decided, d)
	}
	w.hub.logged(`msg="serving the nodes of the fleet"`)
}

// refusedAtHub decides where nothing can be written; what is confirmed all the same is so.
func (w *twenty) refusedAtHub() (refused int) {
	w.t.Helper()
	mark := len(w.decided)
	for range 10 {
		args, d := w.decision()
		out, err := w.last().command(os.Getuid(), append(args, "--lang", "en")...)
		// The last block of a file may have room for it: then nodes get it, once there is more.
		if err != nil && !strings.Contains(out, "is written but not in force yet") {
			if refused++; len(w.hubs) == 1 {
				continue
			}
			w.decideAt(w.hub, args) // the others may have it, and go on
		}
		w.says(w.alone, "done", args...)
		w.decided = append(w.decided, d)
	}
	if len(w.hubs) > 1 {
		w.arrived(mark)
	}
	return refused
}

// ballastOf has a disk be full, and have room again.
func ballastOf(t *testing.T, dir string) (fill, empty func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	return func() {
			file, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			for size := 1 << 20; size > 0; size /= 2 {
				for err == nil {
					_, err = file.Write(make([]byte, size))
				}
				err = nil
			}
		}, func() {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
}

// flipBits flips a bit in each file of nodes, each file at another node, while these are
// down. A node that was started again opens nothing that is shut.
func (w *twenty) flipBits() (files int) {
	w.t.Helper()
	var names []string
	w.nodes[1].stop()
	dir := filepath.Join(w.nodes[1].dir, "state")
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && e.Name() != "lock" && e.Name() != ".lock" && e.Name() != "membership.json" {
			names = append(names, path[len(dir):])
		}
		return err
	})
	if err != nil || len(names) < 20 {
		w.t.Fatal(names, err)
	}
	w.nodes[1].begin()
	shut := w.answers(w.alone)
	for some := range slices.Chunk(names, twentyNodes) {
		for i, name := range some {
			n := w.nodes[i]
			n.stop()
			path := filepath.Join(n.dir, "state", name)
			text, err := os.ReadFile(path)
			if err == nil && len(text) > 0 {
				text[w.random.IntN(len(text))] ^= 1 << w.random.IntN(8)
				if err := os.WriteFile(path, text, 0o600); err != nil {
					w.t.Fatal(err)
				}
				files++
			}
			n.begin()
			opened := 0
			for k, asked := 0, 0; k < len(w.asked) && asked < 100; k++ {
				q := &w.asked[k]
				if q.area != n.area || !strings.HasPrefix(shut[k], "NXDOMAIN") {
					continue
				}
				asked++
				if got := w.answer(n.process, q); strings.HasPrefix(got, "NOERROR") {
					opened++
				}
			}
			if opened > 0 {
				w.t.Errorf("a bit of %s: %d names are open that were shut", name, opened)
			}
		}
	}
	return files
}

// A cutLink is where nodes reach the hub, for as long as it is not cut.
type cutLink struct {
	t       *testing.T
	address string
	hub     string

	mu    sync.Mutex
	l     net.Listener
	conns map[net.Conn]bool // mu
}

// newCutLink is a link at an address to that of a hub.
func newCutLink(t *testing.T, address, hub string) *cutLink {
	t.Helper()
	c := &cutLink{t: t, address: address, hub: hub, conns: map[net.Conn]bool{}}
	c.mend()
	t.Cleanup(c.cut)
	return c
}

// mend has nodes reach the hub.
func (c *cutLink) mend() {
	c.t.Helper()
	l, err := net.Listen("tcp", c.address)
	if err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	c.l = l
	c.mu.Unlock()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(conn)
		}
	}()
}

// carry carries a connection until one of its ends is gone.
func (c *cutLink) carry(conn net.Conn) {
	defer conn.Close()
	to, err := (&net.Dialer{Timeout: oneReply}).DialContext(context.Background(), "tcp", c.hub)
	if err != nil {
		return
	}
	defer to.Close()
	c.mu.Lock()
	c.conns[conn] = true
	c.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{conn, to}, {to, conn}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = conn.Close()
			_ = to.Close()
		})
	}
	both.Wait()
	c.mu.Lock()
	delete(c.conns, conn)
	c.mu.Unlock()
}

// cut ends what is open, and has nobody come in.
func (c *cutLink) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.l.Close() // it may be cut already
	for conn := range c.conns {
		_ = conn.Close()
	}
}
