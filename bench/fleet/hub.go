package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/rpc"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"lachan/admin/ledger"
	"lachan/fleet"
	"lachan/fleet/hub"
)

// The hub of a simulation is this program once more, so that its memory and CPU time are its own:
// its ledger, streams and port are those of a real one; it compiles no policy and serves no page.
// It is told what to do through its standard input, and answers through its output.

// hubFlag makes the program be the hub whose files are in a folder.
const hubFlag = "-be-hub"

// A Hub is what the simulation calls.
type Hub struct {
	dir     string
	book    *ledger.Ledger
	blobs   *hub.Blobs
	hub     *hub.Hub
	members sync.Map // hub.Member by nkey
	stop    func() error
}

// A Member is a node by its nkey.
type Member struct {
	Nkey string
	hub.Member
}

// A Start is what a hub is started with, and Started where it is then.
type (
	Start struct {
		Address string
		Members []Member
	}
	Started struct {
		Address string
		Key     ed25519.PublicKey
	}
)

// None is no question and no answer.
type None struct{}

// beHub is the hub of a folder until its standard input ends.
func beHub(dir string) (err error) {
	h := &Hub{dir: dir}
	if h.book, err = ledger.Open(filepath.Join(dir, "hub")); err != nil {
		return err
	}
	if h.blobs, err = hub.OpenBlobs(filepath.Join(dir, "blobs"), 1<<30); err != nil {
		return err
	}
	server := rpc.NewServer()
	if err := server.Register(h); err != nil {
		return err
	}
	server.ServeConn(pipes{os.Stdin, os.Stdout})
	if h.stop != nil {
		err = h.stop()
	}
	return errors.Join(err, h.book.Close())
}

// pipes are two files as one connection.
type pipes struct {
	io.ReadCloser
	out io.WriteCloser
}

func (p pipes) Write(text []byte) (int, error) { return p.out.Write(text) }

// Close closes both.
func (p pipes) Close() error { return errors.Join(p.ReadCloser.Close(), p.out.Close()) }

// Start serves nodes.
func (h *Hub) Start(with Start, is *Started) (err error) {
	for _, m := range with.Members {
		h.members.Store(m.Nkey, m.Member)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	key := ledger.Key(h.book)
	h.hub, err = hub.Start(ctx, hub.Config{
		Name: "hub", Dir: filepath.Join(h.dir, "streams"), Key: key, Store: 4 << 30,
		Member: func(nkey string) (m hub.Member, ok bool) {
			v, ok := h.members.Load(nkey)
			if ok {
				m, ok = v.(hub.Member)
			}
			return m, ok
		},
	})
	if err != nil {
		return err
	}
	feed, err := h.feed(ctx)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", with.Address)
	if err != nil {
		return err
	}
	var live sync.WaitGroup
	served := make(chan error, 1)
	live.Go(func() { feed.Run(ctx) })
	live.Go(func() { served <- h.hub.Serve(ctx, hub.Pages{Blobs: h.blobs}.Handler(), l) })
	h.stop = func() error {
		cancel()
		live.Wait()
		h.hub.Close()
		return <-served
	}
	is.Address = l.Addr().String()
	is.Key, _ = key.Public().(ed25519.PublicKey) // it is one
	return nil
}

// feed opens the streams of all areas, and carries into them.
func (h *Hub) feed(ctx context.Context) (*hub.Feed, error) {
	streams := []fleet.Stream{{Area: fleet.Root, Generation: 1}}
	for i := range areas {
		streams = append(streams, fleet.Stream{Area: areaName(i), Generation: 1})
	}
	for _, stream := range streams {
		if err := h.hub.Open(ctx, stream, 64<<20); err != nil {
			return nil, err
		}
	}
	areaOf := func(unit string) string {
		if strings.HasPrefix(unit, "area-") {
			return unit
		}
		return fleet.Root
	}
	return h.hub.NewFeed(ctx, h.book, areaOf, slog.New(slog.DiscardHandler), streams...)
}

// Admit has a node be known.
func (h *Hub) Admit(m Member, _ *None) error {
	h.members.Store(m.Nkey, m.Member)
	return nil
}

// Append decides.
func (h *Hub) Append(drafts []ledger.Draft, seq *uint64) error {
	written, err := h.book.Append(context.Background(), drafts...)
	*seq = written.Seq
	return err
}

// PutOrder makes the file of a list.
func (h *Hub) PutOrder(_ None, l *fleet.List) (err error) {
	from, to := io.Pipe()
	go func() {
		packed := gzip.NewWriter(to)
		_, err := io.WriteString(packed, "{}\n")
		for i := 0; i < orderNames && err == nil; i++ {
			sum := sha256.Sum256(fmt.Append(nil, i))
			_, err = fmt.Fprintf(packed, "%x.example\n", sum[:6])
		}
		_ = to.CloseWithError(errors.Join(err, packed.Close()))
	}()
	l.SHA256, l.Size, err = h.blobs.Put(from)
	return err
}

// Confirmed is how many of some nodes have said that they have the order.
func (h *Hub) Confirmed(nodes []string, confirmed *int) error {
	for _, name := range nodes {
		text, _, ok := h.hub.Status(context.Background(), name)
		var status fleet.Status
		if ok && json.Unmarshal(text, &status) == nil && status.Orders[orderFeed].InForce {
			*confirmed++
		}
	}
	return nil
}

// Consumers counts them.
func (h *Hub) Consumers(_ None, n *int) (err error) {
	*n, err = h.hub.Consumers(context.Background())
	return err
}

// A Use is what a process has used.
type Use struct {
	PID  int
	CPU  time.Duration
	Peak int64 // bytes of memory at most, since the peak was reset
}

// Used reports what the hub has used. It resets the peak of memory if reset is true.
func (h *Hub) Used(reset bool, is *Use) (err error) {
	if *is, err = usedHere(); err == nil && reset {
		err = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	}
	return err
}

// usedHere is what this process has used.
func usedHere() (is Use, err error) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return is, err
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return is, err
	}
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	words := bytes.Fields(after)
	if len(words) == 0 {
		return is, errors.New("/proc/self/status has no VmHWM")
	}
	peak, err := strconv.ParseInt(string(words[0]), 10, 64)
	return Use{os.Getpid(), time.Duration(r.Utime.Nano() + r.Stime.Nano()), peak << 10}, err
}
